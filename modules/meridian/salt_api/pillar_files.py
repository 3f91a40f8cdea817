"""The pillar's files, rendered by Salt's own renderers, as layers for :mod:`meridian.topology`."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import salt.loader
import yaml
from salt.template import compile_template

from meridian.cloud import addresses
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.topology import Layers, Problem, Source, Topology, TopologyError, expand, written
from meridian.topology.booleans import may_be_boolean
from meridian.topology.problems import suggest

# The same positions by the C library, in a tenth of the time.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PROVIDERS = "cloud.providers.d"
_cache: dict[tuple[str, str], tuple[Any, Topology]] = {}


def load_topology(opts: Mapping[str, Any], environment: str) -> Topology:
    """Return the topology of an environment.

    It is kept in the process until a pillar file, the clone's network allocation or an address changes.

    :param opts: Salt's options; ``pillar_roots`` says where the pillar is, else it is the checkout's own.
    :param environment: name of a file in ``pillar/environments/``.
    :raises TopologyError: when the pillar is wrong, with every mistake.
    :raises MeridianError: when there is no such environment.
    """
    root = pillar_root(opts)
    allotted = paths.state() / "networks.json"
    stamp = _stamp(root, [allotted, addresses.record_file(environment)])
    known = _cache.get((str(root), environment))
    if known is not None and known[0] == stamp:
        return known[1]
    networks = _allotment(allotted)
    topology = expand(
        load_layers(opts, environment),
        environment,
        network=networks.get("network"),
        slot=_slot(networks.get("slots", {}), environment),
        known=addresses.load(environment),
    )
    _cache[(str(root), environment)] = (stamp, topology)
    return topology


def environments(opts: Mapping[str, Any]) -> list[str]:
    """Return the names of all environments that the pillar describes."""
    return sorted(path.stem for path in (pillar_root(opts) / "environments").glob("*.sls"))


def pillar_root(opts: Mapping[str, Any]) -> Path:
    """Return the folder that holds ``environments/``, ``regions/`` and ``defaults/``."""
    for folder in (opts.get("pillar_roots") or {}).get("base") or ():
        if (Path(folder) / "environments").is_dir():
            return Path(folder)
    return paths.repository() / "pillar"


def load_layers(opts: Mapping[str, Any], environment: str) -> Layers:
    """Render the files that an environment is made of.

    :raises TopologyError: when files cannot be rendered, all of them at once.
    :raises MeridianError: when there is no such environment.
    """
    root = pillar_root(opts)
    render = _Renderer(dict(opts), root)
    chain = tuple(_chain(render, root, environment))
    layers = Layers(
        defaults=tuple(render(path) for path in sorted((root / "defaults").glob("*.sls"))),
        environments=chain,
        regions={path.stem: render(path) for path in sorted((root / "regions").glob("*.sls"))},
        providers=_providers(root),
    )
    if render.problems:
        raise TopologyError([*render.problems, *_further(layers, environment)])
    return layers


def _further(layers: Layers, environment: str) -> list[Problem]:
    """Return what is wrong with the files that can be read, as far as it does not follow from others."""
    try:
        expand(layers, environment)
    except TopologyError as error:
        return [one for one in error.problems if not one.expected.startswith("missing")]
    except MeridianError:
        pass
    return []


def _providers(root: Path) -> dict[str, str]:
    """Return each alias in ``cloud.providers.d/`` with what libcloud calls the provider."""
    entries: dict[str, Any] = {}
    for path in sorted((root.parent / _PROVIDERS).glob("*.conf")):
        try:
            entries.update(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
        except (yaml.YAMLError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise MeridianError(f"{_PROVIDERS}/{path.name}: cannot be read: {reason}") from error
    found = {}
    for alias, entry in entries.items():
        for _ in entries:  # as many steps as a chain can have; a circle ends too
            if not isinstance(entry, Mapping) or "provider" in entry:
                break
            # The alias that is extended, with the Salt driver behind a colon where it has several.
            entry = entries.get(str(entry.get("extends")).partition(":")[0])
        if isinstance(entry, Mapping) and "provider" in entry:
            found[str(alias)] = str(entry["provider"])
    return found


def _chain(render: Callable[[Path], Source], root: Path, environment: str) -> Iterator[Source]:
    """Yield an environment's file after all that it extends."""
    known = {path.stem: path for path in (root / "environments").glob("*.sls")}
    if environment not in known:
        raise MeridianError(
            f"no environment '{environment}' in {root.name}/environments/; {suggest(environment, known)}"
        )
    chain: list[Source] = []
    names = [environment]
    while True:
        source = render(known[names[-1]])
        chain.append(source)
        section = source.data.get("environment")
        base = section.get("extends") if isinstance(section, Mapping) else None
        if base is None:
            break
        path = ("environment", "extends")
        if base not in known:
            raise TopologyError(
                [Problem(source.file, path, f"no environment '{base}'; {suggest(str(base), known)}")]
            )
        if base in names:
            raise TopologyError([Problem(source.file, path, f"extends itself: {' > '.join([*names, base])}")])
        names.append(base)
    yield from reversed(chain)


class _Renderer:
    """Renders pillar files and collects what is wrong with them instead of stopping at the first.

    :ivar problems: files that could not be rendered, and what stands in others that cannot be meant.
    """

    def __init__(self, opts: dict[str, Any], root: Path) -> None:
        self.problems: list[Problem] = []
        # What a template includes stands in the same folder.
        self._opts = opts | {"file_client": "local", "file_roots": {"base": [str(root)]}}
        self._root = root
        self._renderers = salt.loader.render(self._opts, {})

    def __call__(self, path: Path) -> Source:
        name = str(path.relative_to(self._root.parent))
        try:
            data = self._data(path, name)
        except _Wrong as wrong:
            self.problems += wrong.problems
            return Source(name, {})
        if not isinstance(data or {}, Mapping):
            self.problems.append(Problem(name, (), "expected a mapping of sections"))
            data = {}
        return Source(name, data or {})

    def _data(self, path: Path, name: str) -> Any:
        """Return what a file says.

        :raises _Wrong: it cannot be read, or not be rendered.
        """
        try:
            source = written.decoded(path.read_bytes())
        except OSError as error:
            raise _Wrong(name, f"cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise _Wrong(name, str(error)) from error
        text = self._rendered(path, name)
        try:
            document = yaml.compose(text, _LOADER)
        except yaml.YAMLError as error:
            raise _Wrong(name, written.mistake(source, error)) from error
        twice = [
            Problem(name, at, f"line {line}: expected each key once, found it again")
            for at, line in written.doubled(document)
        ]
        if twice:
            raise _Wrong(name, "", twice)
        self.problems += [
            Problem(name, trap.path, f"line {trap.line}: {trap.said}")
            for trap in written.traps(document)
            if not may_be_boolean(trap)
        ]
        try:
            return self._renderers["yaml"](text)
        except Exception as error:  # whatever a renderer raises is the file's mistake, and told as such
            raise _Wrong(name, f"cannot be rendered: {_first_line(error)}") from error

    def _rendered(self, path: Path, name: str) -> str:
        try:
            text = self._compile(path)
        except Exception as error:  # whatever a template raises is the template's mistake, and told as such
            line = getattr(error, "line_num", None)
            where = f"line {line}: " if isinstance(line, int) else ""
            raise _Wrong(name, f"{where}cannot be rendered: {_first_line(error)}") from error
        return text.read() if isinstance(text, io.StringIO) else str(text)

    def _compile(self, path: Path) -> Any:
        # It logs a traceback of Jinja's for what is told in one line.
        log = logging.getLogger("salt.utils.templates")
        before, log.disabled = log.disabled, True
        try:
            return compile_template(
                str(path),
                self._renderers,
                "jinja",
                self._opts.get("renderer_blacklist"),
                self._opts.get("renderer_whitelist"),
            )
        finally:
            log.disabled = before


class _Wrong(Exception):
    """A file that says nothing that could be used."""

    def __init__(self, name: str, expected: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(expected)
        self.problems = list(problems) or [Problem(name, (), expected)]


def _first_line(error: Exception) -> str:
    line = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    return re.sub(r"; line \d+$", "", line)


def _stamp(root: Path, records: list[Path]) -> tuple[tuple[str, int, int], ...]:
    files = [
        path for folder in ("defaults", "environments", "regions") for path in (root / folder).glob("*.sls")
    ]
    files += (root.parent / _PROVIDERS).glob("*.conf")
    files += [path for path in records if path.exists()]
    # A link to nowhere is told when it is read.
    facts = ((str(path), path.stat() if path.exists() else path.lstat()) for path in sorted(files))
    return tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in facts)


def _allotment(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise MeridianError(f"{path}: not valid JSON ({error}); remove it and deploy again") from error


def _slot(taken: Mapping[str, int], environment: str) -> int:
    """Return an environment's slot; the one that it would get when it has none yet.

    Certificates are made before machines, and must name the addresses that those will have.
    """
    if environment in taken:
        return taken[environment]
    return next(slot for slot in range(len(taken) + 1) if slot not in taken.values())
