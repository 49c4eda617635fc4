"""From two frames to figures. Pure. What two frames can't tell is None: a guess would pass for a measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .model import Frame, Sample
from .parse import LEAST_APART

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECOND = 1e9
# cgroups write "no limit" as numbers near 2**63; no machine has 2**60 bytes.
_ABSURD = 2**60


def sample(before: Frame | None, now: Frame, memory_limit: int | None = None) -> Sample:
    """Work out what a container uses.

    Args:
        before: An earlier frame; None for the former sample that came with `now`, if any.
        now: The newest frame.
        memory_limit: What the container was given as its limit, in bytes: 0 for none; None when not known.

    Returns:
        The figures. Rates are None without a frame before, and when a counter fell: the container was restarted.
    """
    before = before or now.former
    still = Sample(
        cpus=now.cpus,
        memory=now.memory,
        with_cache=now.with_cache,
        limit=limit(now.ceiling, memory_limit),
        pids=now.pids,
    )
    if before is None or restarted(before, now):
        return still
    seconds = _apart(before, now)
    if seconds is None:
        return still
    received, sent = _network(before, now, seconds)
    read, written = _disk(before, now, seconds)
    return Sample(
        cpu=_cpu(before, now, seconds),
        cpus=still.cpus,
        memory=still.memory,
        with_cache=still.with_cache,
        limit=still.limit,
        received=received,
        sent=sent,
        disk_read=read,
        disk_written=written,
        pids=still.pids,
    )


def restarted(before: Frame, now: Frame) -> bool:
    """Tell whether a counter fell, which they do only when they begin anew."""
    return any(later < earlier for earlier, later in _counters(before, now))


def limit(reported: int | None, given: int | None) -> int | None:
    """Tell the memory limit in force, in bytes.

    Args:
        reported: What the engine's frame says; without a limit it is the machine's memory, or a huge number.
        given: What the container was given; 0 for none, None when not known.

    Returns:
        The limit; None without one, or when that is not known.
    """
    return reported if reported and reported < _ABSURD and given else None


def condense(values: tuple[float | None, ...], width: int) -> tuple[float | None, ...]:
    """Draw many values together into at most `width`: each the mean of its neighbours, None where all are unknown."""
    count = len(values)
    if count <= width:
        return values
    groups = (values[count * n // width : count * (n + 1) // width] for n in range(width))
    return tuple(_mean([value for value in group if value is not None]) for group in groups)


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _counters(before: Frame, now: Frame) -> Iterator[tuple[int, int]]:
    if before.cpu is not None and now.cpu is not None:
        yield before.cpu, now.cpu
    for name, earlier in (before.network or {}).items():
        if now.network and name in now.network:
            yield from zip(earlier, now.network[name], strict=True)
    if before.disk and now.disk:
        yield from zip(before.disk, now.disk, strict=True)


def _apart(before: Frame, now: Frame) -> float | None:
    if before.read is None or now.read is None or now.read - before.read < LEAST_APART:
        return None
    return now.read - before.read


def _cpu(before: Frame, now: Frame, seconds: float) -> float | None:
    """Percent of one CPU: measured by the machine's own CPU time, else by the clock."""
    if before.cpu is None or now.cpu is None:
        return None
    used = now.cpu - before.cpu
    if before.system is not None and now.system is not None and now.cpus and now.system > before.system:
        return used / (now.system - before.system) * now.cpus * 100
    return used / (seconds * _SECOND) * 100


def _network(before: Frame, now: Frame, seconds: float) -> tuple[float | None, float | None]:
    """Bytes a second over those interfaces that were there both times."""
    after = now.network or {}
    pairs = [(earlier, after[name]) for name, earlier in (before.network or {}).items() if name in after]
    if not pairs:
        return None, None
    received = sum(later[0] - earlier[0] for earlier, later in pairs)
    sent = sum(later[1] - earlier[1] for earlier, later in pairs)
    return received / seconds, sent / seconds


def _disk(before: Frame, now: Frame, seconds: float) -> tuple[float | None, float | None]:
    if before.disk is None or now.disk is None:
        return None, None
    return (now.disk[0] - before.disk[0]) / seconds, (now.disk[1] - before.disk[1]) / seconds
