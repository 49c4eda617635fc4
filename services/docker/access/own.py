"""Which container the bot itself runs in, if any: told by what the kernel shows a process of itself."""

from __future__ import annotations

import re
import socket
from pathlib import Path

_ID = "[0-9a-f]{64}"
# Engines mount these three files from the container's own folder, which is called by its id.
_MOUNT = re.compile(
    rf"\S+ \S+ \S+ \S*/({_ID})/(?:\S+/)?(?:hostname|hosts|resolv\.conf) /etc/(?:hostname|hosts|resolv\.conf) "
)
# /docker/<id>, /system.slice/docker-<id>.scope, /machine.slice/libpod-<id>.scope/container
_CGROUP = re.compile(rf"[/-]({_ID})(?:\.scope)?(?:/container)?$")
_SHORT = re.compile("[0-9a-f]{12}")


def own_container(mounts: str, groups: str, hostname: str) -> str:
    """Read the id of the container that these texts are from.

    The mounts are believed first, for they hold it under every version of cgroups; the host name last, for it can be
    anything. On a host itself none of them fits.

    Args:
        mounts: The text of /proc/self/mountinfo.
        groups: The text of /proc/self/cgroup.
        hostname: The host's name; an engine gives a container the first twelve signs of its id for one.

    Returns:
        The id or its first twelve signs; empty when this is no container, or one that can't be told.
    """
    for pattern, text in ((_MOUNT, mounts), (_CGROUP, groups)):
        for line in text.splitlines():
            if found := pattern.search(line):
                return found[1]
    return hostname if _SHORT.fullmatch(hostname) else ""


def find_own_container(process: Path = Path("/proc/self")) -> str:
    """Look where this process runs; see `own_container`. It reads files, so an event loop uses a thread.

    Args:
        process: The folder that tells of this process; where there is none, the host name alone is asked.
    """
    return own_container(_text(process / "mountinfo"), _text(process / "cgroup"), socket.gethostname())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
