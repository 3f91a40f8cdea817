"""What is asked of a scheduler itself, whatever its service."""

import logging
from collections.abc import Callable
from typing import Any, Protocol

from kafka_scheduler.api.answers import Answer, ApiError
from kafka_scheduler.api.parameters import Parameters
from kafka_scheduler.operations import Operations

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class Context(Protocol):
    """What these handlers ask, of whatever service."""

    @property
    def service(self) -> Operations[Any]:
        """The scheduler's operations."""

    @property
    def description(self) -> Callable[[], dict[str, Any]]:
        """Returns the OpenAPI description."""


def health(context: Context, asked: Parameters) -> Answer:
    """Say whether this instance leads and hears of Mesos."""
    seen = context.service.health()
    well = seen.leader and seen.connected
    problem = seen.problem
    if not well and not problem:
        problem = "not connected to a Mesos master" if seen.leader else "another instance leads"
    body = {
        "status": "ok" if well else "unavailable",
        "leader": seen.leader,
        "connected": seen.connected,
        "problem": problem,
    }
    return Answer(body, 200 if well else 503)


def describe(context: Context, asked: Parameters) -> Answer:
    """Answer with the OpenAPI description."""
    return Answer(context.description())


def log_level(context: Context, asked: Parameters) -> Answer:
    """Set and answer with a logger's level."""
    name = asked.text("logger")
    logger = logging.getLogger(None if name == "root" else name)
    level = asked.text("level").lower()
    if level and level not in _LEVELS:
        raise ApiError(f"parameter level: {level!r} is none of {', '.join(_LEVELS)}")
    if level:
        logger.setLevel(_LEVELS[level])
    return Answer({"logger": name, "level": logging.getLevelName(logger.getEffectiveLevel()).lower()})


def stop(context: Context, asked: Parameters) -> Answer:
    """End this scheduler, and on request the framework."""
    teardown = asked.flag("teardown")
    framework = context.service.health().framework_id
    if teardown and (not framework or asked.text("confirm") != framework):
        raise ApiError(f"nothing was torn down: that needs the framework's id, confirm={framework or '…'}")
    context.service.stop_scheduler(teardown)
    return Answer({"status": "torn down" if teardown else "stopping"})
