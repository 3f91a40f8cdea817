package io.meridian.zookeeper;

import org.apache.zookeeper.common.X509Exception;
import org.apache.zookeeper.server.auth.X509AuthenticationProvider;

/**
 * Lets in who has a certificate that the platform's authority signed, and grants nothing for it.
 *
 * <p>A node that is made for its creator ({@code auth}) gets all identities of the creator that are authenticated. Were
 * the certificate one of them, all who share it would own the node: the clients behind one proxy, for example.
 */
public final class CertificateGate extends X509AuthenticationProvider {
    /** Reads the server's own settings of key and trust stores. */
    public CertificateGate() throws X509Exception {
        super();
    }

    @Override
    public String getScheme() {
        return "certificate";
    }

    @Override
    public boolean isAuthenticated() {
        return false;
    }

    @Override
    public boolean isValid(String id) {
        return false;
    }

    @Override
    public boolean matches(String id, String expression) {
        return false;
    }
}
