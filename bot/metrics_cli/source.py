"""Opens the measurements, and says clearly when there is nothing in them."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.metrics_cli import codes
from bot.metrics_cli.arguments import default_directory
from bot.metrics_cli.codes import Ending
from bot.metrics_cli.terminal import progress
from utils.metrics.parse import find_name, near_names
from utils.metrics.words import BESIDE, NOTES, window
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from utils.metrics.model import Health

_LOOK = 0.1
"""Seconds between two movements of the bar."""
LONG = 20_000_000
"""Bytes from which reading or rewriting a file takes long enough to show a bar."""


def metrics_of(options: argparse.Namespace) -> PerformanceMetrics:
    """Make the metrics that the options name; nothing is read yet."""
    return PerformanceMetrics(Path(options.directory or default_directory()))


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[PerformanceMetrics]:
    """Open the measurements and read their file, with a bar for a long one."""
    metrics = metrics_of(options)
    try:
        with progress("Reading the measurements", 100, long=size_of(metrics) > LONG) as told:
            while not metrics.wait_until_loaded(_LOOK):
                told(_percent(metrics.health().index_state))
        # A question, so that the names of the operations are known.
        metrics.health()
        yield metrics
    finally:
        metrics.close()


def _percent(state: str) -> float:
    """Read how far the index is out of ``loading 43 %``; 100 when it is ready."""
    digits = "".join(filter(str.isdigit, state))
    return float(digits or 100)


def size_of(metrics: PerformanceMetrics) -> int:
    """Return the bytes of the file, 0 when there is none to see."""
    try:
        return metrics.path.stat().st_size
    except OSError:
        return 0


def written(metrics: PerformanceMetrics) -> float | None:
    """Say when anybody last wrote to the file, seconds since the epoch."""
    try:
        return metrics.path.stat().st_mtime
    except OSError:
        return None


def find(metrics: PerformanceMetrics, options: argparse.Namespace) -> str | None:
    """Return the operation that was meant; None for all.

    Raises:
        Ending: There is none of that name; the message names similar ones. For scripts an empty answer does.
    """
    typed: str | None = options.operation
    if typed is None:
        return None
    known = metrics.get_operations()
    found = find_name(known, typed)
    if found is not None:
        return found
    if options.json:
        return typed.strip() or typed
    if not known:
        raise nothing(metrics.health(), "", None)
    near = near_names(known, typed)
    hint = f"Did you mean {', '.join(near)}?" if near else "Leave --operation out to see every operation."
    raise Ending(codes.NOTHING, f"Nothing was measured under the name {typed.strip()}. {hint}")


def nothing(
    health: Health, what: str, hours: float | None, hint: str = "Try more: --hours 168, or --hours all"
) -> Ending:
    """Make the end of a command that has nothing to show.

    Args:
        health: Of the store.
        what: What there is none of.
        hours: The window it was looked for in; None for everything kept.
        hint: What may help, in a window.
    """
    if health.last_error is not None:
        return Ending(codes.STORAGE, health.last_error)
    if not health.entries:
        return Ending(
            codes.NOTHING,
            f"Nothing was measured yet: {health.path} holds no entry. If the bot keeps its measurements elsewhere, say "
            "where with --directory or DDC_METRICS_DIR.",
        )
    if hours is None:
        return Ending(codes.NOTHING, f"{what}.")
    return Ending(codes.NOTHING, f"{what} in the last {window(hours)}. {hint}.")


def left_out(metrics: PerformanceMetrics, operation: str | None) -> list[str]:
    """Return the operations that a list of all calls does without, of those that there are."""
    return [] if operation else [name for name in metrics.get_operations() if name in BESIDE and name not in NOTES]
