from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.services.daemon import configuration


def test_a_file_that_is_missing_or_damaged_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sink.json"
    with pytest.raises(MeridianError, match=r"sink\.json: No such file or directory; deploy again"):
        configuration.read(str(path))
    path.write_text("{")
    with pytest.raises(MeridianError, match=r"sink\.json: not JSON \(.*\); deploy again to write it"):
        configuration.read(str(path))
    path.write_text('{"node": "n"}')
    assert configuration.read(str(path)) == {"node": "n"}
