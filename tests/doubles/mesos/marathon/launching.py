"""Tasks, and the words in which Mesos is told to launch them."""

import re
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .definitions import Json, now
from .offers import Taken

_TERMINAL = {
    "TASK_FINISHED",
    "TASK_FAILED",
    "TASK_KILLED",
    "TASK_ERROR",
    "TASK_LOST",
    "TASK_DROPPED",
    "TASK_GONE",
    "TASK_GONE_BY_OPERATOR",
    "TASK_UNKNOWN",
}


@dataclass
class Task:
    """A task of an app.

    :ivar config: version of the app's configuration that it was started with.
    :ivar place: attributes of where it runs.
    :ivar health: result of each of the app's health checks, in their order.
    :ivar killed: when it was told to end; 0 when it was not.
    """

    id: str
    app_id: str
    config: str
    version: str
    agent_id: str
    host: str
    ports: list[int]
    place: dict[str, str]
    role: str = "*"
    state: str = "TASK_STAGING"
    staged: str = field(default_factory=now)
    staged_at: float = field(default_factory=time.time)
    started: str = ""
    killed: float = 0
    health: list[Json] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def json(self) -> Json:
        """Return it for the store."""
        return asdict(self)

    @property
    def running(self) -> bool:
        """Whether it runs and is meant to."""
        return self.state == "TASK_RUNNING" and not self.killed

    def ready(self, checks: int) -> bool:
        """Tell whether it runs and all health checks of its app have succeeded.

        :param checks: how many there are.
        """
        alive = [one for one in self.health if one.get("alive")]
        return self.running and len(alive) >= checks

    def show(self) -> Json:
        """Return it as the API does."""
        done = {
            "id": self.id,
            "appId": self.app_id,
            "host": self.host,
            "ports": self.ports,
            "servicePorts": [],
            "slaveId": self.agent_id,
            "state": "TASK_KILLING" if self.killed else self.state,
            "stagedAt": self.staged,
            "startedAt": self.started or None,
            "version": self.version,
            "role": self.role,
            "ipAddresses": [{"ipAddress": one, "protocol": "IPv4"} for one in self.addresses],
            "localVolumes": [],
        }
        # A check that has not been made yet has no result.
        made = [one for one in self.health if "alive" in one]
        if made:
            done["healthCheckResults"] = [{**one, "instanceId": instance_of(self.id)} for one in made]
        return done


def instance_of(task_id: str) -> str:
    """Return the instance that a task is of."""
    return task_id.partition("._app")[0]


def terminal(state: str) -> bool:
    """Tell whether a task in this state runs no more."""
    return state in _TERMINAL


def task_id(app_id: str) -> str:
    """Return an id for one more task of an app."""
    return f"{app_id.strip('/').replace('/', '_')}.instance-{uuid.uuid1()}._app.1"


def task_info(app: Mapping[str, Any], task: Task, taken: Taken, offer: Mapping[str, Any]) -> Json:
    """Return Mesos' description of a task.

    :param offer: the offer that it is launched with.
    """
    info: Json = {
        "name": ".".join(reversed(app["id"].strip("/").split("/"))),
        "task_id": {"value": task.id},
        "agent_id": offer["agent_id"],
        "resources": taken.resources,
        "command": _command(app, task),
        "labels": {"labels": [{"key": key, "value": value} for key, value in app["labels"].items()]},
        "discovery": {"visibility": "FRAMEWORK", "name": app["id"].strip("/"), "ports": {"ports": []}},
    }
    if app.get("container"):
        info["container"] = _container(app, task)
    if app.get("taskKillGracePeriodSeconds"):
        seconds = int(app["taskKillGracePeriodSeconds"])
        info["kill_policy"] = {"grace_period": {"nanoseconds": seconds * 10**9}}
    for check in app.get("healthChecks") or []:
        if check["protocol"] == "COMMAND" or check["protocol"].startswith("MESOS_"):
            info["health_check"] = _health_check(check, task)
            break
    return info


def _command(app: Mapping[str, Any], task: Task) -> Json:
    command: Json = {
        "environment": {
            "variables": [
                {"name": name, "value": value, "type": "VALUE"}
                for name, value in environment(app, task).items()
            ]
        },
        "uris": [
            {
                "value": one["uri"],
                "extract": one["extract"],
                "executable": one["executable"],
                "cache": one["cache"],
                **({"output_file": one["destPath"]} if one.get("destPath") else {}),
            }
            for one in app.get("fetch") or []
        ],
    }
    if app.get("user"):
        command["user"] = app["user"]
    if app.get("cmd"):
        return {**command, "shell": True, "value": app["cmd"]}
    args = app.get("args") or []
    if (app.get("container") or {}).get("docker"):
        return {**command, "shell": False, "arguments": args}
    return {**command, "shell": False, "value": args[0] if args else "", "arguments": args}


def environment(app: Mapping[str, Any], task: Task) -> dict[str, str]:
    """Return the variables that a task is started with."""
    labels = {re.sub(r"\W", "_", key).upper(): value for key, value in app["labels"].items()}
    found = {
        "MARATHON_APP_ID": app["id"],
        "MARATHON_APP_VERSION": task.version,
        "MARATHON_APP_RESOURCE_CPUS": str(float(app["cpus"])),
        "MARATHON_APP_RESOURCE_MEM": str(float(app["mem"])),
        "MARATHON_APP_RESOURCE_DISK": str(float(app["disk"])),
        "MARATHON_APP_RESOURCE_GPUS": str(app["gpus"]),
        "MARATHON_APP_LABELS": " ".join(labels),
        **{f"MARATHON_APP_LABEL_{key}": value for key, value in labels.items()},
        "MESOS_TASK_ID": task.id,
        "HOST": task.host,
    }
    image = ((app.get("container") or {}).get("docker") or {}).get("image")
    if image:
        found["MARATHON_APP_DOCKER_IMAGE"] = image
    names = app.get("portDefinitions") or (app.get("container") or {}).get("portMappings") or []
    for index, port in enumerate(task.ports):
        found[f"PORT{index}"] = str(port)
        name = names[index].get("name") if index < len(names) else None
        if name:
            found[f"PORT_{re.sub(r'[^A-Za-z0-9]', '_', name).upper()}"] = str(port)
    if task.ports:
        found["PORT"] = str(task.ports[0])
    found["PORTS"] = ",".join(map(str, task.ports))
    return {**found, **{key: value for key, value in app["env"].items() if isinstance(value, str)}}


def _container(app: Mapping[str, Any], task: Task) -> Json:
    container = app["container"]
    volumes = [
        {
            "container_path": one["containerPath"],
            "mode": one.get("mode", "RW"),
            **({"host_path": one["hostPath"]} if one.get("hostPath") else {}),
        }
        for one in container.get("volumes") or []
    ]
    done: Json = {"type": container["type"], "volumes": volumes}
    docker = container.get("docker")
    if docker and container["type"] == "MESOS":
        done["mesos"] = {"image": {"type": "DOCKER", "docker": {"name": docker["image"]}}}
    elif docker:
        modes = {"host": "HOST", "container/bridge": "BRIDGE", "container": "USER"}
        mapped: Sequence[tuple[Mapping[str, Any], int]] = list(
            zip(container.get("portMappings") or [], task.ports, strict=False)
        )
        done["docker"] = {
            "image": docker["image"],
            "network": modes[app["networks"][0].get("mode", "container")],
            "privileged": docker.get("privileged", False),
            "force_pull_image": docker.get("forcePullImage", False),
            "parameters": docker.get("parameters", []),
            "port_mappings": [
                {
                    "host_port": port,
                    "container_port": one.get("containerPort") or port,
                    "protocol": one.get("protocol", "tcp"),
                }
                for one, port in mapped
            ],
        }
    return done


def _health_check(check: Mapping[str, Any], task: Task) -> Json:
    done: Json = {
        "delay_seconds": float(check["delaySeconds"]),
        "interval_seconds": float(check["intervalSeconds"]),
        "timeout_seconds": float(check["timeoutSeconds"]),
        "consecutive_failures": int(check["maxConsecutiveFailures"]),
        "grace_period_seconds": float(check["gracePeriodSeconds"]),
    }
    if check["protocol"] == "COMMAND":
        return {**done, "type": "COMMAND", "command": {"shell": True, "value": check["command"]["value"]}}
    port = check_port(check, task)
    if check["protocol"] == "MESOS_TCP":
        return {**done, "type": "TCP", "tcp": {"port": port}}
    scheme = "https" if check["protocol"] == "MESOS_HTTPS" else "http"
    return {**done, "type": "HTTP", "http": {"port": port, "path": check.get("path", "/"), "scheme": scheme}}


def check_port(check: Mapping[str, Any], task: Task) -> int:
    """Return the port that a health check asks; 0 when the task has none."""
    if check.get("port"):
        return int(check["port"])
    if check.get("portIndex", 0) is None:
        return 0
    index = int(check.get("portIndex", 0))
    return task.ports[index] if index < len(task.ports) else 0
