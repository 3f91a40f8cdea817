"""
The Mesos agent of this node: what it may use to keep tasks apart, whether it works, and its end.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError
from meridian.services.mesos import executors as executing
from meridian.services.mesos import health
from meridian.services.mesos import isolation as isolating

if TYPE_CHECKING:
    __salt__: dict[str, Any]
    __states__: dict[str, Any]
    __opts__: dict[str, Any]


def isolated(name: str, isolation: Any = "auto", launcher: str = "auto") -> dict[str, Any]:
    """
    Write the agent's launcher and isolators, as this node's control groups allow them.

    name
        The file, read by the agent's unit.
    isolation
        Names of isolators, or ``auto``.
    launcher
        ``linux``, ``posix`` or ``auto``.

    .. code-block:: yaml

        /etc/meridian/mesos/isolation:
          mesos_agent.isolated:
            - isolation: auto
    """
    ret: dict[str, Any] = {"name": name, "result": True, "changes": {}, "comment": ""}
    found = isolating.decide(isolating.mounts(), os.geteuid() == 0)
    wanted = isolating.chosen([] if isolation == "auto" else list(isolation), launcher, found)
    file = Path(name)
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if before == wanted.environment():
        return {**ret, "comment": wanted.reason}
    changes = {"isolation": {"old": before, "new": wanted.environment()}}
    if __opts__.get("test"):
        return {**ret, "result": None, "changes": changes, "comment": f"would be: {wanted.reason}"}
    file.write_text(wanted.environment(), encoding="utf-8")
    file.chmod(0o644)
    return {**ret, "changes": changes, "comment": wanted.reason}


def executors(name: str, names_and_addresses: list[str], authority: str) -> dict[str, Any]:
    """
    Have what executors of this node and its agent know each other by.

    name
        The folder for it.
    names_and_addresses
        What this node is called.
    authority
        File with the certificate of the platform's authority.

    .. code-block:: yaml

        /etc/meridian/mesos-executors:
          mesos_agent.executors:
            - names_and_addresses: [127.0.0.1, 10.1.0.7]
            - authority: /etc/meridian/pki/ca.pem
    """
    ret: dict[str, Any] = {
        "name": name,
        "result": True,
        "changes": {},
        "comment": "executors have all they need",
    }
    identity = executing.Identity(Path(name), tuple(names_and_addresses), Path(authority))
    try:
        why = identity.wanting()
        if not why:
            return ret
        changes = {name: {"old": why, "new": "made"}}
        if __opts__.get("test"):
            return {**ret, "result": None, "changes": changes, "comment": f"would be made: {why}"}
        identity.make()
    except (MeridianError, OSError) as error:
        return {**ret, "result": False, "comment": str(error)}
    return {**ret, "changes": changes, "comment": f"made: {why}"}


def running(name: str) -> dict[str, Any]:
    """
    Have the agent run, and start with the machine. What it watches restarts it when its tasks go on then; an
    agent that would refuse its tasks (a changed attribute, less of a resource) is left as it is:
    ``mesos.roll`` drains it first.

    name
        Its service.

    .. code-block:: yaml

        meridian-mesos-agent:
          mesos_agent.running:
            - watch:
              - file: /etc/meridian/mesos/agent
    """
    return dict(__states__["service.running"](name=name, enable=True))


def mod_watch(name: str, **_: Any) -> dict[str, Any]:
    """
    Restart the agent when its tasks go on then; called for what ``running`` watches.

    name
        Its service.

    .. code-block:: yaml

        meridian-mesos-agent:
          mesos_agent.running:
            - watch:
              - file: /etc/meridian/mesos/agent
    """
    ret: dict[str, Any] = {"name": name, "result": True, "changes": {}}
    reasons = __salt__["mesos.pending"]()
    if reasons:
        why = f"it would lose its tasks ({'; '.join(reasons)})"
        return {**ret, "comment": f"not restarted, {why}: mesos.roll drains it first"}
    changes = {name: {"old": "running", "new": "restarted"}}
    if __opts__.get("test"):
        return {**ret, "result": None, "changes": changes, "comment": "it would be restarted"}
    if not __salt__["service.restart"](name):
        return {**ret, "result": False, "comment": f"it does not start; see journalctl -u {name}"}
    return {**ret, "changes": changes, "comment": "restarted; its tasks go on"}


def ready(name: str, seconds: float = 120) -> dict[str, Any]:
    """
    Succeed when the agent is registered with the leading master; changes nothing.

    name
        The agent's URL.
    seconds
        How long to wait for it.

    .. code-block:: yaml

        Agent of Mesos:
          mesos_agent.ready:
            - name: https://kafka-1.us-east.local-mesos:5051
    """
    ret: dict[str, Any] = {"name": name, "result": True, "changes": {}, "comment": "the agent is registered"}
    if __opts__.get("test"):
        return {**ret, "comment": "the agent would be asked"}
    try:
        __salt__["mesos.agent_ready"](name, seconds)
    except MeridianError as error:
        return {**ret, "result": False, "comment": str(error)}
    return ret


def ended(name: str, seconds: float = 90) -> dict[str, Any]:
    """
    Have the agent say goodbye to its masters and end its tasks, as a service that is stopped does not.

    name
        Its service.
    seconds
        How long to wait for them.

    .. code-block:: yaml

        Tasks of this agent:
          mesos_agent.ended:
            - name: meridian-mesos-agent
    """
    ret: dict[str, Any] = {"name": name, "result": True, "changes": {}, "comment": "the agent does not run"}
    pid = int(__salt__["service.show"](name).get("MainPID", 0) or 0)
    if not pid:
        return ret
    changes = {name: {"old": "running", "new": "told to end its tasks"}}
    if __opts__.get("test"):
        return {**ret, "result": None, "changes": changes, "comment": "its tasks would end"}
    try:
        health.end_agent(pid, seconds)
    except MeridianError as error:
        return {**ret, "result": False, "comment": str(error)}
    return {**ret, "changes": changes, "comment": "its tasks have ended"}
