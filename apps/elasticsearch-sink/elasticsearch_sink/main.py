"""Command line of the sink."""

import argparse
import json
import logging
from pathlib import Path

from meridian.common.errors import MeridianError
from meridian.services.daemon.command import run, stop_event

from elasticsearch_sink import settings


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    :return: 0 when all is well; 1 on an error, and when ``status`` finds it not running.
    """
    options = _parser().parse_args(arguments)
    act = {"run": _run, "check": _check, "status": _status, "rewind": _rewind}[options.command]
    return run("elasticsearch-sink", lambda: act(settings.load(options.config), options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="elasticsearch-sink", description="Kafka topics into Elasticsearch")
    parser.add_argument("--config", default=settings.CONFIG_FILE, help="default: %(default)s")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="index until told to stop")
    commands.add_parser("check", help="ask Elasticsearch once, with the sink's own user")
    commands.add_parser("status", help="what the running sink says about itself, as JSON")
    back = commands.add_parser("rewind", help="read a topic from its beginning again; every sink is stopped")
    back.add_argument("topic")
    back.add_argument("--confirm", required=True, help="the topic once more")
    return parser


def _run(configured: settings.SinkSettings, _: argparse.Namespace) -> int:
    from elasticsearch_sink.service import Service

    stop = stop_event(logging.getLogger("elasticsearch-sink"), "stopping")
    Service(configured, stop).run()
    return 0


def _check(configured: settings.SinkSettings, _: argparse.Namespace) -> int:
    from meridian.services.elasticsearch.client import ElasticClient

    health = ElasticClient(configured.elasticsearch, timeout=10, patience=0).health()
    print(json.dumps({name: health[name] for name in ("cluster_name", "status", "number_of_nodes")}))
    return 0


def _status(configured: settings.SinkSettings, _: argparse.Namespace) -> int:
    try:
        facts = json.loads(Path(configured.status_file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MeridianError(f"{configured.status_file}: no sink has written it: is it running?") from error
    print(json.dumps(facts))
    return 0 if facts["state"] == "running" else 1


def _rewind(configured: settings.SinkSettings, options: argparse.Namespace) -> int:
    from elasticsearch_sink.rewind import rewind

    count = rewind(configured.kafka.client(), configured.group, options.topic, options.confirm)
    print(json.dumps({"topic": options.topic, "partitions": count}))
    return 0
