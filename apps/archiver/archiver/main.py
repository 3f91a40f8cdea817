"""Command line of the archiver."""

import argparse
import json
import logging

from meridian.services.archive import settings
from meridian.services.daemon.command import run, stop_event


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    :return: 0 when all is well; 1 on an error, and when ``verify`` found something or ``bucket`` no bucket.
    """
    options = _parser().parse_args(arguments)
    act = {"run": _run, "verify": _verify, "objects": _objects, "bucket": _bucket}[options.command]
    return run("archiver", lambda: act(settings.load(options.config), options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="archiver", description="Kafka topics into Parquet segments")
    parser.add_argument("--config", default=settings.CONFIG_FILE, help="default: %(default)s")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="archive until told to stop")
    verify = commands.add_parser("verify", help="re-read the region's objects, report gaps and duplicates")
    verify.add_argument("--topic", help="only this topic")
    commands.add_parser("objects", help="number and bytes of the region's objects")
    bucket = commands.add_parser("bucket", help="tell whether the bucket exists")
    bucket.add_argument("--create", action="store_true", help="make it when it does not")
    return parser


def _run(configured: settings.ArchiverSettings, _: argparse.Namespace) -> int:
    from archiver.service import Service

    stop = stop_event(logging.getLogger("archiver"), "storing what is held")
    Service(configured, stop).run()
    return 0


def _verify(configured: settings.ArchiverSettings, options: argparse.Namespace) -> int:
    from meridian.services.archive import verify
    from meridian.services.archive.store import Store

    reports = verify.verify(Store(configured.store), configured.environment, configured.region, options.topic)
    found = verify.summary(list(reports))
    print(json.dumps(found))
    return 0 if found["ok"] else 1


def _objects(configured: settings.ArchiverSettings, _: argparse.Namespace) -> int:
    from meridian.services.archive import segment
    from meridian.services.archive.store import Store

    listed = Store(configured.store).list(segment.region_prefix(configured.environment, configured.region))
    sizes = [one.size for one in listed]
    print(json.dumps({"objects": len(sizes), "bytes": sum(sizes)}))
    return 0


def _bucket(configured: settings.ArchiverSettings, options: argparse.Namespace) -> int:
    from meridian.services.archive.store import Store

    store = Store(configured.store)
    exists = store.bucket_exists()
    created = options.create and not exists and store.create_bucket()
    exists = exists or created
    print(json.dumps({"bucket": configured.store.bucket, "exists": exists, "created": created}))
    return 0 if exists else 1
