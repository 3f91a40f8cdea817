"""The two verifications: the short one that every deployment ends with, and the full one with the flights."""

import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from meridian.topology.model import Topology
from meridian.verification import canary, connectors, infra, kept_back
from meridian.verification import junit as junit_file
from meridian.verification.result import Result, Row

Report = Callable[[str], None]


def run_short(topology: Topology, report: Report, junit: str | Path | None = None) -> Result:
    """Assert the state of every node and cluster, and follow canaries through every flow.

    :param report: told what is being done.
    :param junit: JUnit file to write.
    :raises MeridianError: when something could not even be tried.
    """
    started = time.monotonic()
    rows = _short(topology, _new_run(), report)
    return _finish(topology, rows, started, report, junit)


def run_full(
    topology: Topology,
    report: Report,
    junit: str | Path | None = None,
    during: Callable[[], None] | None = None,
) -> Result:
    """Do the short verification and, when it holds, the flights check.

    :param report: told what is being done; at the end why each check failed that did.
    :param junit: JUnit file to write.
    :param during: called once while the flights are on their way, to break something.
    :raises MeridianError: when something could not even be tried.
    """
    # pandas takes a second to import, which the short verification need not wait for.
    from meridian.verification import flights_check

    started = time.monotonic()
    run = _new_run()
    rows = _short(topology, run, report)
    if all(row.ok for row in rows):
        rows += flights_check.check(topology, run, report, during)
    return _finish(topology, rows, started, report, junit)


def _short(topology: Topology, run: str, report: Report) -> list[Row]:
    # The canaries mostly wait for the archivers' segments to fill up; the nodes are asked meanwhile.
    with ThreadPoolExecutor(max_workers=1) as pool:
        nodes = pool.submit(infra.check, topology)
        canaries = canary.check(topology, run, report)
        report("asserting the nodes")
        return nodes.result() + connectors.check(topology) + kept_back.check(topology) + canaries


def _new_run() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"


def _finish(
    topology: Topology, rows: list[Row], started: float, report: Report, junit: str | Path | None
) -> Result:
    result = Result(tuple(rows), time.monotonic() - started)
    for row in result.failures:
        for line in row.note.splitlines():
            report(f"{row.name}: {line}")
    if junit:
        junit_file.write(Path(junit), result, f"verification of {topology.environment}")
    return result
