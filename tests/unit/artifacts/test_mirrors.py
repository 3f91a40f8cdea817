"""Where downloads come from: settings first, else what the ordinary clients are configured with."""

import zipfile
from pathlib import Path

import pytest
from meridian.artifacts import apt, maven_settings, settings
from meridian.artifacts.sources.maven import repository_path
from meridian.common.errors import MeridianError

_SETTINGS = """
<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0"><mirrors><mirror>
  <id>house</id><mirrorOf>{of}</mirrorOf><url>http://mirror.invalid/maven/</url>
</mirror></mirrors></settings>
"""


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("mirrors:\n  maven: http://file.invalid/maven/\n  go: http://file.invalid/go\n")
    found = settings.load({"MERIDIAN_MAVEN_MIRROR": "http://variable.invalid/"}, file)
    assert found == settings.Mirrors(maven="http://variable.invalid", go="http://file.invalid/go")


def test_nothing_set_nothing_changed(tmp_path: Path) -> None:
    assert settings.load({}, tmp_path / "absent.yaml") == settings.Mirrors()


@pytest.mark.parametrize("text", ["mirrors: {npm: x}", "mirrors: 3", "- a", "mirrors: {"])
def test_a_wrong_settings_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(text)
    with pytest.raises(MeridianError, match=r"settings\.yaml: "):
        settings.load({}, file)


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ("central", "http://mirror.invalid/maven"),
        ("*", "http://mirror.invalid/maven"),
        ("*,!central", None),
        ("other", None),
    ],
)
def test_mavens_own_mirror_counts(tmp_path: Path, of: str, expected: str | None) -> None:
    file = tmp_path / "settings.xml"
    file.write_text(_SETTINGS.format(of=of))
    assert maven_settings.mirror_of_central(file) == expected


def test_mavens_default_is_read_from_its_library(tmp_path: Path) -> None:
    jar = tmp_path / "maven-model-builder.jar"
    pom = (
        "<project><repositories><repository><id>central</id><url>http://default.invalid/m2</url>"
        "</repository></repositories></project>"
    )
    with zipfile.ZipFile(jar, "w") as library:
        library.writestr("org/apache/maven/model/pom-4.0.0.xml", pom)
    assert maven_settings.default_of(jar) == "http://default.invalid/m2"
    assert maven_settings.default_of(tmp_path / "absent.jar") is None


def test_coordinates_become_a_path() -> None:
    assert repository_path("org.example:tool_2.13:1.0") == "org/example/tool_2.13/1.0/tool_2.13-1.0.jar"
    assert repository_path("org.example:dist:2:zip") == "org/example/dist/2/dist-2.zip"


def test_this_machines_apt_sources_of_the_release(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text(
        "# deb http://old.invalid bookworm main\n"
        "deb http://one.invalid/debian bookworm main contrib # ours\n"
        "deb-src http://one.invalid/debian bookworm main\n"
        "deb http://one.invalid/debian trixie main\n"
        "deb http://vendor.invalid/apt bookworm stable\n"
    )
    (tmp_path / "sources.list.d" / "debian.sources").write_text(
        "Types: deb deb-src\n# a remark\nURIs: http://two.invalid/security\n"
        "Suites: bookworm-security bookworm-backports\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\n"
        "Types: deb\nEnabled: no\nURIs: http://off.invalid\nSuites: bookworm\nComponents: main\n"
    )
    assert apt.sources("bookworm", None, tmp_path).splitlines() == [
        "deb http://one.invalid/debian bookworm main contrib",
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://two.invalid/security "
        "bookworm-security main",
    ]


def test_a_debian_mirror_replaces_them(tmp_path: Path) -> None:
    found = apt.sources("bookworm", "http://mirror.invalid/debian", tmp_path)
    assert found.splitlines()[0] == "deb http://mirror.invalid/debian bookworm main"
