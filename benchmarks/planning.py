"""How long a plan takes, and whether it grows with the nodes alone.

.platform/venv/bin/python benchmarks/planning.py [--nodes 10 100 1000 5000]

For each size a pillar is generated below a temporary folder: regions of ten nodes on EC2 with volumes,
firewalls, topics, and a flow into the centre, on top of the shipped defaults. Timed is what
`./meridian plan --offline --json` does: pillar files rendered, merged and checked against the schema,
expanded, compared with nothing, priced from libcloud's data (read anew each time), and written as JSON.
"""

import argparse
import itertools
import json
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import salt.config
from libcloud.pricing import clear_pricing_data
from meridian import plan as planning
from meridian.cloud.catalogue import Catalogue
from meridian.common import paths
from meridian.salt_api.pillar_files import load_layers
from meridian.topology import expand

_REGION = 10
_PARTS = ("rendered", "expanded", "compared", "priced", "written")


def main() -> None:
    """Run the benchmark and print its numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--nodes", type=int, nargs="+", default=[10, 100, 1000, 5000])
    parser.add_argument("--repeat", type=int, default=3, help="the median of so many counts")
    options = parser.parse_args()
    print(f"{'nodes':>6} {'seconds':>8} {'ms/node':>8}  " + " ".join(f"{part:>9}" for part in _PARTS))
    for count in options.nodes:
        runs = [timed(count) for _ in range(options.repeat)]
        parts = [statistics.median(run[part] for run in runs) for part in range(len(_PARTS))]
        whole = statistics.median(sum(run) for run in runs)
        each = " ".join(f"{part:9.2f}" for part in parts)
        print(f"{count:6} {whole:8.2f} {1000 * whole / count:8.2f}  {each}", flush=True)


def timed(count: int) -> list[float]:
    """Return the seconds of each part of one plan."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        generate(root, count)
        opts: dict[str, Any] = {
            **salt.config.DEFAULT_MASTER_OPTS,
            "cachedir": str(root / "cache"),
            "pillar_roots": {"base": [str(root / "pillar")]},
        }
        clear_pricing_data()
        marks = [time.perf_counter()]
        layers = load_layers(opts, "large")
        marks.append(time.perf_counter())
        topology = expand(layers, "large")
        marks.append(time.perf_counter())
        findings = planning.compare(topology, planning.World())
        marks.append(time.perf_counter())
        plan = planning.plan(topology, findings, Catalogue.read(root))
        marks.append(time.perf_counter())
        json.dumps(plan.to_dict(), indent=2)
        marks.append(time.perf_counter())
        nodes = [one for one in plan.actions if one.kind == "node"]
        assert len(nodes) == count
        assert all(one.cost_per_month for one in nodes)
    return [after - before for before, after in itertools.pairwise(marks)]


def generate(root: Path, count: int) -> None:
    """Write the pillar and the clouds' files of an environment `large`.

    :param count: nodes, a multiple of ten.
    """
    assert count % _REGION == 0, "regions have ten nodes each"
    pillar = root / "pillar"
    shutil.copytree(paths.repository() / "pillar" / "defaults", pillar / "defaults")
    names = [f"region-{number}" for number in range(count // _REGION)]
    for name in names:
        section: dict[str, Any] = {
            "region": {
                "title": name,
                "latitude": 0.0,
                "longitude": 0.0,
                "zones": [f"{name}{zone}" for zone in "abc"],
                "locations": {"ec2": "us-east-1"},
            },
            "nodes": {"kafka": {"count": _REGION - 1}},
        }
        if name == names[0]:
            section["nodes"] = {
                "kafka": {"count": _REGION - 3},
                "connect": {"count": 2, "roles": ["connect"], "size": "medium"},
                "services": {"roles": ["archive", "objectstore"]},
            }
            section["topics"] = None
        _write(pillar / "regions" / f"{name}.sls", section)
    environment = {
        "environment": {"provider": "amazon", "regions": names, "central": names[0]},
        "kafka": {"heap_mb": 512},
        "flows": {"central": {"target": names[0]}},
        "verification": {"flights": {"origins": {"EWR": names[-1]}}},
        "prices": {"volumes": {"ec2": {"ssd": {"any": 0.08}}}},
    }
    _write(pillar / "environments" / "large.sls", environment)
    _write(root / "cloud.providers.d" / "amazon.conf", {"amazon": {"driver": "libcloud", "provider": "ec2"}})
    sizes = {"small": "m5.large", "medium": "m6i.large", "large": "m5.large"}
    profiles = {f"amazon-{size}": {"provider": "amazon", "size": name} for size, name in sizes.items()}
    _write(root / "cloud.profiles.d" / "amazon.conf", profiles)


def _write(file: Path, data: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # JSON is YAML.
    file.write_text(json.dumps(data), encoding="utf-8")


if __name__ == "__main__":
    main()
