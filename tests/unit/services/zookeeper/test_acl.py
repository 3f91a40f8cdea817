"""Who may do what with a path."""

import pytest
from meridian.common.errors import MeridianError
from meridian.services.zookeeper import acl
from meridian.services.zookeeper.paths import Plan

USERS = {"mesos": "m", "marathon": "n", "kafka": "k"}


def entries(**settings: object) -> frozenset[acl.ACL]:
    return acl.wanted(acl.access("/x", settings, USERS), USERS)


def test_an_owner_may_all_and_readers_read() -> None:
    found = entries(owner="mesos", readers=["marathon", "anyone"])
    assert acl.describe(found) == ["digest:marathon:r", "digest:mesos:cdrwa", "world:anyone:r"]
    assert acl.describe(entries(owner="kafka", scheme="sasl")) == ["sasl:kafka:cdrwa"]


def test_a_user_that_there_is_not_is_named() -> None:
    with pytest.raises(
        MeridianError, match=r"zookeeper\.paths\./x: no user 'meso'; there are kafka, marathon, mesos"
    ):
        entries(owner="meso")


def test_another_password_is_a_change_and_shows_no_digest() -> None:
    now = acl.wanted(acl.access("/x", {"owner": "mesos"}, USERS), {"mesos": "older"})
    todo = Plan("/x", now, entries(owner="mesos"))
    assert todo
    assert todo.changes() == {
        "/x": {"old": ["digest:mesos:cdrwa"], "new": ["digest:mesos:cdrwa", "(another password)"]}
    }
    assert Plan("/x", None, now).changes()["/x"]["old"] is None
    assert not Plan("/x", now, now)
