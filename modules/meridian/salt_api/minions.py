"""Functions of execution modules, run on nodes: the one way in which minions are asked."""

from collections.abc import Mapping, Sequence
from typing import Any

import salt.client
from salt.exceptions import SaltException

from meridian.common.errors import MeridianError


def answers(
    opts: dict[str, Any],
    nodes: Sequence[str],
    function: str,
    seconds: float,
    arg: Sequence[Any] = (),
    kwarg: Mapping[str, Any] | None = None,
    full: bool = False,
    find_seconds: float | None = None,
) -> dict[str, Any]:
    """Run a function on nodes; return what those that answered said, whether it worked or not.

    :param opts: the master's options.
    :param seconds: how long to wait for answers.
    :param full: each answer as Salt has it, with ``ret`` and ``retcode``.
    :param find_seconds: how long those that are silent then have to say that they still work on it; default:
        the master's ``gather_job_timeout``.
    :raises MeridianError: the master does not take the job.
    """
    if not nodes:
        return {}
    more = {} if find_seconds is None else {"gather_job_timeout": int(find_seconds)}
    try:
        with salt.client.get_local_client(mopts=opts) as local:
            return dict(
                local.cmd(
                    list(nodes),
                    function,
                    arg,
                    tgt_type="list",
                    timeout=int(seconds),
                    kwarg=dict(kwarg or {}),
                    full_return=full,
                    **more,
                )
            )
    except SaltException as error:
        raise MeridianError(" ".join(str(error).split())) from error


def ask(
    opts: dict[str, Any],
    nodes: Sequence[str],
    function: str,
    seconds: float,
    arg: Sequence[Any] = (),
    kwarg: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Run a function on nodes, all of which must answer.

    :param opts: the master's options.
    :param seconds: how long to wait for answers.
    :return: what each returned, in the order of the nodes.
    :raises MeridianError: one fails, with its words, or does not answer.
    """
    found = answers(opts, nodes, function, seconds, arg, kwarg, full=True)
    done = {}
    for node in nodes:
        answer = found.get(node)
        if not isinstance(answer, dict):
            silent = ", ".join(one for one in sorted(nodes) if not isinstance(found.get(one), dict))
            raise MeridianError(f"no answer from {silent}; see journalctl -u salt-minion there")
        if answer.get("retcode"):
            said = str(answer.get("ret")).strip().splitlines() or ["no reason given"]
            raise MeridianError(f"{node}: {function}: {said[-1].partition('MeridianError: ')[2] or said[-1]}")
        done[node] = answer["ret"]
    return done
