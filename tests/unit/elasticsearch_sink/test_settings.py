import json
from pathlib import Path
from typing import Any

import pytest
from elasticsearch_sink.settings import load
from meridian.common.errors import MeridianError

GOOD: dict[str, Any] = {
    "node": "elastic-1",
    "kafka": {"bootstrap": "kafka:9092"},
    "elasticsearch": {"urls": ["https://elastic-1:9200"]},
    "topics": [r".*\.flights"],
}


def written(folder: Path, **changes: Any) -> str:
    file = folder / "sink.json"
    file.write_text(json.dumps(GOOD | changes))
    return str(file)


def test_dead_letters_are_never_indexed(tmp_path: Path) -> None:
    matcher = load(written(tmp_path, topics=[".*"], exclude=["canary"])).matcher()
    taken = [name for name in ("flights", "flights.dlq", "canary", "canary-2") if matcher.match(name)]
    assert taken == ["flights", "canary-2"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"malformed": "drop"}, "malformed: expected index or dlq, found 'drop'"),
        ({"prefix": "Kafka-"}, "prefix 'Kafka-': expected at most 6 small letters"),
        ({"topics": ["fl("]}, r"pillar elasticsearch:sink:topics .*'fl\(' is not a regular expression"),
        ({"kafka": {}}, "missing 1 required positional argument: 'bootstrap'"),
        ({"batch": 1}, "unexpected keyword argument 'batch'"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(MeridianError, match=message):
        load(written(tmp_path, **changes))


def test_a_missing_file_says_what_writes_it(tmp_path: Path) -> None:
    with pytest.raises(
        MeridianError, match=r"sink\.json: No such file or directory; deploy again to write it"
    ):
        load(str(tmp_path / "sink.json"))
