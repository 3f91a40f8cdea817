"""Which isolators a machine gets: by what is mounted, as each kind of machine has it."""

from pathlib import Path

import pytest
from meridian.services.mesos import isolation
from meridian.services.mesos.isolation import UNIFIED, Isolation, Mount

V1 = [
    Mount(f"/sys/fs/cgroup/{name}", 1, frozenset({name})) for name in ("cpu", "cpuacct", "memory", "freezer")
]
V2 = Mount("/sys/fs/cgroup", 2, frozenset({"cpuset", "cpu", "io", "memory", "pids"}))
HYBRID = Mount(UNIFIED, 2, frozenset())
GROUPS, PLAIN = ("cgroups/cpu", "cgroups/mem"), ("posix/cpu", "posix/mem")


def read_only(mounts: list[Mount]) -> list[Mount]:
    return [Mount(one.path, one.version, one.controllers, False) for one in mounts]


@pytest.mark.parametrize(
    ("mounted", "is_root", "launcher", "isolators", "hidden", "why"),
    [
        ([V2], True, "linux", GROUPS, False, "control groups of version 2 for cpu and memory"),
        (V1, True, "linux", GROUPS, False, "control groups of version 1 for cpu and memory"),
        ([*V1, HYBRID], True, "posix", PLAIN, True, "side by side (hybrid)"),
        ([*V1, Mount("/elsewhere", 2, frozenset())], True, "posix", PLAIN, False, "side by side (hybrid)"),
        (V1[:3], True, "posix", PLAIN, False, "version 1 lack freezer"),
        ([Mount("/sys/fs/cgroup", 2, frozenset({"pids"}))], True, "posix", PLAIN, False, "lack cpu, memory"),
        (read_only(V1), True, "posix", PLAIN, False, "version 1 are read-only"),
        (read_only([V2]), True, "posix", PLAIN, False, "version 2 are read-only"),
        ([], True, "posix", PLAIN, False, "no control groups"),
        ([V2], False, "posix", PLAIN, False, "only root"),
    ],
)
def test_what_a_machine_can_do_decides(
    mounted: list[Mount], is_root: bool, launcher: str, isolators: tuple[str, ...], hidden: bool, why: str
) -> None:
    found = isolation.decide(mounted, is_root)
    assert (found.launcher, found.isolators, found.hide_unified) == (launcher, isolators, hidden)
    assert why in found.reason


MOUNTINFO = """\
25 1 0:23 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755
31 25 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
32 25 0:29 / /sys/fs/cgroup/memory ro,relatime - cgroup cgroup rw,memory
33 25 0:30 / /sys/fs/cgroup/systemd rw - cgroup systemd rw,xattr,name=systemd
34 25 0:31 / /sys/fs/cgroup/unified rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate
"""


def test_the_kernel_is_read(tmp_path: Path) -> None:
    (tmp_path / "mountinfo").write_text(MOUNTINFO)
    folder = tmp_path / "root/sys/fs/cgroup/unified"
    folder.mkdir(parents=True)
    (folder / "cgroup.controllers").write_text("cpu memory\n")
    found = {one.path: one for one in isolation.mounts(tmp_path / "mountinfo", tmp_path / "root")}
    assert found["/sys/fs/cgroup/cpu,cpuacct"].controllers == {"cpu", "cpuacct"}
    assert not found["/sys/fs/cgroup/memory"].writable
    assert found[UNIFIED] == Mount(UNIFIED, 2, frozenset({"cpu", "memory"}))
    assert isolation.decide(list(found.values())).hide_unified


def test_the_unit_is_told_what_and_why() -> None:
    text = isolation.decide([*V1, HYBRID]).environment()
    assert text.splitlines() == [
        "# plain processes: control groups of version 1 and 2 are mounted side by side (hybrid)",
        "MESOS_LAUNCHER=posix",
        "MESOS_ISOLATION=posix/cpu,posix/mem",
        "MESOS_SYSTEMD_ENABLE_SUPPORT=false",
        "MERIDIAN_HIDE_UNIFIED=yes",
    ]


def test_pillar_wins_over_the_machine() -> None:
    found = isolation.decide([V2])
    assert isolation.chosen([], "auto", found) is found
    wanted = isolation.chosen(["posix/cpu"], "posix", found)
    assert isinstance(wanted, Isolation)
    assert (wanted.launcher, wanted.isolators) == ("posix", ("posix/cpu",))
    assert "set in pillar" in wanted.reason
