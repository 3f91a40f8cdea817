"""Instances of a service: what is wanted, what runs, what is known of where. Immutable.

An instance has at most one task. It is in the record from before Mesos is asked to launch it until Mesos has
said that it has ended, or its host has been given up: that alone decides whether another may be launched.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kafka_scheduler.core.resources import Ranges


@dataclass(frozen=True, slots=True)
class PortWant:
    """A port that an instance needs.

    :ivar ranges: which would do; none: any.
    """

    name: str
    ranges: Ranges = ()


@dataclass(frozen=True, slots=True)
class VolumeWant:
    """A persistent volume that an instance needs.

    :ivar size_mb: ``None``: an operator has made it, under this very name.
    :ivar disk: ``root``, ``path`` or ``mount``.
    """

    name: str
    size_mb: int | None
    disk: str = "root"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an instance needs of an agent, and how patient it is.

    :ivar constraints: attribute → rule.
    :ivar stickiness_period: seconds after its end within which it returns only to its last host.
    :ivar host_lost_period: seconds after which a host that is lost binds it no more.
    :ivar data_lost_period: seconds after which data on a host that is lost are given up, once the service
        says that others have them; ``None``: they are given up only by name.
    :ivar failover_max_tries: failures after which it is deactivated; ``None``: never.
    """

    cpus: float = 1.0
    mem: float = 1024.0
    ports: tuple[PortWant, ...] = ()
    volumes: tuple[VolumeWant, ...] = ()
    constraints: Mapping[str, str] = field(default_factory=dict)
    stickiness_period: float = 600.0
    host_lost_period: float = 120.0
    failover_delay: float = 60.0
    failover_max_delay: float = 600.0
    failover_max_tries: int | None = None
    data_lost_period: float | None = None


class TaskState(StrEnum):
    """What is known of a task that has not ended. The order is that of a life."""

    LAUNCHING = "launching"
    STAGING = "staging"
    STARTING = "starting"
    RUNNING = "running"
    KILLING = "killing"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Task:
    """A task of an instance.

    :ivar spec: what the instance was when it was launched.
    :ivar ports: name → number.
    :ivar url: the agent's API, ``10.0.0.1:5051``; earlier releases kept it with Mesos' scheme before it.
    :ivar launched: seconds since 1970; so are ``running_since``, ``unreachable_since`` and ``kill_asked``.
    :ivar confirmed: number of the subscription in which Mesos has told of it last.
    """

    id: str
    agent_id: str
    hostname: str
    state: TaskState
    spec: Mapping[str, Any]
    attributes: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    url: str = ""
    launched: float = 0.0
    running_since: float = 0.0
    unreachable_since: float = 0.0
    kill_asked: float = 0.0
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class Volume:
    """A persistent volume of an instance.

    :ivar id: Mesos' persistence id.
    :ivar used: a task has run with it, so that there may be data on it.
    """

    id: str
    name: str
    agent_id: str
    hostname: str
    size_mb: float
    used: bool = False


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a service.

    :ivar spec: the service's own JSON.
    :ivar active: asked to run.
    :ivar host: where it ran last; so is ``agent_id``.
    :ivar ended: seconds since 1970 when its last task did; 0 when it never ran.
    :ivar failures: in a row.
    :ivar retry_at: seconds since 1970 before which it is not launched.
    :ivar ports: which it had last: taken again where they are free.
    :ivar problem: how its last task ended, in one line.
    """

    id: str
    spec: Mapping[str, Any]
    requirement: Requirement
    active: bool = False
    task: Task | None = None
    volumes: tuple[Volume, ...] = ()
    host: str = ""
    agent_id: str = ""
    ended: float = 0.0
    failures: int = 0
    retry_at: float = 0.0
    ports: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent that has been heard of.

    :ivar lost: seconds since 1970 when it was; 0 while it is there.
    """

    id: str
    hostname: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    lost: float = 0.0


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A task on a host that was given up: it may run there still.

    :ivar confirmed: number of the subscription in which Mesos has told of it last.
    :ivar away: nobody can reach it, as Mesos said then. Unless it says so in the present subscription, its
        instance is not launched.
    """

    task_id: str
    instance: str
    agent_id: str
    confirmed: int = 0
    away: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """A volume that was given up, to be destroyed and unreserved when its agent offers it."""

    volume: str
    instance: str
    agent_id: str
