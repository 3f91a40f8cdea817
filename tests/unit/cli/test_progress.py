"""What is shown of a run: nodes as they are done, and none as failed that is only asked too early."""

import io
import re
from typing import Any

from meridian.cli.progress import Board

NODE = "kafka-1.us-east.local"


def returned(board: Board, said: Any, ok: bool) -> None:
    data = {"fun": "state.highstate", "id": NODE, "return": said, "success": ok}
    board.event(f"salt/job/20261122/ret/{NODE}", data)


def test_a_node_that_is_busy_is_neither_done_nor_failed() -> None:
    out = io.StringIO()
    with Board("plain", out) as board:
        start = {"phase": "states", "region": "us-east", "event": "start", "nodes": [NODE]}
        board.event("meridian/progress/states/start", start)
        refusal = 'The function "state.highstate" is running as PID 7 and was started at … with jid 1'
        returned(board, [refusal], ok=False)
        returned(board, {"file_|-a": {"result": True}}, ok=True)
    shown = [re.sub(r"^\[.*?\] ", "", line) for line in out.getvalue().splitlines()]
    assert shown == ["states us-east: start nodes=1", f"states us-east: {NODE} done done=1/1"]


def test_a_node_that_failed_is_said_so() -> None:
    out = io.StringIO()
    with Board("plain", out) as board:
        start = {"phase": "states", "event": "start", "nodes": [NODE]}
        board.event("meridian/progress/states/start", start)
        returned(board, ["Pillar failed to render"], ok=False)
    assert f"{NODE} FAILED" in out.getvalue()


def test_a_terminal_shows_what_is_still_to_come() -> None:
    out = io.StringIO()
    with Board("live", out, ["lock", "states", "verify"]) as board:
        board.event("meridian/progress/lock/start", {"phase": "lock", "event": "start"})
    shown = out.getvalue()
    assert re.search(r"states\s+waits", shown)
    assert re.search(r"verify\s+waits", shown)
    assert not re.search(r"lock\s+waits", shown)
