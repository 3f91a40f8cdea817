import base64
import hashlib

from meridian.services.elasticsearch import users


def test_a_hash_can_be_verified_as_elasticsearch_does() -> None:
    made = users.password_hash("sink@local-central", "secret")
    rounds, salt, digest = made.removeprefix("{PBKDF2}").split("$")
    # Elasticsearch counts 44 characters from the end for each of them: 32 bytes.
    assert (len(salt), len(digest)) == (44, 44)
    again = hashlib.pbkdf2_hmac("sha512", b"secret", base64.b64decode(salt), int(rounds), 32)
    assert base64.b64decode(digest) == again


def test_it_is_the_same_each_time_and_another_for_each_cluster() -> None:
    assert users.password_hash("sink@a", "secret") == users.password_hash("sink@a", "secret")
    assert users.password_hash("sink@a", "secret") != users.password_hash("sink@b", "secret")
