"""This machine's own apt configuration, for root file systems made from the same sources."""

import re
from collections.abc import Iterator
from pathlib import Path

from meridian.artifacts.commands import run
from meridian.common.errors import MeridianError

_ETC = Path("/etc/apt")
_FIELD = re.compile(r"^([A-Za-z-]+):\s*(.*)$")


def sources(suite: str, mirror: str | None, etc: Path = _ETC) -> str:
    """Return the apt sources for a release, in the format of ``sources.list``.

    :param suite: Debian release, e.g. ``bookworm``; its ``-updates`` and ``-security`` count as well.
    :param mirror: base URL of an archive to use instead; unset: the machine's own sources.
    :param etc: apt's configuration folder.
    :return: lines of ``sources.list``; empty when this machine has none for that release, and then
        mmdebstrap's defaults hold.
    """
    if mirror:
        return f"deb {mirror} {suite} main\ndeb {mirror} {suite}-updates main\n"
    lines = [line for line in _all(etc) if _belongs(line, suite)]
    return "".join(f"{line}\n" for line in dict.fromkeys(lines))


def options() -> list[str]:
    """Return this machine's apt options about fetching: proxies, certificates, checks.

    :return: one ``Name "value";`` each; empty where there is no apt.
    """
    try:
        dump = run(["apt-config", "dump", "--no-empty", "--format", '%f "%v";%n', "Acquire"])
    except MeridianError:
        return []
    wanted = re.compile(r"^Acquire::(https?|Check-|Retries|ForceIPv)[^ ]* ", re.IGNORECASE)
    return [line for line in dump.splitlines() if wanted.match(line)]


def _all(etc: Path) -> Iterator[str]:
    """One-line sources of every file that apt reads, only those of binary packages."""
    for file in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*.list"))]:
        if file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                if line.strip().startswith("deb "):
                    yield " ".join(line.split("#")[0].split())
    for file in sorted((etc / "sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", file.read_text(encoding="utf-8")):
            yield from _one_line(stanza)


def _one_line(stanza: str) -> Iterator[str]:
    fields: dict[str, str] = {}
    for line in stanza.splitlines():
        if not line.startswith("#") and (found := _FIELD.match(line)):
            fields[found[1].lower()] = found[2]
    if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes") == "no":
        return
    signed = fields.get("signed-by", "")
    option = f"[signed-by={signed}] " if signed.startswith("/") else ""
    for uri in fields.get("uris", "").split():
        for suite in fields.get("suites", "").split():
            yield f"deb {option}{uri} {suite} {fields.get('components', '')}".strip()


def _belongs(line: str, suite: str) -> bool:
    """Debian's own sources of that release: third parties' have other suites or no component ``main``."""
    words = re.sub(r"\[[^]]*\]", "", line).split()
    suites = (suite, f"{suite}-updates", f"{suite}-security")
    return len(words) > 3 and words[2] in suites and "main" in words[3:]
