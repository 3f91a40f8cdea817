"""The command line: asks the scheduler, and prints what it says."""

import json
import sys
from collections.abc import Mapping, Sequence

from meridian.common.errors import MeridianError

from kafka_scheduler.cli import arguments, help
from kafka_scheduler.cli import settings as client_settings
from kafka_scheduler.cli.arguments import Asked, UsageError
from kafka_scheduler.cli.client import Client
from kafka_scheduler.kafka import values

OK, FAILED, USAGE = 0, 1, 2
_ANSWER_SECONDS = 150.0
# Restarts are one after the other: how long all take is not known here.
_LONG_SECONDS = 24 * 3600.0


def main(words: Sequence[str]) -> int:
    """Run a command.

    :param words: what was typed after the program's name.
    :return: 0 when it was done; 1 when it was refused, failed, or not done in time; 2 when it is no command.
    """
    try:
        url, rest = _api(list(words))
        if not rest or rest[0] in ("help", "--help", "-h"):
            return _help(rest[1:])
        asked = arguments.read(rest)
        client = Client(client_settings.load(url, elastic=asked.command.elastic))
        answer = client.ask(asked.command.path, asked.given, _patience(asked))
        return _tell(asked, answer)
    except UsageError as error:
        print(f"kafka-scheduler: {error}", file=sys.stderr)
        return USAGE
    except MeridianError as error:
        print(f"kafka-scheduler: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # Whoever read has read enough.
        sys.stderr.close()
        return OK


def _api(words: list[str]) -> tuple[str | None, list[str]]:
    """Take ``--api URL`` out of what was typed, wherever it stands."""
    for index, word in enumerate(words):
        if word == "--api":
            if index + 1 == len(words):
                raise UsageError("--api needs a value")
            return words[index + 1], words[:index] + words[index + 2 :]
        if word.startswith("--api="):
            return word.removeprefix("--api="), words[:index] + words[index + 1 :]
    return None, words


def _help(words: list[str]) -> int:
    if words == ["scheduler"]:
        from kafka_scheduler import settings

        settings.load(["--help"])
        return OK
    if not words:
        lines = help.overview()
    elif len(words) == 1 and (lines := help.group(words[0])) and len(lines) > 1:
        lines = [f"Usage: {words[0]} <command>", "", *lines]
    else:
        lines = help.of(arguments.find(words)[0])
    print("\n".join(lines))
    return OK


def _patience(asked: Asked) -> float:
    """Return how long the answer may take: as long as the scheduler is asked to wait, and some more."""
    if asked.command.words[-1] in ("restart", "stop"):
        return _LONG_SECONDS
    parameter = asked.command.parameters().get("timeout")
    text = asked.given.get("timeout") or (parameter.default if parameter else None) or "0"
    try:
        return (0.0 if text == "0" else values.duration(text)) + _ANSWER_SECONDS
    except MeridianError as error:
        raise UsageError(f"--timeout: {error}") from error


def _tell(asked: Asked, answer: object) -> int:
    status = answer.get("status") if isinstance(answer, Mapping) else None
    if "json" in asked.own:
        print(json.dumps(answer, indent=2))
    else:
        print("\n".join(asked.command.show(answer, asked.own)))
    if status == "timeout" and isinstance(answer, Mapping):
        why = answer.get("message") or "not done in time; it goes on"
        print(f"kafka-scheduler: timeout: {why}", file=sys.stderr)
    return FAILED if status in ("timeout", "failed") else OK
