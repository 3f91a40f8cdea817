"""Users of Elasticsearch's own files: passwords as hashes. Standard library only: nodes render with it."""

import base64
import hashlib

_ROUNDS = 10_000


def password_hash(user: str, password: str) -> str:
    """Return a password as Elasticsearch's file of users has it: PBKDF2 with SHA-512.

    :param user: name that no other user of any cluster has. The salt follows from it, so that the same
        password gives the same hash and the file does not change by itself; passwords are random and long.
    """
    salt = hashlib.sha256(f"meridian/elasticsearch/{user}".encode()).digest()
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS, dklen=32)
    return f"{{PBKDF2}}{_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
