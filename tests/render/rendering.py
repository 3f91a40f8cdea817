"""Renders what a node would be told to do, by Salt's own state compiler and renderers, without a node.

Everything that depends on the machine that tests run on is given: grains, keys, artifacts, the network.
"""

import functools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import salt.config
import salt.loader
import salt.state
import yaml
from meridian.common import paths, secrets
from meridian.salt_api.pillar_files import load_layers
from meridian.topology import Addresses, Node, Source, Topology, expand, firewall, node_pillar, roles

NETWORK = "10.213.0.0/16"
OPERATOR = "203.0.113.0/24"
#: Files that a node has from its image.
_IN_THE_IMAGE = {"/usr/bin/java", "/usr/sbin/haproxy", "/etc/systemd/system/haproxy.service"}
_GRAINS = {
    "os": "Debian",
    "os_family": "Debian",
    "osfinger": "Debian-12",
    "oscodename": "bookworm",
    "osmajorrelease": 12,
    "osarch": "amd64",
    "cpuarch": "x86_64",
    "kernel": "Linux",
    "init": "systemd",
    "num_cpus": 2,
    "mem_total": 2048,
    "pythonversion": [3, 11, 2, "final", 0],
    "saltversion": "3008.3",
}
_ARTIFACTS = (
    "kafka",
    "kafka-cds",
    "connect-predicates",
    "versitygw",
    "archiver",
    "archiver-libs",
    "meridian",
)
_NOISE = ("__id__", "__env__", "__sls__", "__sls_included_from__", "state", "fun", "order", "name")


@functools.cache
def topology(environment: str) -> Topology:
    """Expand an environment's pillar as it stands in the repository, machines made, operator known."""
    opts = salt.config.minion_config(None)
    opts["pillar_roots"] = {"base": [str(paths.repository() / "pillar")]}
    layers = load_layers(opts, environment)
    operator = Source("tests/render", {"firewall": {"operator": [OPERATOR]}})
    layers = replace(layers, environments=(*layers.environments, operator))
    unmade = expand(layers, environment, network=NETWORK, slot=0)
    return expand(layers, environment, network=NETWORK, slot=0, known=_known(unmade))


def _known(unmade: Topology) -> dict[str, Addresses]:
    """Return addresses as clouds may choose them."""
    return {
        node.id: Addresses.given(
            [f"10.0.{region.index}.{4 + index}"], [f"198.51.100.{16 * region.index + index}"]
        )
        for region in unmade.regions
        for index, node in enumerate(region.nodes)
    }


def kinds(environment: str) -> Iterator[Node]:
    """Yield one node of each kind: the last of those with the same roles, in a region and in the centre,
    with and without a firewall of its own.
    """
    found: dict[tuple[bool, bool, tuple[str, ...]], Node] = {}
    for region in topology(environment).regions:
        for node in region.nodes:
            found[region.is_central, firewall.on_node(region), node.roles] = node
    yield from found.values()


def pillar(environment: str, node_id: str) -> dict[str, Any]:
    """Return a node's pillar with stand-ins for what is made at the first deployment."""
    whole = topology(environment)
    node = whole.node(node_id)
    return node_pillar(
        whole,
        node_id,
        secrets={
            "objectstore": {
                "root": {"access_key": "root", "secret_key": "<root secret>"},
                "users": {"archive": {"access_key": "archive", "secret_key": "<archive secret>"}},
            },
            **{
                service: {name: f"<password of {name} for {service}>" for name in users}
                for service, users in secrets.PASSWORDS.items()
            },
        },
        certificates={
            "ca": "<CA>\n",
            "certificates": {
                name: {"certificate": f"<certificate of {name}>\n", "key": f"<key of {name}>\n"}
                for name in roles.services(node.roles)
            },
        },
        artifacts={
            name: {"version": "1", "sha256": "0" * 64, "file": f"{name}.tar.zst"} for name in _ARTIFACTS
        },
        transport={key: f"<{key} towards the Salt master>\n" for key in ("ca", "certificate", "key")},
    )


def by_hand(node: Node, verb: str) -> list[str]:
    """Return the states that no highstate has, but an operator or an orchestration applies to a node.

    :param verb: ``check`` (with what comes after it: topics, flows) or ``clean``.
    """
    formulas = dict.fromkeys(("node", "pki", *(roles.TABLE[role].formulas[-1] for role in node.roles)))
    further = {"kafka": "kafka.topics", "connect": "connect.flows"} if verb == "check" else {}
    return [f"{name}.{verb}" for name in formulas] + [further[role] for role in node.roles if role in further]


def states(environment: str, node_id: str, cache: Path, sls: list[str] | None = None) -> str:
    """Return what states would do on a node, with the text of every templated file, as YAML.

    :param cache: folder for Salt's cache.
    :param sls: states to apply; the highstate when not given.
    :raises AssertionError: when the states do not compile; says why.
    """
    opts = _options(node_id, cache)
    state = salt.state.HighState(opts, initial_pillar=pillar(environment, node_id))
    functions = state.state.functions
    for name in ("file.file_exists", "file.is_link"):
        functions[name] = lambda path: path in _IN_THE_IMAGE
    if sls is not None:
        state.top_matches = lambda top: {"base": sls}
    state.push_active()
    try:
        low = state.compile_low_chunks()
    finally:
        state.pop_active()
    wrong = [chunk for chunk in low if not isinstance(chunk, dict)]
    assert not wrong, "\n".join(str(line) for line in wrong)
    assert low, f"{node_id}: no state applies to it"
    shown = [_shown(chunk, functions, cache) for chunk in low]
    return yaml.dump(shown, Dumper=_Dumper, sort_keys=True, width=110, allow_unicode=True)


def _options(node_id: str, cache: Path) -> dict[str, Any]:
    repository = paths.repository()
    # A dict of its own: Salt's options are a dict whose operators do not all see its own storage.
    opts = dict(salt.config.minion_config(None))
    return opts | {
        "id": node_id,
        "file_client": "local",
        "file_roots": {"base": [str(repository / "salt")]},
        "pillar_roots": {"base": []},
        "cachedir": str(cache),
        "extension_modules": str(cache / "extmods"),
        "root_dir": str(cache),
        "grains": dict(_GRAINS, id=node_id, host=node_id.split(".")[0], fqdn=node_id),
        "state_top": "salt://top.sls",
        "autoload_dynamic_modules": False,
        "log_level": "error",
    }


def _shown(chunk: dict[str, Any], functions: Any, cache: Path) -> dict[str, Any]:
    """Return a low chunk as a person would write it."""
    arguments = {key: value for key, value in chunk.items() if key not in _NOISE}
    if chunk["name"] != chunk["__id__"]:
        arguments["name"] = chunk["name"]
    text = _file(chunk, functions, cache)
    if text is not None:
        # What the template was given shows in what it made of it.
        for key in ("context", "defaults"):
            arguments.pop(key, None)
        arguments["~ rendered"] = text
    return {f"{chunk['__id__']} ({chunk['__sls__']})": {f"{chunk['state']}.{chunk['fun']}": arguments}}


def _file(chunk: dict[str, Any], functions: Any, cache: Path) -> str | None:
    if chunk["state"] != "file" or not chunk.get("template") or not chunk.get("source"):
        return None
    target = cache / "rendered"
    variables = {**(chunk.get("defaults") or {}), **(chunk.get("context") or {})}
    done = functions["cp.get_template"](chunk["source"], str(target), template=chunk["template"], **variables)
    assert done, f"{chunk['source']} cannot be rendered"
    return target.read_text(encoding="utf-8")


class _Dumper(yaml.SafeDumper):
    """Multi-line text as it reads in the file; nothing by reference."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.Node:
    style = "|" if "\n" in data else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(data), style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_multi_representer(str, _text)
_Dumper.add_multi_representer(dict, lambda dumper, data: dumper.represent_dict(dict(data)))
_Dumper.add_multi_representer(list, lambda dumper, data: dumper.represent_list(list(data)))
