"""Functions of execution modules, run on nodes: their answers, or one line that says what went wrong."""

from collections.abc import Sequence
from typing import Any

import salt.client

from meridian.errors import MeridianError


def ask(opts: dict[str, Any], nodes: Sequence[str], function: str, seconds: float) -> dict[str, Any]:
    """Run a function on nodes.

    :param opts: the master's options.
    :param seconds: how long to wait for answers.
    :return: what each returned, in the order of the nodes.
    :raises MeridianError: one fails, with its words, or does not answer.
    """
    if not nodes:
        return {}
    with salt.client.get_local_client(mopts=opts) as local:
        answers = local.cmd(list(nodes), function, tgt_type="list", timeout=int(seconds), full_return=True)
    done = {}
    for node in nodes:
        answer = answers.get(node)
        if not isinstance(answer, dict):
            raise MeridianError(f"no answer from {node}; see journalctl -u salt-minion there")
        if answer.get("retcode"):
            said = str(answer.get("ret")).strip().splitlines() or ["no reason given"]
            raise MeridianError(f"{node}: {function}: {said[-1].partition('MeridianError: ')[2] or said[-1]}")
        done[node] = answer["ret"]
    return done
