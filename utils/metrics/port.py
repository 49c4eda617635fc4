"""The port between the metrics' face and the engine that keeps them.

Whoever keeps measurements implements `Engine`; `utils.performance_metrics` knows nothing else of it.
tests/contract/metrics holds every implementation to the same behaviour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from utils.metrics.intake import Intake
    from utils.metrics.model import CleanupPreview, Health, MetricEntry, MetricStats, Numbers
    from utils.metrics.samples import Samples


class Engine(Protocol):
    """Keeps measurements and answers questions about them.

    Measurements come in through `intake`, whose rules `Intake` tells: no I/O, no lock, no exception. `path` and
    `operations` do no I/O either. Everything else may touch the disk and wait for a lock that no measurement needs,
    and raises `StorageError` when the disk refuses.

    Everything that was put before a question is in its answer. Of what was there at the start `stats`, `recent`,
    `slow` and `samples` may know only the newest part for a while, and `health` says so; all others wait until it is
    loaded.
    Times are seconds since the epoch.
    """

    @property
    def path(self) -> Path:
        """Where the measurements are kept; from memory alone."""
        ...

    @property
    def intake(self) -> Intake:
        """Where measurements are left."""
        ...

    def stats(self, operation: str | None, since: float, now: float) -> dict[str, MetricStats]:
        """Sum up the calls that ended at `since` or later, by operation; operations without one are left out."""
        ...

    def recent(
        self, operation: str | None, limit: int, *, failures_only: bool, exclude: Collection[str] = ()
    ) -> list[MetricEntry]:
        """Return the last `limit` entries of those asked for, newest end first, without the operations in `exclude`."""
        ...

    def slow(
        self, operation: str | None, since: float, threshold: float, limit: int, *, exclude: Collection[str] = ()
    ) -> list[MetricEntry]:
        """Return the slowest `limit` entries of `threshold` seconds or more, slowest first, newest first in ties.

        The operations in `exclude` are left out.
        """
        ...

    def samples(self, operation: str, since: float, until: float) -> Samples:
        """Return an operation's calls that ended at `since` or later and before `until`.

        Of failures the newest 5,000 are looked at for refusals; older ones count as failed.
        """
        ...

    def entries(self, operation: str | None, since: float) -> Iterator[MetricEntry]:
        """Go through the entries that ended at `since` or later, oldest end first, as they were when it was asked."""
        ...

    def numbers(self, operation: str, since: float) -> Iterator[Numbers]:
        """Do the same for one operation and what a reader of numbers needs of its entries."""
        ...

    def operations(self) -> list[str]:
        """Return the names known now, sorted; from memory alone."""
        ...

    def preview(self, cutoff: float) -> CleanupPreview:
        """Say what `cleanup` would remove."""
        ...

    def cleanup(self, cutoff: float) -> CleanupPreview:
        """Remove the entries that ended before `cutoff`; what is put meanwhile, here or elsewhere, stays."""
        ...

    def health(self) -> Health:
        """Say how the store is doing."""
        ...

    def wait_until_loaded(self, timeout: float) -> bool:
        """Wait until answers rest on all there is, at most `timeout` seconds; False when they don't yet."""
        ...

    def flush(self, timeout: float) -> bool:
        """Write what waits, within `timeout` seconds; False when not all could be written."""
        ...

    def close(self, timeout: float) -> bool:
        """Flush and give back threads and files. A later `put` opens again."""
        ...
