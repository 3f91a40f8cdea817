"""The platform's certificates: an authority per environment, a certificate per service and node.

Files under an environment's secrets folder (:func:`meridian.common.paths.secrets`), all 0600:

- ``pki/ca.pem``, ``pki/ca.key``: the authority, made once or put there by a user;
- ``pki/nodes/<node id>/<service>.{pem,key}``: certificate (with intermediates) and PKCS8 key;
- ``client/{ca.pem,operator.pem,operator.key}``: what an operator's own client needs.
"""

from meridian.pki.changes import Changes
from meridian.pki.platform import certificates_for, ensure, expiry

__all__ = ["Changes", "certificates_for", "ensure", "expiry"]
