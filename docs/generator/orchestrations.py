"""What an operator runs by ``salt-run state.orchestrate``, from the comment at the top of each file."""

from meridian.common import paths

from generator.page import Page, fenced


def page() -> Page:
    """Return the page of all orchestrations."""
    parts = [
        "# Orchestrations",
        "One file for each thing that an operator means: `salt-run state.orchestrate platform.<name>`.",
    ]
    for file in sorted((paths.repository() / "orchestrate" / "platform").glob("*.sls")):
        lines = []
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                break
            lines.append(line.removeprefix("#").removeprefix(" "))
        parts += [f"## platform.{file.stem}", fenced("\n".join(lines), "text")]
    return Page("reference/orchestrations.md", "Orchestrations", "\n\n".join(parts) + "\n")
