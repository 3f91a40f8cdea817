from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.elasticsearch import repositories


class Cluster:
    """A cluster that notes what is asked of it."""

    def __init__(self, *modules: str, known: dict[str, Any] | None = None) -> None:
        self.asked: list[tuple[str, str]] = []
        self._modules = set(modules)
        self._known = known

    def modules(self) -> set[str]:
        return self._modules

    def get(self, path: str) -> Any:
        return self._known

    def call(self, method: str, path: str, body: Any = None) -> None:
        self.asked.append((method, path))


def test_a_missing_module_is_told_before_anything_is_asked() -> None:
    cluster: Any = Cluster("transport-netty4")
    with pytest.raises(MeridianError, match=r"has no module repository-s3.*MERIDIAN_ELASTICSEARCH_ARTIFACT"):
        repositories.put(cluster, "archive", "s3", {"bucket": "b"})
    assert cluster.asked == []


def test_a_full_distribution_has_it() -> None:
    cluster: Any = Cluster("repository-s3")
    repositories.put(cluster, "archive", "s3", {"bucket": "b"})
    assert cluster.asked == [("PUT", "/_snapshot/archive")]


def test_a_repository_is_compared_as_text() -> None:
    cluster: Any = Cluster(
        known={"archive": {"type": "fs", "settings": {"location": "/x", "compress": "true"}}}
    )
    assert repositories.plan(cluster, "archive", "fs", {"location": "/x", "compress": True}) == {}
    assert repositories.plan(cluster, "archive", "fs", {"location": "/y", "compress": True}) == {
        "location": {"old": "/x", "new": "/y"}
    }


@pytest.mark.parametrize(
    ("name", "confirm", "message"),
    [
        ("flights", "", "index flights is not removed"),
        ("flights", "flight", "index flights is not removed"),
        ("*", "*", "is a pattern"),
        ("_all", "_all", "is a pattern"),
        ("a,b", "a,b", "is a pattern"),
    ],
)
def test_an_index_is_removed_by_its_name_given_twice_only(name: str, confirm: str, message: str) -> None:
    cluster: Any = Cluster()
    with pytest.raises(MeridianError, match=message):
        repositories.remove_index(cluster, name, confirm)
    assert cluster.asked == []
    repositories.remove_index(cluster, "flights", "flights")
    assert cluster.asked == [("DELETE", "/flights")]


def test_a_repository_is_forgotten_by_its_name_given_twice_only() -> None:
    cluster: Any = Cluster()
    with pytest.raises(MeridianError, match="repository archive is not removed"):
        repositories.remove(cluster, "archive", "yes")
    assert cluster.asked == []
