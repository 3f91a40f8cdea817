"""Comparison with golden files, and the environment that single formulas are rendered for."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import salt.config
from meridian.common import paths
from meridian.salt_api.pillar_files import load_layers
from meridian.topology import Node, Source, Topology, expand
from meridian.topology.slices import cluster_id

from tests.render import catalogue, rendering


def topology(region: str, overrides: Mapping[str, Any]) -> Topology:
    """Return the environment ``local`` with settings of one region changed."""
    opts = salt.config.minion_config(None)
    opts["pillar_roots"] = {"base": [str(paths.repository() / "pillar")]}
    layers = load_layers(opts, "local")
    added = Source("tests/render", {"overrides": {region: overrides}})
    layers = replace(layers, environments=(*layers.environments, added))
    return expand(layers, "local", network=rendering.NETWORK, slot=0)


def neutral(rendered: str, whole: Topology, node: Node) -> str:
    """Return a rendering with what only names the place replaced: environment, own region, addresses.

    What is left is what nodes of one kind have in common, in whatever region and environment they are.
    """
    places = {
        address: f"<{kind} {other.name}{'' if other.region == node.region else f' in {other.region}'}>"
        for other in whole.nodes
        for kind, address in (
            ("external", other.addresses.external),
            ("management", other.addresses.management),
            ("address of", other.addresses.region),
        )
        if re.fullmatch(r"[\d.]+", address)
    }
    if places:
        known = "|".join(re.escape(address) for address in sorted(places, key=len, reverse=True))
        rendered = re.sub(rf"(?<![\d.])({known})(?![\d.]|/\d)", lambda match: places[match[1]], rendered)
    rendered = rendered.replace(cluster_id(whole.environment, node.region), "<cluster id>")
    rendered = rendered.replace(f".{node.region}.{whole.environment}", ".<region>.<environment>")
    rendered = re.sub(rf"\.{re.escape(whole.environment)}\b", ".<environment>", rendered)
    if node.region == whole.central:
        return rendered
    return re.sub(rf"(?<![\w-]){re.escape(node.region)}(?![\w-])", "<region>", rendered)


def compare(rendered: str, name: str, request: pytest.FixtureRequest) -> None:
    """Fail with the difference of a rendering to the golden one, or accept it where that is asked for.

    :param name: of the node, or of the case, in :mod:`tests.render.catalogue`.
    """
    if request.config.getoption("--update-golden"):
        catalogue.accept(name, rendered)
        return
    known = catalogue.join(catalogue.load().get(name, ()))
    found = catalogue.join(catalogue.split(rendered))
    lines = difflib.unified_diff(known.splitlines(), found.splitlines(), "golden", "rendered", lineterm="")
    difference = "\n".join(lines)
    if difference:
        pytest.fail(f"accept with --update-golden when it is meant:\n{difference[:6000]}", pytrace=False)
