"""
Steps of an orchestration that tell the truth: changes only when something changed, a failure's own words,
and progress on the event bus. ``salt.runner`` reports a change on every run and hides the reason.
"""

import functools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import salt.runner

from meridian.node.facts import loops
from meridian.salt_api import busy, leftovers, progress

# The loader puts these in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __salt__: dict[str, Callable[..., Any]]
    __states__: dict[str, Callable[..., Any]]
    __opts__: dict[str, Any]

_PILLAR_SECONDS = 30
#: Longer than any state of ours waits for anything.
_EARLIER_SECONDS = 600.0
_POLL_SECONDS = 2.0
#: Nothing of ours runs on nodes before states are applied.
_BEFORE_STATES = frozenset(
    ("lock", "topology", "plan", "preflight", "artifacts", "certificates", "image", "nodes", "addresses")
)


def runner(name: str, function: str, phase: str, region: str = "", **kwargs: Any) -> dict[str, Any]:
    """
    Run a runner of ours as one step.

    name
        What the step does, for a reader.
    function
        The runner, e.g. ``cloud.ensure``. It returns a mapping: ``changes`` in it are the step's changes, a
        ``comment`` becomes the step's comment. ``ok: false``, an exception, or anything that is no mapping,
        as Salt's own words about wrong arguments, fails the step.
    phase
        Phase that progress is reported under.
    region
        Region, where the step concerns only one; the runner gets it too.
    kwargs
        The runner's keyword arguments.

    .. code-block:: yaml

        Nodes:
          phase.runner:
            - function: cloud.ensure
            - phase: nodes
            - environment: local
    """
    arguments = {key: value for key, value in kwargs.items() if not key.startswith("__")}
    arguments |= {"region": region} if region else {}
    if __opts__.get("test"):
        return {"name": name, "result": None, "changes": {}, "comment": f"{function} would run"}
    progress.report(__opts__, phase, "start", region=region)
    leftovers.collect()
    out = _client().cmd(function, pub_data={}, kwarg=arguments, print_event=False, full_return=True)
    returned = out.get("return")
    ok = out.get("success", True) is not False and isinstance(returned, dict)
    changes: Any = {}
    comment: Any = returned
    if isinstance(returned, dict):
        ok = ok and returned.get("ok", True) is not False
        changes = returned.get("changes") or {}
        comment = returned.get("comment", "")
    if isinstance(changes, list):
        changes = {"changed": changes} if changes else {}
    if not ok and phase not in _BEFORE_STATES and "environment" in arguments:
        everybody = f"*.{region or '*'}.{arguments['environment']}"
        comment = "\n".join([str(comment), *_restarting(everybody, "glob")])
    progress.report(__opts__, phase, "end", region=region, ok=ok)
    return {"name": name, "result": ok, "changes": changes, "comment": str(comment)}


def states(
    name: str, nodes: list[str], phase: str, region: str = "", sls: list[str] | None = None
) -> dict[str, Any]:
    """
    Apply states to nodes as one step, by ``salt.state``; where states of an interrupted run still are being
    applied, once those have ended. Nodes that a highstate changed then keep the pillar that it had: what
    later steps ask of them would else be answered with that of before.

    name
        What the step does, for a reader.
    nodes
        Minion ids; each must answer, or the step fails with its name.
    phase
        Phase that progress is reported under.
    region
        Region, where the step concerns only one.
    sls
        States to apply; the highstate when not given.

    .. code-block:: yaml

        States of us-east:
          phase.states:
            - nodes: [kafka-1.us-east.local]
            - phase: states
            - region: us-east
    """
    progress.report(__opts__, phase, "start", region=region, total=len(nodes), nodes=nodes)
    what: dict[str, Any] = {"sls": sls} if sls else {"highstate": True}
    ret = _applied(name, nodes, what)
    if others := _busy(ret):
        # An interrupted run ends here; minions end what it had begun.
        waits = f"{', '.join(others)}: waiting for states of an earlier run to end"
        progress.report(__opts__, phase, "note", region=region, message=waits)
        if _idle(others):
            done = {node: told for node, told in _told(ret).items() if node not in others}
            ret = _applied(name, nodes, what)
            if changes := done | _told(ret):
                ret["changes"] = {"out": "highstate", "ret": changes}
    # Whatever states say of it: a unit that ends seconds after its start was "started".
    if lines := _restarting(nodes, "list"):
        for line in lines:
            progress.report(__opts__, phase, "note", region=region, message=line)
        ret["comment"] = "\n".join([str(ret.get("comment", "")), *lines])
    changed = list(_told(ret)) if not sls and ret["result"] else []
    if changed:
        wait = {"wait": True, "timeout": _PILLAR_SECONDS}
        __salt__["saltutil.cmd"](
            changed, "saltutil.refresh_pillar", tgt_type="list", kwarg=wait, timeout=_PILLAR_SECONDS + 30
        )
    progress.report(__opts__, phase, "end", region=region, ok=ret["result"] is not False)
    return ret


def _applied(name: str, nodes: list[str], what: dict[str, Any]) -> dict[str, Any]:
    return __states__["salt.state"](name=name, tgt=nodes, tgt_type="list", expect_minions=True, **what)


def _restarting(target: list[str] | str, kind: str) -> list[str]:
    """Return a line for each unit of nodes that is started again and again; they are asked once."""
    found = __salt__["saltutil.cmd"](
        target, "meridian_facts.restarting", tgt_type=kind, timeout=_PILLAR_SECONDS
    )
    return [
        loops.told(node, one)
        for node, said in sorted((found or {}).items())
        for one in (said.get("ret") if isinstance(said.get("ret"), list) else ())
    ]


def _told(ret: dict[str, Any]) -> dict[str, Any]:
    """Return what the nodes said that changed something or failed, by node."""
    return dict((ret["changes"] or {}).get("ret", {}))


def _busy(ret: dict[str, Any]) -> list[str]:
    """Return the nodes that refused because other states are being applied there."""
    return sorted(node for node, said in _told(ret).items() if busy.refused(said))


def _idle(nodes: list[str]) -> bool:
    """Wait until no states are being applied to nodes; say whether it came to that."""
    until = time.monotonic() + _EARLIER_SECONDS
    while time.monotonic() < until:
        running = __salt__["saltutil.cmd"](
            nodes, "saltutil.is_running", arg=["state.*"], tgt_type="list", timeout=_PILLAR_SECONDS
        )
        if all(running.get(node, {}).get("ret") == [] for node in nodes):
            return True
        time.sleep(_POLL_SECONDS)
    return False


@functools.cache
def _client() -> salt.runner.RunnerClient:
    # What saltutil.runner does, but with all runners loaded once and not for each step.
    leftovers.close_at_exit()
    leftovers.collect_between_steps()
    return salt.runner.RunnerClient(dict(__opts__))
