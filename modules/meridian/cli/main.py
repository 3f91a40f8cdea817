"""The command line: presentation only; each command runs an orchestration or a runner of Salt."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from meridian.common import crashes, paths
from meridian.common.errors import MeridianError
from meridian.topology.model import LOCAL, Topology


class _Parser(argparse.ArgumentParser):
    """A parser whose mistakes end with 1: 2 means that a plan has changes, or that something drifted."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, and end."""
        self.print_usage(sys.stderr)
        self.exit(1, f"{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = _Parser(
        prog="meridian", description="From nothing to a verified global Kafka platform in one command."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    deploy = commands.add_parser("deploy", help="bring the platform up, or to what the pillar says")
    plan = commands.add_parser("plan", help="what a deployment would do, and what it costs; touches nothing")
    drift = commands.add_parser("drift", help="what is no longer as the pillar says; touches nothing")
    verify = commands.add_parser("verify", help="prove it: every node, every flow, 336,776 real flights")
    status = commands.add_parser("status", help="nodes, brokers, mirror lag, archive lag")
    destroy = commands.add_parser("destroy", help="take the environment down, with all its data")
    for command in (deploy, plan, drift, verify, status, destroy):
        command.add_argument("environment", nargs="?", default="local", help="default: local")
        command.add_argument("--json", action="store_true", help="for machines")
    deploy.add_argument("--plan", default="", metavar="FILE", help="do what this plan says, or nothing")
    plan.add_argument("--out", default="", metavar="FILE", help="write the plan there, for deploy --plan")
    plan.add_argument("--offline", action="store_true", help="ask no cloud: everything is to be created")
    verify.add_argument("--short", action="store_true", help="without the flights")
    verify.add_argument("--junit", default="", metavar="FILE", help="where to write the JUnit file")
    destroy.add_argument("--yes", action="store_true", help="do not ask")
    destroy.add_argument("--purge", action="store_true", help="caches and image as well")
    commands.add_parser("down", help="stop the Salt master and Docker engine that this clone started")
    docs = commands.add_parser("docs", help="build the documentation, with its reference, and serve it")
    docs.add_argument("--build", action="store_true", help="only build it, into .platform/site")
    docs.add_argument("--port", type=int, default=8000, metavar="N", help="where to serve it (default: 8000)")
    commands.add_parser("test", help="every test; --fast stops after rendering", add_help=False)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    :param argv: arguments without the program's name; the process's own by default.
    :return: exit code: 0 when all is well, 1 when something failed, 130 when interrupted; of ``plan`` and
        ``drift`` 0 when there is nothing to do, 2 when there is.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["test"]:
        from meridian.cli.test import main as test

        return test(arguments[1:])
    options = parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except MeridianError as error:
        if getattr(options, "json", False):
            print(json.dumps({"ok": False, "error": str(error)}))
        print(f"meridian: {error}", file=sys.stderr)
        return 1
    except Exception as error:  # a defect: one line for the user, all of it in the log
        line = crashes.told(f"./meridian {options.command}", error)
        if getattr(options, "json", False):
            print(json.dumps({"ok": False, "error": line}))
        print(f"meridian: {line}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("meridian: interrupted; the same command goes on from here", file=sys.stderr)
        return 130


def _deploy(options: argparse.Namespace) -> int:
    from meridian.operations import phases
    from meridian.operations.outline import outline

    started = time.monotonic()
    pillar = {"environment": options.environment}
    if options.plan:
        pillar["plan"] = _planned(options)
    topology = _topology(options.environment)
    _preflight(topology)
    _set_up(topology)
    code = _orchestrate(options, "platform.deploy", pillar, phases.titles(outline(topology)))
    if code == 0 and not options.json:
        print(
            f"{options.environment} is up after {time.monotonic() - started:.0f} s. Next: ./meridian status"
        )
    return code


def _planned(options: argparse.Namespace) -> str:
    """Return the whole path of the plan to carry out, once it is one of this environment."""
    from meridian import plan as planning

    file = Path(options.plan).resolve()
    planned = planning.read(file)
    if planned.environment != options.environment:
        raise MeridianError(
            f"{options.plan} is a plan of environment {planned.environment}: "
            f"./meridian deploy {planned.environment} --plan {options.plan}"
        )
    return str(file)


def _plan(options: argparse.Namespace) -> int:
    from meridian import plan as planning
    from meridian.cli import plan

    topology = _topology(options.environment)
    facts = plan.gather(options.environment, options.offline)
    text = json.dumps(facts, indent=2)
    if options.out:
        _write(Path(options.out), f"{text}\n")
    if options.json:
        print(text)
    else:
        plan.show(facts, topology)
    return planning.Plan.from_dict(facts).exit_code


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise MeridianError(f"{file}: {error.strerror}; name another file with --out") from error


def _drift(options: argparse.Namespace) -> int:
    from meridian.cli import drift

    _topology(options.environment)
    facts = drift.gather(options.environment)
    if options.json:
        print(json.dumps(facts, indent=2))
    else:
        drift.show(facts)
    return 2 if facts["drift"] else 0


def _verify(options: argparse.Namespace) -> int:
    _set_up(_topology(options.environment))
    pillar = {"environment": options.environment, "full": not options.short, "junit": options.junit}
    return _orchestrate(options, "platform.verify", pillar)


def _status(options: argparse.Namespace) -> int:
    from meridian.cli import status

    _topology(options.environment)
    facts = status.gather(options.environment)
    if options.json:
        print(json.dumps(facts, indent=2))
    else:
        status.show(facts)
    return 0 if facts["ok"] else 1


def _destroy(options: argparse.Namespace) -> int:
    from meridian.cli import destroy, setup

    def listing() -> dict[str, Any]:
        from meridian.operations import destroy_machines
        from meridian.salt_api import master

        # The providers can be asked only from here on: the local one is an engine that may not run yet.
        _set_up_known(options.environment)
        return destroy_machines.listing(master.options_of_runners(), options.environment)

    if not options.yes and not destroy.confirmed(options.environment, options.purge, listing):
        print("meridian: nothing was touched", file=sys.stderr)
        return 1
    _set_up_known(options.environment)
    pillar = {"environment": options.environment, "destroy": options.environment}
    code = _orchestrate(options, "platform.destroy", pillar)
    if code == 0:
        destroy.clean(options.purge, setup.down)
    return code


def _down(options: argparse.Namespace) -> int:
    from meridian.cli import setup

    stopped = setup.down()
    print(f"stopped: {', '.join(stopped)}" if stopped else "nothing of this clone was running")
    return 0


def _docs(options: argparse.Namespace) -> int:
    from meridian.cli import docs

    if options.build:
        print(f"built: {docs.build() / 'index.html'}")
        return 0
    return docs.serve(options.port)


def _topology(environment: str) -> Topology:
    """Return an environment's topology; refuse a wrong pillar before anything is started, with all errors."""
    import salt.config

    from meridian.salt_api.pillar_files import load_topology

    # Salt's defaults: the generated part of the configuration may not be there yet, and nothing else is read.
    opts = dict(salt.config.DEFAULT_MASTER_OPTS)
    opts["pillar_roots"] = {"base": [str(paths.repository() / "pillar")]}
    return load_topology(opts, environment)


def _preflight(topology: Topology) -> None:
    """Refuse before anything is started; the local cloud's memory and disk are looked at later."""
    from meridian.artifacts import needed
    from meridian.artifacts.store import Store
    from meridian.cli import runners

    if topology.is_remote:
        runners.call("platform.preflight", environment=topology.environment)
    else:
        needed.refuse_unnamed(topology, Store(paths.repository(), paths.cache()))


def _set_up(topology: Topology) -> None:
    from meridian.cli import setup

    wished = topology.settings["local"]["wished_network"]
    setup.ensure(topology.environment, wished, topology.is_local, topology.is_remote)


def _set_up_known(environment: str) -> None:
    """Set up for where an environment has ever had machines; the pillar may be broken, or gone."""
    from meridian.cli import setup
    from meridian.cloud.lifecycle import record
    from meridian.operations import providers

    kinds = set(record.read(providers.record_file(), environment).values()) or {LOCAL}
    setup.ensure(environment, None, LOCAL in kinds, kinds != {LOCAL})


def _orchestrate(
    options: argparse.Namespace, name: str, pillar: dict[str, Any], expected: Sequence[str] = ()
) -> int:
    from meridian.cli import orchestration

    mode = "json" if options.json else "live" if sys.stderr.isatty() else "plain"
    outcome = orchestration.run(name, pillar, mode, expected)
    if options.json:
        failures = [str(failure) for failure in outcome.failures]
        print(json.dumps({"ok": outcome.ok, "changes": len(outcome.changes), "failures": failures}))
    else:
        for step, node, state in outcome.changes if len(outcome.changes) <= 20 else ():
            print(f"  changed: {': '.join(part for part in (step, node, state) if part)}")
        print(
            f"{len(outcome.changes)} changes" + ("" if outcome.ok else f", {len(outcome.failures)} failures")
        )
    for failure in outcome.failures:
        print(f"meridian: {failure}", file=sys.stderr)
    return 0 if outcome.ok else 1


_COMMANDS = {
    "deploy": _deploy,
    "plan": _plan,
    "drift": _drift,
    "verify": _verify,
    "status": _status,
    "destroy": _destroy,
    "down": _down,
    "docs": _docs,
}
