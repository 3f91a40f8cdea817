"""``tests/infra`` on every node, by pytest in a process of its own, as rows."""

import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

from meridian.common import paths
from meridian.topology.model import Topology
from meridian.verification.result import Row, row

_TIMEOUT_SECONDS = 300
_SHOWN_FAILURES = 5


def check(topology: Topology) -> list[Row]:
    """Run the infrastructure tests of an environment.

    :return: one row for each node and cluster: how many assertions it has, and how many hold.
    """
    with tempfile.TemporaryDirectory(prefix="meridian-") as folder:
        report = Path(folder) / "infra.xml"
        # A process of its own: pytest and Salt both keep state in theirs, and the caller may be a runner.
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "tests/infra",
                "-q",
                "--tb=short",
                "-p",
                "no:cacheprovider",
                f"--junitxml={report}",
            ],
            cwd=paths.repository(),
            env=os.environ
            | {"SALT_CONFIG_DIR": str(paths.repository()), "MERIDIAN_ENVIRONMENT": topology.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
        cases = list(_cases(report)) if report.exists() else []
    names = [*(node.id for node in topology.nodes), *(region.name for region in topology.regions)]
    rows = summarise(names, cases)
    # 0: all passed, 1: some failed; anything else is no outcome of tests.
    if done.returncode not in (0, 1) or not cases:
        lines = (done.stdout + done.stderr).strip().splitlines()
        rows.append(row("infrastructure tests", "ran", "did not run", "\n".join(lines[-10:])))
    return rows


def _cases(report: Path) -> Iterator[tuple[str, str]]:
    """Yield each test's name and, when it failed, why: in one line."""
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        bad = [part for part in case if part.tag in ("failure", "error", "skipped")]
        reason = " ".join((bad[0].get("message") or bad[0].text or bad[0].tag).split()) if bad else ""
        yield case.get("name", ""), reason


def summarise(names: Sequence[str], cases: Sequence[tuple[str, str]]) -> list[Row]:
    """Count tests by the node or cluster in their names.

    :param names: ids of nodes and names of clusters, which each has to have at least one test.
    :param cases: test names (``test_x[kafka-1.us-east.local-kafka]``), each with the reason of its failure or
        an empty one. A skipped test is a failed one: it proved nothing.
    """
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for case, reason in cases:
        parameters = re.search(r"\[(.*)\]", case)
        text = parameters.group(1) if parameters else ""
        mine = [name for name in names if name in text]
        # us-east is part of kafka-1.us-east.local.
        found[max(mine, key=len) if mine else case].append((case, reason))
    rows = []
    for name in dict.fromkeys([*names, *found]):
        tests = found[name]
        bad = [f"{case}: {reason[:300]}" for case, reason in tests if reason]
        more = [f"and {len(bad) - _SHOWN_FAILURES} more"] if len(bad) > _SHOWN_FAILURES else []
        note = "\n".join([*bad[:_SHOWN_FAILURES], *more])
        rows.append(row(f"infra {name}", max(1, len(tests)), len(tests) - len(bad), note))
    return rows
