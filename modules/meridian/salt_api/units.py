"""The units of one service on several nodes, reached through their minions."""

from typing import Any

from meridian.common.errors import MeridianError
from meridian.salt_api import minions

_RESTART_SECONDS = 240


class Units:
    """Nodes that run the same service, asked by its execution module.

    :param opts: the master's options.
    :param module: the execution module, e.g. ``kafka_broker``; ``pending`` and ``restart`` are in it.
    :param unit: name of the service's systemd unit.
    :param seconds: how long an answer may take.
    """

    def __init__(self, opts: dict[str, Any], module: str, unit: str, seconds: int = 60) -> None:
        self._opts = opts
        self._module = module
        self._unit = unit
        self._seconds = seconds

    def pending(self, nodes: list[str], kind: type = list) -> dict[str, Any]:
        """Return what each node's service would read anew.

        :raises MeridianError: a node does not answer, or cannot say.
        """
        return self.ask("pending", nodes, kind=kind)

    def restart(self, node: str) -> None:
        """Restart a node's service.

        :raises MeridianError: its unit does not start.
        """
        answer = self.ask("restart", [node], kind=object, seconds=_RESTART_SECONDS)[node]
        if answer is not True:
            raise MeridianError(f"{node}: {self._unit} was not restarted: {answer}")

    def last_log_line(self, node: str) -> str:
        """Return the last line of its log, or why there is none."""
        try:
            return str(self.ask("log", [node], kind=str)[node]) or "nothing"
        except MeridianError as error:
            return str(error)

    def ask(
        self, function: str, nodes: list[str], arg: Any = (), kind: type = dict, seconds: int = 0
    ) -> dict[str, Any]:
        """Run a function of the module; return each node's answer.

        :param kind: what an answer is; another one is an error.
        :raises MeridianError: a node does not answer, or something else.
        """
        name = f"{self._module}.{function}"
        found = minions.ask(self._opts, nodes, name, seconds or self._seconds, arg)
        for node, answer in found.items():
            if not isinstance(answer, kind):
                raise MeridianError(f"{node}: {name} failed: {answer}")
        return found
