"""The artifacts of a checkout: resolved once, verified, packed into the user's cache, listed in an index."""

import fnmatch
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from meridian.artifacts import definition, index, locks, packing, settings
from meridian.artifacts.definition import Definition
from meridian.artifacts.index import Entry
from meridian.artifacts.settings import Mirrors
from meridian.artifacts.sources.base import Context, Source
from meridian.common.errors import MeridianError

_AT_ONCE = 2
# Raise it when packing itself changes what comes out of the same recipe.
_FORMAT = 1


@dataclass(frozen=True)
class _Record:
    """What the cache knows of a recipe's result; kept apart from the archives, which nodes are served."""

    file: str
    sha256: str


class Store:
    """Artifacts of one checkout in one cache.

    :param repository: root of the checkout.
    :param cache: the user's cache folder; several clones may use it at once.
    :param mirrors: where to download from; default: the user's settings.
    :param report: called with one line when something is built; default: nothing is said.
    """

    def __init__(
        self,
        repository: Path,
        cache: Path,
        mirrors: Mirrors | None = None,
        report: Callable[[str], None] | None = None,
    ) -> None:
        self.repository = repository
        self.cache = cache
        self.mirrors = mirrors or settings.load()
        self.definitions = definition.load(repository / "salt")
        self._report = report or (lambda line: None)
        self._inputs: dict[str, str] = {}

    @property
    def folder(self) -> Path:
        """The folder of archives, which the Salt master serves to nodes."""
        return self.cache / "artifacts"

    def names(self, scopes: Iterable[str] = ("nodes",)) -> list[str]:
        """Return the artifacts of some scopes.

        :param scopes: ``nodes`` (what states install), ``local`` (what only the local cloud needs).
        """
        return [name for name, each in self.definitions.items() if each.scope in set(scopes)]

    def prepare(self, names: Sequence[str], refetch: bool = False) -> dict[str, Entry]:
        """Have artifacts in the cache, verified. What is missing is resolved, two at a time.

        1. Everything that the named ones need is added. 2. Each is taken from the cache when its recipe and
        the files it is made of are the same as then, and the archive has its sum. 3. Else its sources are
        tried in order, the result packed and recorded.

        :param names: artifacts' names.
        :param refetch: resolve the named ones anew, whatever the cache has.
        :return: name → version, sum and file, for the named ones and what they need.
        :raises MeridianError: a name is unknown, a cached archive is not what was packed, or no source of an
            artifact worked (says which were tried, and why each failed).
        """
        wanted = self.with_needs(names)
        done: dict[str, Future[Entry]] = {}
        with locks.scratch(self.cache / "scratch", self.cache / "locks") as scratch:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                # Needed ones come first: a worker never waits for one that has not begun.
                for name in wanted:
                    done[name] = pool.submit(self._one, name, refetch and name in names, done, scratch)
            _raise_all(done.values())
        return {name: each.result() for name, each in done.items()}

    def input_digest(self, name: str) -> str:
        """Return the digest of all that decides an artifact: recipe, files of the repository, needed ones."""
        if name not in self._inputs:
            each = self.definitions[name]
            digest = hashlib.sha256(json.dumps([_FORMAT, name, each.written], sort_keys=True).encode())
            for source in each.sources:
                digest.update(source.identity().encode())
                for path in source.inputs(self.repository, each.folder):
                    digest.update(_content(path).encode())
            for needed in each.needs:
                digest.update(self.input_digest(needed).encode())
            self._inputs[name] = digest.hexdigest()
        return self._inputs[name]

    def unpacked(self, entry: Entry, into: Path) -> Path:
        """Unpack an archive of the cache.

        :param entry: which one.
        :param into: folder to make.
        """
        packing.unpack(self.folder / entry.file, into, entry.sha256)
        return into

    def with_needs(self, names: Sequence[str]) -> list[str]:
        """Return artifacts and all that they need, each after what it needs.

        :raises MeridianError: a name is unknown.
        """
        wanted: set[str] = set()

        def add(name: str) -> None:
            if name not in self.definitions:
                raise MeridianError(f"no artifact {name}; there are {', '.join(sorted(self.definitions))}")
            wanted.add(name)
            for needed in self.definitions[name].needs:
                add(needed)

        for name in names:
            add(name)
        return [name for name in self.definitions if name in wanted]

    def _one(self, name: str, refetch: bool, others: dict[str, Future[Entry]], scratch: Path) -> Entry:
        each = self.definitions[name]
        needed = {other: others[other].result() for other in each.needs}
        with locks.held(self.cache / "locks", f"artifact-{name}"):
            record = self._record(name)
            known = None if refetch else self._cached(each, record)
            return known or self._resolve(each, record, needed, scratch)

    def _record(self, name: str) -> Path:
        version = self.definitions[name].version
        return self.cache / "records" / f"{name}-{version}-{self.input_digest(name)[:16]}.json"

    def _cached(self, each: Definition, record: Path) -> Entry | None:
        """Return what the cache has of a recipe, verified; ``None`` when it has nothing."""
        if not record.exists():
            return None
        try:
            known = _Record(**json.loads(record.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as problem:
            raise MeridianError(f"{record}: not readable; delete it and run again") from problem
        archive = self.folder / known.file
        if not archive.exists():
            return None
        try:
            packing.verify(archive, known.sha256)
        except MeridianError as problem:
            raise MeridianError(f"{problem}; delete that file to have it made anew") from None
        return Entry(version=each.version, sha256=known.sha256, file=known.file)

    def _resolve(self, each: Definition, record: Path, needed: dict[str, Entry], scratch: Path) -> Entry:
        work_root = self.cache / "work"
        work_root.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=work_root, prefix=f"{each.name}-") as folder:
            work = Path(folder)

            def need(name: str) -> Path:
                tree = work / f"needed-{name}"
                return tree if tree.exists() else self.unpacked(needed[name], tree)

            context = Context(
                name=each.name,
                version=each.version,
                repository=self.repository,
                folder=each.folder,
                cache=self.cache,
                scratch=scratch,
                mirrors=self.mirrors,
                needed=need,
            )
            tree = work / "tree"
            self._fetch(each, tree, context)
            _leave_out(tree, each.exclude)
            packed = work / "packed"
            sha256 = packing.pack(tree, packed, each.name, each.version)
            file = f"{each.name}-{each.version}-{sha256[:12]}.tar.zst"
            packed.replace(self.folder / file)
        record.parent.mkdir(parents=True, exist_ok=True)
        index.write_json(record, asdict(_Record(file, sha256)))
        return Entry(version=each.version, sha256=sha256, file=file)

    def _fetch(self, each: Definition, tree: Path, context: Context) -> None:
        """Try the sources in order until one works."""
        reasons = []
        for source in each.sources:
            shutil.rmtree(tree, ignore_errors=True)
            tree.mkdir()
            self._report(f"{each.name} {each.version} from {source.describe()}")
            if (reason := _try(source, tree, context)) is None:
                return
            reasons.append(f"{source.describe()}: {reason}")
        raise MeridianError(f"artifact {each.name} {each.version}: no source worked: {'; '.join(reasons)}")


def _raise_all(done: Iterable[Future[Entry]]) -> None:
    """Raise what went wrong, all of it in one line; a defect of ours as it is."""
    problems = [problem for each in done if (problem := each.exception()) is not None]
    for problem in problems:
        if not isinstance(problem, MeridianError):
            raise problem
    if problems:
        raise MeridianError("; ".join(dict.fromkeys(str(problem) for problem in problems)))


def _try(source: Source, tree: Path, context: Context) -> str | None:
    """Fetch from one source; return why it failed, ``None`` when it did not."""
    try:
        source.fetch(tree, context)
    except (MeridianError, OSError) as problem:
        return " ".join(str(problem).split())
    return None if any(tree.iterdir()) else "it yielded nothing"


def _leave_out(tree: Path, patterns: Sequence[str]) -> None:
    for path in sorted(tree.rglob("*"), reverse=True):
        relative = str(path.relative_to(tree))
        if any(fnmatch.fnmatch(relative, pattern) for pattern in patterns):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)


def _content(path: Path) -> str:
    """Digest of a file or of all files below a folder; a missing one has a digest of its own."""
    if path.is_file():
        return packing.sha256(path)
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts and not file.match("*.egg-info/*"):
            executable = file.stat().st_mode & 0o100
            digest.update(f"{file.relative_to(path)} {packing.sha256(file)} {executable}".encode())
    return digest.hexdigest()
