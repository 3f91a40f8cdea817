"""The predicates' own tests, in Java: compiled against the jars that nodes get, and run."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from meridian.artifacts.commands import program
from meridian.artifacts.store import Store
from meridian.common import paths

_APP = paths.repository() / "apps" / "connect-predicates"
_QUICK = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


@pytest.fixture(scope="module")
def jars(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return the class path of an artifact's jars, from the store."""
    store = Store(paths.repository(), paths.cache())
    entries = store.prepare(["kafka", "junit", "connect-predicates"])
    root = tmp_path_factory.mktemp("jars")

    def path_of(name: str) -> str:
        folder = root / name
        if not folder.exists():
            store.unpacked(entries[name], folder)
        return ":".join(str(jar) for jar in sorted(folder.rglob("*.jar")))

    return path_of


def test_java_tests_pass(jars: Callable[[str], str], tmp_path: Path) -> None:
    sources = sorted(str(file) for file in (_APP / "src" / "test" / "java").rglob("*.java"))
    path = ":".join([jars("connect-predicates"), jars("kafka")])
    junit = jars("junit")
    compile_them = [program("javac", "openjdk-17-jdk-headless"), *(f"-J{flag}" for flag in _QUICK)]
    subprocess.run(
        [
            *compile_them,
            "--release",
            "17",
            "-proc:none",
            "-cp",
            f"{path}:{junit}",
            "-d",
            str(tmp_path),
            *sources,
        ],
        check=True,
    )
    console = ["-cp", junit, "org.junit.platform.console.ConsoleLauncher", "execute", "--disable-banner"]
    chosen = ["--class-path", f"{tmp_path}:{path}", "--scan-class-path", str(tmp_path), "--details", "tree"]
    run = [program("java", "openjdk-17-jre-headless"), *_QUICK, *console, *chosen]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    found = re.search(r"(\d+) tests successful", done.stdout)
    assert found, done.stdout[-2000:]
    assert int(found[1]) > 50
