"""Packs the double as the tarball that a user would name: ``python -m tests.doubles.mesos.pack OUT``.

Into the folder OUT come ``mesos.tar.gz`` (``bin/mesos-master``, ``bin/mesos-agent``, ``lib``) and, with
``--marathon``, ``marathon.tar.gz`` (``bin/marathon``, ``lib``). They run on ``/usr/bin/python3`` of a Debian
12 node, wherever they are unpacked, and bring all libraries that they need.
"""

import compileall
import importlib.util
import py_compile
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_PACKAGE = "mesos_double"
_LIBRARIES = ("kazoo",)
_SCRIPT = """\
#!/usr/bin/python3 -IB
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib" / "python"))
from {module} import main

main()
"""
PROGRAMS: dict[str, Mapping[str, str]] = {
    "mesos": {"mesos-master": "master.main", "mesos-agent": "agent.main"},
    "marathon": {"marathon": "marathon.main"},
}


def pack(name: str, out: Path) -> Path:
    """Pack the programs of one artifact.

    :param name: ``mesos`` or ``marathon``.
    :param out: folder to put the tarball in.
    :return: the tarball.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        tree = Path(work)
        python = tree / "lib" / "python"
        unwanted = shutil.ignore_patterns("__pycache__", "*.pyc", "pack.py", "tests", "testing")
        shutil.copytree(Path(__file__).parent, python / _PACKAGE, ignore=unwanted)
        for library in _LIBRARIES:
            found = importlib.util.find_spec(library)
            if found is None or not found.submodule_search_locations:
                raise SystemExit(f"{library} is not installed for {sys.executable}")
            shutil.copytree(found.submodule_search_locations[0], python / library, ignore=unwanted)
        if sys.version_info[:2] == (3, 11):
            mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
            compileall.compile_dir(python, quiet=1, stripdir=str(tree), invalidation_mode=mode)
        (tree / "bin").mkdir()
        for program, module in PROGRAMS[name].items():
            script = tree / "bin" / program
            script.write_text(_SCRIPT.format(module=f"{_PACKAGE}.{module}"), encoding="utf-8")
            script.chmod(0o755)
        if name == "mesos":
            # Part of the layout: programs of others that load it get a plain error out of this one.
            (tree / "lib" / "libmesos.so").write_text("The double of Mesos has no native library.\n")
            (tree / "lib" / "sasl2").mkdir()
            (tree / "lib" / "sasl2" / "libcrammd5.so").write_text("Nor does it use SASL.\n")
        target = out / f"{name}.tar.gz"
        with tarfile.open(target, "w:gz", compresslevel=6) as tar:
            for path in sorted(tree.rglob("*")):
                tar.add(path, str(path.relative_to(tree)), recursive=False, filter=_plain)
    return target


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = 0
    return member


def main(arguments: Sequence[str]) -> None:
    """Pack what the command line asks for."""
    names = ["mesos", "marathon"] if "--marathon" in arguments else ["mesos"]
    folders = [one for one in arguments if not one.startswith("--")]
    if len(folders) != 1:
        raise SystemExit(__doc__)
    for name in names:
        print(pack(name, Path(folders[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
