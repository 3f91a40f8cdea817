from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.services.elasticsearch import access
from meridian.services.elasticsearch.access import ElasticAccess


def test_a_password_is_read_from_its_file_and_shown_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "auth.json"
    file.write_text('{"user": "sink", "password": "very-secret"}')
    place = ElasticAccess(("https://a:9200",), auth=str(file))
    assert place.credentials() == ("sink", "very-secret")
    assert "very-secret" not in repr(ElasticAccess(("https://a:9200",), keys=("elastic", "very-secret")))


@pytest.mark.parametrize(
    ("text", "message"),
    [("{half", "not JSON"), ('{"user": "sink"}', "'password' is missing"), ("[]", "not JSON")],
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "auth.json"
    file.write_text(text)
    with pytest.raises(MeridianError, match=rf"auth\.json: .*{message}.*deploy again to write it"):
        ElasticAccess(("https://a:9200",), auth=str(file)).credentials()


def test_a_node_without_elasticsearch_says_so() -> None:
    with pytest.raises(MeridianError, match="this node has no Elasticsearch"):
        access.of_node({})
