"""Java key stores (PKCS 12) as TLS contexts."""

import importlib.util
import os
import re
import ssl
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..flags import refuse

# Where a node's own Salt has its libraries, by how it was installed.
_SALT = ("/opt/salt/lib", *map(str, Path("/opt/salt").glob("lib/python3*/site-packages")))


def _load(path: str, password: str | None) -> Any:
    """Return what a store holds; ends the program when it cannot be read."""
    if importlib.util.find_spec("cryptography") is None:
        sys.path.extend(_SALT)
    try:
        from cryptography.hazmat.primitives.serialization import pkcs12
    except ImportError as problem:
        refuse(f"key stores need the library cryptography, which a node's Salt has: {problem}")
    try:
        return pkcs12.load_pkcs12(Path(path).read_bytes(), password.encode() if password else None)
    except OSError as problem:
        refuse(f"{path} is invalid or not readable! ({problem.strerror})")
    except ValueError as problem:
        refuse(f"{path}: {problem}")


def server_context(path: str, password: str) -> ssl.SSLContext:
    """Return the context of a server whose key and chain are in a store; ends the program without."""
    held = _load(path, password)
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    if held.key is None or held.cert is None:
        refuse(f"keystore {path}: no private key")
    chain = [held.cert, *held.additional_certs]
    text = held.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + b"".join(
        one.certificate.public_bytes(Encoding.PEM) for one in chain
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Python takes no key but from a file.
    with tempfile.NamedTemporaryFile() as file:
        file.write(text)
        file.flush()
        context.load_cert_chain(file.name)
    return context


def client_context(environment: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Return the context of requests to the leader: it trusts whom the JVM's options name."""
    options = environment.get("JAVA_OPTS", "")
    context = ssl.create_default_context()
    store = re.search(r"-Djavax\.net\.ssl\.trustStore=(\S+)", options)
    word = re.search(r"-Djavax\.net\.ssl\.trustStorePassword=(\S+)", options)
    if store:
        held = _load(store[1], word[1] if word else None)
        from cryptography.hazmat.primitives.serialization import Encoding

        pem = b"".join(one.certificate.public_bytes(Encoding.PEM) for one in held.additional_certs)
        context.load_verify_locations(cadata=pem.decode())
    return context
