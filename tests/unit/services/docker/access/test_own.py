"""Recorded texts of /proc, of what runs in a container and of what doesn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker import find_own_container
from services.docker.access.own import own_container

if TYPE_CHECKING:
    from pathlib import Path

ID = "f3f3efc605b0db4a4b09211d5dcd691aa33c1a4b48d1b77d7faff179b2961a51"
OTHER = "90aade519f1d00bf581057ebfe52303dc257aff380c327384802df7f9ade4941"
DOCKER_MOUNTS = f"""\
72 48 0:39 / / rw,relatime master:2 - overlay overlay rw,upperdir=/var/lib/docker/overlay2/{OTHER}/diff
78 77 0:29 /docker/{OTHER} /sys/fs/cgroup/cpu ro,nosuid,nodev,noexec,relatime - cgroup cgroup rw,cpu
89 72 254:0 /var/lib/docker/containers/{ID}/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/vda rw,discard
90 72 254:0 /var/lib/docker/containers/{ID}/hostname /etc/hostname rw,relatime - ext4 /dev/vda rw,discard
"""
PODMAN_MOUNTS = (
    f"812 801 0:24 /containers/storage/overlay-containers/{ID}/userdata/hostname /etc/hostname "
    "rw,nosuid,nodev,relatime - tmpfs tmpfs rw,size=3258084k,mode=755\n"
)
HOST_MOUNTS = f"""\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
301 27 0:44 / /var/lib/docker/overlay2/{OTHER}/merged rw,relatime shared:2 - overlay overlay rw
302 27 0:45 / /var/lib/docker/containers/{OTHER}/mounts/shm rw,nosuid shared:3 - tmpfs shm rw,size=65536k
"""


@pytest.mark.parametrize(
    ("mounts", "groups", "hostname", "found"),
    [
        (DOCKER_MOUNTS, "0::/\n", "bot", ID),
        (PODMAN_MOUNTS, "0::/\n", "bot", ID),
        ("", f"9:name=systemd:/docker/{ID}\n8:pids:/docker/{ID}\n", "bot", ID),
        ("", f"0::/system.slice/docker-{ID}.scope\n", "bot", ID),
        ("", f"0::/machine.slice/libpod-{ID}.scope/container\n", "bot", ID),
        ("", f"1:cpu:/docker/{OTHER}/docker/{ID}\n", "bot", ID),
        ("", "0::/\n", ID[:12], ID[:12]),
        (HOST_MOUNTS, "0::/user.slice/user-1000.slice/session-2.scope\n", "server", ""),
        (HOST_MOUNTS, "0::/system.slice/ddc-perf.service\n", "feedbeef", ""),
        ("", "", "", ""),
    ],
)
def test_a_container_tells_its_id_and_a_host_none(mounts: str, groups: str, hostname: str, found: str) -> None:
    assert own_container(mounts, groups, hostname) == found


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=20))
def test_any_text_is_read_without_an_error(mounts: str, groups: str, hostname: str) -> None:
    assert len(own_container(mounts, groups, hostname)) in (0, 12, 64)


def test_the_files_are_read_and_none_need_be_there(tmp_path: Path) -> None:
    nothing = find_own_container(tmp_path)
    (tmp_path / "cgroup").write_text(f"0::/docker/{ID}\n", encoding="utf-8")
    (tmp_path / "mountinfo").write_bytes(b"\xff\n")
    assert len(nothing) in (0, 12)
    assert find_own_container(tmp_path) == ID
