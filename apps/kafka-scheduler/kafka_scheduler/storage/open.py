"""The storage that ``--storage`` names."""

from pathlib import Path

from meridian.common.errors import MeridianError

from kafka_scheduler.mesos.address import ZooKeeperPath, resolved, zookeeper
from kafka_scheduler.storage.base import Storage


def open_storage(text: str, zk: str, name: str) -> Storage:
    """Return the storage.

    :param text: ``file:path``, ``zk:/path`` (in the ensemble that ``zk`` names) or ``zk://…/path``.
    :param zk: ``zk://[user:secret@]hosts/…`` or ``hosts``; or ``file:///`` of a file that says so.
    :param name: of the framework.
    :raises MeridianError: it names no storage.
    """
    if text.startswith("file:") and not text.startswith("file:///"):
        from kafka_scheduler.storage.file import FileStorage

        return FileStorage(Path(text.removeprefix("file:")), name)
    from kafka_scheduler.storage.zookeeper import ZooKeeperStorage

    text = resolved(text)
    if text.startswith("zk://"):
        return ZooKeeperStorage(zookeeper(text), name)
    if not text.startswith("zk:/"):
        raise MeridianError("storage: expected file:<path>, zk:/<path> with --zk, or zk://<hosts>/<path>")
    ensemble = resolved(zk)
    if not ensemble:
        raise MeridianError(f"storage {text}: name the ensemble by --zk")
    base = zookeeper(ensemble if ensemble.startswith("zk://") else f"zk://{ensemble}")
    return ZooKeeperStorage(ZooKeeperPath(base.hosts, text.removeprefix("zk:"), base.user, base.secret), name)
