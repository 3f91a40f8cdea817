"""``/files/*``: what lies in sandboxes, by its path on the agent or by framework and executor."""

import base64
import grp
import pwd
import re
import stat
from pathlib import Path

from ..http import Request, Response
from ..resources import Json
from .store import Store

_VIRTUAL = re.compile(r"/?frameworks/([^/]+)/executors/([^/]+)/runs/([^/]+)(/.*)?")
_PAGE = 16 * 4096


class Files:
    """Answers about files below the sandboxes, and no others."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def answer(self, request: Request) -> Response:
        """Answer ``/files/browse``, ``/files/read`` and ``/files/download``."""
        written = request.query.get("path")
        if written is None:
            return Response.text(400, "Expecting 'path=value' in query.\n")
        path = self._path(written)
        if path is None or not path.exists():
            return Response(404)
        verb = request.path.rsplit("/", 1)[-1]
        if verb == "browse":
            return Response.of(self.listed(path)) if path.is_dir() else Response(404)
        if path.is_dir():
            return Response.text(400, "Cannot read a directory.\n")
        if verb == "download":
            return Response(200, path.read_bytes(), {"Content-Type": "application/octet-stream"})
        try:
            offset, length = int(request.query.get("offset", -1)), int(request.query.get("length", -1))
        except ValueError:
            return Response.text(400, "Failed to parse offset or length.\n")
        if offset < 0:
            return Response.of({"offset": path.stat().st_size, "data": ""})
        data = _read(path, offset, length)
        return Response.of({"offset": offset, "data": data.decode("utf-8", "replace")})

    def call(self, kind: str, body: Json) -> Response:
        """Answer the v1 calls LIST_FILES and READ_FILE."""
        path = self._path(str(body.get("path", "")))
        if path is None or not path.exists():
            return Response(404)
        if kind == "LIST_FILES":
            entries = self.listed(path)
            for entry in entries:
                entry["path_info"] = {"path": entry["path"]}
            return Response.of({"type": kind, "list_files": {"file_infos": entries}})
        data = _read(path, int(body["offset"]), int(body.get("length", -1)))
        shown = {"size": path.stat().st_size, "data": base64.b64encode(data).decode()}
        return Response.of({"type": kind, "read_file": shown})

    def listed(self, folder: Path) -> list[Json]:
        """List a folder."""
        done = []
        for path in sorted(folder.iterdir()):
            try:
                found = path.stat()
            except OSError:
                continue
            done.append(
                {
                    "path": str(path),
                    "nlink": found.st_nlink,
                    "size": found.st_size,
                    "mtime": found.st_mtime,
                    "mode": stat.filemode(found.st_mode),
                    "uid": _name(pwd.getpwuid, found.st_uid),
                    "gid": _name(grp.getgrgid, found.st_gid),
                }
            )
        return done

    def _path(self, written: str) -> Path | None:
        root = (self._store.work_dir / "slaves").resolve()
        if found := _VIRTUAL.fullmatch(written):
            framework, executor, run, rest = found.groups()
            base = root / str(self._store.agent_id) / "frameworks" / framework / "executors" / executor
            path = base / "runs" / run / (rest or "").lstrip("/")
        else:
            path = Path(written)
        # A link into a volume is part of the sandbox; a way out by `..` is not.
        inside = (
            path.is_absolute()
            and ".." not in path.parts
            and (root in path.resolve().parents or root in path.parents)
        )
        return path if inside else None


def _read(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(_PAGE if length < 0 else min(length, _PAGE))


def _name(lookup: object, number: int) -> str:
    try:
        return str(lookup(number)[0])  # type: ignore[operator]
    except KeyError:
        return str(number)
