"""What is known of a container's use of the machine: plain values; whatever is not known is None, never a zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from services.docker.model import Container


@dataclass(frozen=True, slots=True)
class Frame:
    """The engine's counters at one moment.

    Attributes:
        read: When, in seconds since the epoch by the engine's clock; None of a container that does not run.
        cpu: Nanoseconds of CPU used since the container began.
        system: Nanoseconds of all the machine's CPUs together, idle ones too; None where it can't be relied on.
        cpus: How many CPUs are online.
        memory: Bytes in use, the page cache that the kernel would give back left out.
        with_cache: The engine does not tell the page cache, so `memory` may have it in it.
        ceiling: Bytes that the engine gives as the limit, which it does without a limit, too.
        pids: Processes and threads.
        network: Bytes received and sent since the container began, by interface.
        disk: Bytes read from and written to block devices since the container began.
        former: The sample before this one, when the engine sent a real one along: its moment and CPU alone.
    """

    read: float | None = None
    cpu: int | None = None
    system: int | None = None
    cpus: int | None = None
    memory: int | None = None
    with_cache: bool = False
    ceiling: int | None = None
    pids: int | None = None
    network: Mapping[str, tuple[int, int]] | None = None
    disk: tuple[int, int] | None = None
    former: Frame | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """What two frames tell.

    Attributes:
        cpu: Percent of one CPU: 150 is one and a half of them.
        cpus: How many CPUs are online.
        memory: Bytes in use without the page cache.
        with_cache: `memory` may have the page cache in it: the engine doesn't tell.
        limit: Bytes that the container may use; None without a limit, or when it is not known.
        received: Bytes a second from the network, all interfaces together.
        sent: Bytes a second to the network.
        disk_read: Bytes a second from block devices.
        disk_written: Bytes a second to block devices.
        pids: Processes and threads.
    """

    cpu: float | None = None
    cpus: int | None = None
    memory: int | None = None
    with_cache: bool = False
    limit: int | None = None
    received: float | None = None
    sent: float | None = None
    disk_read: float | None = None
    disk_written: float | None = None
    pids: int | None = None

    @property
    def memory_share(self) -> float | None:
        """The memory in use as a part of the limit, 1 being all of it."""
        return None if self.memory is None or not self.limit else self.memory / self.limit


@dataclass(frozen=True, slots=True)
class Live:
    """A container and its newest figures.

    Attributes:
        container: As last listed, a few seconds ago at most while the engine answers.
        started: When it was last started; None when not known.
        restarts: How often the engine's restart policy restarted it; None when not known.
        sample: The newest figures; None when there are none yet, or the container does not run.
        age: Seconds since they came; None without a sample.
        stale: They are too old to pass for what is now.
        history: Percent of one CPU, oldest first; None for a moment without.
        span: Seconds from the first to the last of `history`.
        problem: Why there are no new figures, in words for a person; empty when nothing is known to be wrong.
    """

    container: Container
    started: datetime | None = None
    restarts: int | None = None
    sample: Sample | None = None
    age: float | None = None
    stale: bool = False
    history: tuple[float | None, ...] = ()
    span: float = 0.0
    problem: str = ""

    @property
    def fresh(self) -> Sample | None:
        """The figures, unless they are stale."""
        return None if self.stale else self.sample
