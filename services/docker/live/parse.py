"""From the engine's frame of figures to counters. Pure, and forgiving: a field that is missing or odd is unknown.

Engines differ:
- cgroup v1 and v2 name the page cache differently (`total_inactive_file`, `inactive_file`), and v2 has no
  `percpu_usage`. Block figures may be null on both.
- Podman gives no memory statistics, and its `system_cpu_usage` is not the machine's: it shows by a `cpu` that Docker's
  frames don't have. The first frame of its stream has itself as the former sample.
- A Windows engine counts CPU in other units and shows by `num_procs`: its CPU is left unknown rather than guessed.
- Docker goes on sending frames, empty ones, of a container that has stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.docker.parse import moment

from .model import Frame

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST_APART = 0.1
"""Seconds that two frames must be apart to tell a rate."""


def frame_from_stats(data: object) -> Frame:
    """Read one frame of `GET /containers/{id}/stats`.

    Args:
        data: The frame's JSON; anything is accepted.

    Returns:
        The counters; an empty frame for a container that does not run, and for what can't be read at all.
    """
    whole = _mapping(data)
    read = _seconds(whole.get("read"))
    if read is None:
        return Frame()
    cpu, memory = _mapping(whole.get("cpu_stats")), _mapping(whole.get("memory_stats"))
    is_windows = bool(_count(whole.get("num_procs")))
    used, with_cache = _memory(memory)
    return Frame(
        read=read,
        cpu=None if is_windows else _count(_mapping(cpu.get("cpu_usage")).get("total_usage")),
        system=_system(cpu),
        cpus=_cpus(cpu),
        memory=used,
        with_cache=with_cache,
        ceiling=_count(memory.get("limit")),
        pids=_count(_mapping(whole.get("pids_stats")).get("current")),
        network=_network(whole.get("networks")),
        disk=_disk(whole.get("blkio_stats")),
        former=None if is_windows else _former(whole, read),
    )


def _former(whole: Mapping[str, Any], read: float) -> Frame | None:
    """Take the former sample that came along, if it is one: of a moment before, with counters in it."""
    before = _seconds(whole.get("preread"))
    cpu = _mapping(whole.get("precpu_stats"))
    used = _count(_mapping(cpu.get("cpu_usage")).get("total_usage"))
    if before is None or read - before < LEAST_APART or not used:
        return None
    return Frame(read=before, cpu=used, system=_system(cpu), cpus=_cpus(cpu))


def _system(cpu: Mapping[str, Any]) -> int | None:
    return None if "cpu" in cpu else _count(cpu.get("system_cpu_usage")) or None


def _cpus(cpu: Mapping[str, Any]) -> int | None:
    listed = _mapping(cpu.get("cpu_usage")).get("percpu_usage")
    return _count(cpu.get("online_cpus")) or (len(listed) if isinstance(listed, list) else None) or None


def _memory(memory: Mapping[str, Any]) -> tuple[int | None, bool]:
    """Tell the bytes in use, and whether the page cache may be in them."""
    usage = _count(memory.get("usage"))
    if usage is None:
        return None, False
    stats = _mapping(memory.get("stats"))
    cache = _count(stats.get("total_inactive_file"))
    if cache is None:
        cache = _count(stats.get("inactive_file"))
    # More cache than is in use can't be: the two were read at different moments.
    return (usage, True) if cache is None or cache > usage else (usage - cache, False)


def _network(given: object) -> dict[str, tuple[int, int]] | None:
    interfaces = {}
    for name, interface in _mapping(given).items():
        received, sent = (_count(_mapping(interface).get(key)) for key in ("rx_bytes", "tx_bytes"))
        if received is not None and sent is not None:
            interfaces[str(name)] = (received, sent)
    return interfaces or None


def _disk(given: object) -> tuple[int, int] | None:
    """Add up all devices; cgroup v1 writes "Read", v2 "read". Nothing listed means nothing known."""
    entries = _mapping(given).get("io_service_bytes_recursive")
    totals = {"read": 0, "write": 0}
    known = False
    for entry in map(_mapping, entries if isinstance(entries, list) else ()):
        kind, number = str(entry.get("op")).lower(), _count(entry.get("value"))
        if kind in totals and number is not None:
            totals[kind] += number
            known = True
    return (totals["read"], totals["write"]) if known else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _seconds(value: object) -> float | None:
    try:
        found = moment(value)
    except ValueError:
        return None
    return found.timestamp() if found else None
