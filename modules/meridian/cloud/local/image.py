"""The node image of the local cloud: Debian with Salt and the artifacts, rebuilt when its recipe changes.

Two layers over the root file system. The *machine* holds what is large and stable, unpacked in place, so that
all nodes share one copy on disk and in the page cache, and the class data sharing archives made with it. The
*node* adds our own small artifacts; it is made anew in a second or two when our code changes. Nodes that live
already get new artifacts by their states; only new ones start from a new image.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import docker
import docker.errors

from meridian.artifacts import locks
from meridian.artifacts.index import Entry
from meridian.artifacts.store import Store
from meridian.cloud.local import cds, image_files, image_layer
from meridian.common.errors import MeridianError

REPOSITORY = "meridian-node"
MACHINE = "meridian-machine"
BASE = "meridian-base"
ROOT_FILE_SYSTEM = "node-base"
STABLE = ("node-salt", "kafka", "versitygw", "toxiproxy", "archiver-libs")
# The others of them an environment may do without.
_NEEDED = {ROOT_FILE_SYSTEM, "node-salt", "kafka"}
# Images of other clones and of a moment ago are kept; layers are shared, so they cost little.
_KEPT = 4
_CDS_FOLDER = "/opt/meridian/kafka-cds"
_CHANGES = ('CMD ["/sbin/init"]', "ENV container=docker")
# systemd's wish for an orderly end. A commit takes it from the container; it is no change that one can name.
_STOP_SIGNAL = "SIGRTMIN+3"

Report = Callable[[str], None]


def ensure_image(
    store: Store, entries: Mapping[str, Entry], client: docker.DockerClient, report: Report | None = None
) -> str:
    """Have the node image, and build what is missing of it.

    1. The tags follow from the sums of the artifacts and from the recipe; is the node's there, that is all.
    2. Import the root file system. 3. Put in the stable artifacts, make the archives of class data, commit:
    the machine. 4. Put in the rest, commit: the node. 5. Remove older images that no container uses.

    :param store: where the archives are.
    :param entries: the artifacts of an environment, those of scope ``local`` among them.
    :param client: the engine to build on.
    :param report: called with one line per step.
    :return: the image's tag, ``meridian-node:<digest>``.
    :raises MeridianError: an artifact is missing, or a step failed; says which.
    """
    say = report or (lambda line: None)
    if missing := _NEEDED - entries.keys():
        raise MeridianError(f"the node image needs the artifacts {', '.join(sorted(missing))}")
    small = sorted(entries.keys() - {ROOT_FILE_SYSTEM, *STABLE})
    base = f"{BASE}:{entries[ROOT_FILE_SYSTEM].digest}"
    stable = {name: entries[name] for name in STABLE if name in entries}
    machine = f"{MACHINE}:{_digest(base, recipe(), *(entry.sha256 for entry in stable.values()))}"
    node = f"{REPOSITORY}:{_digest(machine, *(entries[name].sha256 for name in small))}"
    try:
        with locks.held(store.cache / "locks", "image"):
            if _exists(client, node):
                return node
            if not _exists(client, machine):
                if not _exists(client, base):
                    say("root file system")
                    _import(client, store, entries[ROOT_FILE_SYSTEM], base)
                say("Salt, Kafka and the other large artifacts")
                _machine(client, base, machine, store, stable, say)
            say("our own artifacts")
            with _Container(client, machine) as container:
                container.put(image_layer.artifacts(store, {name: entries[name] for name in small}))
                container.commit(node)
            for repository in (REPOSITORY, MACHINE, BASE):
                _prune(client, repository, {node, machine, base})
    except docker.errors.DockerException as problem:
        raise MeridianError(
            f"node image {node}: Docker refused: {' '.join(str(problem).split())}"
        ) from problem
    return node


def current(client: docker.DockerClient) -> str | None:
    """Return the tag of the newest node image, ``None`` when there is none.

    :param client: the engine to ask.
    """
    found = _newest_first(client, REPOSITORY)
    return str(found[0]["RepoTags"][0]) if found else None


def remove_all(client: docker.DockerClient | None = None) -> list[str]:
    """Remove every image that this module made and no container uses.

    :param client: the engine; default: the one that answers.
    :return: tags of those removed.
    """
    if client is None:
        from meridian.cloud.local import engine

        client = engine.client()
    removed = []
    for repository in (REPOSITORY, MACHINE, BASE):
        removed += _remove(client, _newest_first(client, repository))
    return removed


def recipe() -> str:
    """Return the digest of what this package itself puts into the machine layer."""
    files = json.dumps(
        {name: [file.mode, file.text] for name, file in image_files.FILES.items()}, sort_keys=True
    )
    links = json.dumps(image_files.LINKS, sort_keys=True)
    modules = [Path(str(module.__file__)).read_text(encoding="utf-8") for module in (cds, image_layer)]
    return _digest(files, links, *modules, _STOP_SIGNAL, *_CHANGES)


def _machine(
    client: docker.DockerClient,
    base: str,
    machine: str,
    store: Store,
    entries: Mapping[str, Entry],
    say: Report,
) -> None:
    with _Container(client, base) as container:
        container.put(image_layer.artifacts(store, entries))
        container.put(image_layer.files())
        version = f"{entries['kafka'].version}-{entries['kafka'].digest}"
        program = Path(cds.__file__).read_bytes()
        # They hold for one JVM and one set of jars, whatever else an image consists of.
        kept = store.cache / "cds" / f"{_digest(base, version, program.decode())}.tar"
        container.run(["mkdir", "-p", _CDS_FOLDER])
        if not kept.exists():
            say("class data sharing archives")
            container.put(image_layer.one("tmp/cds.py", program))
            container.run(["python3", "/tmp/cds.py", f"{_CDS_FOLDER}/{version}"])
            container.run(["rm", "-rf", "/tmp/cds", "/tmp/cds.py", "/tmp/hsperfdata_root"])
            container.get(f"{_CDS_FOLDER}/{version}", kept)
        else:
            container.put(image_layer.read(kept), _CDS_FOLDER)
        container.run(["ln", "-s", version, f"{_CDS_FOLDER}/current"])
        container.commit(machine)


def _import(client: docker.DockerClient, store: Store, entry: Entry, tag: str) -> None:
    work = store.cache / "work" / f"rootfs-{entry.digest}"
    with image_layer.unpacked(store, entry, work) as tree:
        repository, name = tag.split(":")
        client.api.import_image_from_file(str(tree / "rootfs.tar"), repository=repository, tag=name)


class _Container:
    """A container to build in; it is gone after the ``with`` block."""

    def __init__(self, client: docker.DockerClient, image: str) -> None:
        self._client = client
        self._image = image

    def __enter__(self) -> "_Container":
        # No network: nothing that an image consists of may come from anywhere but its artifacts.
        self._container = self._client.containers.run(
            self._image,
            ["sleep", "infinity"],
            detach=True,
            network_mode="none",
            hostname="localhost",
            stop_signal=_STOP_SIGNAL,
        )
        return self

    def __exit__(self, *exception: object) -> None:
        self._container.remove(force=True)

    def put(self, stream: Iterable[bytes], folder: str = "/") -> None:
        """Unpack a tar stream in a folder."""
        self._container.put_archive(folder, stream)

    def get(self, path: str, tar: Path) -> None:
        """Save a folder of the container as a tar file, whole or not at all."""
        tar.parent.mkdir(parents=True, exist_ok=True)
        part = tar.with_suffix(".part")
        with part.open("wb") as file:
            for chunk in self._container.get_archive(path)[0]:
                file.write(chunk)
        part.replace(tar)

    def run(self, command: list[str]) -> None:
        """Run a command to its end."""
        code, output = self._container.exec_run(command)
        if code:
            said = " / ".join(output.decode(errors="replace").strip().splitlines()[-3:])
            raise MeridianError(f"node image: {' '.join(command)} failed with exit code {code}: {said}")

    def commit(self, tag: str) -> None:
        """Make an image of it."""
        repository, name = tag.split(":")
        self._container.kill()
        self._container.commit(repository=repository, tag=name, changes=list(_CHANGES))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _exists(client: docker.DockerClient, tag: str) -> bool:
    try:
        client.api.inspect_image(tag)
    except docker.errors.ImageNotFound:
        return False
    return True


def _newest_first(client: docker.DockerClient, repository: str) -> list[dict[str, Any]]:
    found = [image for image in client.api.images(name=repository) if image["RepoTags"]]
    return sorted(found, key=lambda image: image["Created"], reverse=True)


def _prune(client: docker.DockerClient, repository: str, keep: set[str]) -> None:
    old = _newest_first(client, repository)[_KEPT:]
    _remove(client, [image for image in old if not keep & set(image["RepoTags"])])


def _remove(client: docker.DockerClient, images: Iterable[Mapping[str, Any]]) -> list[str]:
    removed = []
    for tag in [tag for image in images for tag in image["RepoTags"]]:
        try:
            client.api.remove_image(tag)
            removed.append(tag)
        except docker.errors.APIError as problem:
            # In use by a container, of another clone perhaps.
            if problem.status_code != 409:
                raise
    return removed
