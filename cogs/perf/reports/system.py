"""`/perf system`: how the process does, now and over a window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING

from cogs.perf.kit import BAD, FINE, LOOK, Report, cut, plain
from cogs.perf.reports import words
from cogs.perf.reports.tables import table
from cogs.perf.resources.figures import NEEDS_PSUTIL, Figures, figures
from cogs.perf.resources.versions import versions
from cogs.perf.screen import Link, Page
from utils.metrics.analysis.course import edges
from utils.metrics.analysis.growth import NEEDS_HOURS, growth, is_leak, memory_growth
from utils.metrics.format import count, duration, percent, size, sparkline
from utils.metrics.process.sample import read, this_process
from utils.metrics.process.watched import HELD, in_parts, watched
from utils.metrics.words import plural, window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import discord

    from utils.metrics.analysis.growth import Growth
    from utils.metrics.model import Health
    from utils.metrics.process.sample import ProcessSample
    from utils.performance_metrics import PerformanceMetrics

_PARTS = 8
_LONGEST_NOTE = 600
_MINUTES_AN_HOUR = 60
_FIRST = "The first look at the process comes within a minute; it is looked at each minute from then on."


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read, once.

    Attributes:
        samples: Of the window, oldest first.
        now: How the process stands.
        run: Which process it is, and since when, in seconds since the epoch.
        versions: What runs.
        health: Of the store.
        read_at: Seconds since the epoch.
    """

    samples: tuple[ProcessSample, ...]
    now: Figures
    run: tuple[int, float]
    versions: tuple[str, ...]
    health: Health
    read_at: float

    @property
    def grown(self) -> Growth | None:
        """How the memory of this run grew; None while it is too young to tell."""
        return memory_growth([sample for sample in self.samples if sample.run == self.run])


def gather(metrics: PerformanceMetrics, hours: float, now: float) -> Facts:
    """Read and look; blocks.

    Args:
        metrics: Where to read.
        hours: The window.
        now: Seconds since the epoch.

    Raises:
        StorageError: The metrics can't be read.
    """
    return Facts(tuple(read(metrics, hours, now)), figures(), this_process(), versions(), metrics.health(), now)


@dataclass(frozen=True, slots=True)
class System:
    """The screen.

    Args:
        hours: The window.
        notes: Gives what the bot wants its admins to know besides.
    """

    hours: int = 24
    notes: Callable[[], Sequence[str]] = tuple

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Look, read, and lay out the page."""
        return self.page_of(gather(metrics, self.hours, now))

    def page_of(self, facts: Facts) -> Page:
        """Lay out facts: no reading, no clock."""
        told, colour = _verdict(facts)
        report = Report(f"The process · last {window(self.hours)}", BAD if facts.health.last_error else colour)
        words.warn(report, facts.health)
        for note in self.notes():
            report.line(f"⚠ {plain(cut(note, _LONGEST_NOTE))}")
        report.line(told)
        report.line(f"```\n{table(('', 'now', window(self.hours), 'most'), _rows(facts, self.hours))}\n```")
        if facts.now.rss is None:
            report.line(NEEDS_PSUTIL)
        found = watched(facts.samples)
        if found is not None:
            report.line(words.loop_line(found))
            report.line(words.collector_line(found))
        report.line(_memory(facts)).line(_store(facts)).line(_since(facts))
        minutes = self.hours * _MINUTES_AN_HOUR
        looked = f"looked at in {count(min(minutes, len(facts.samples)))} of {plural(minutes, 'minute')}"
        report.footer(words.footer(facts.health, facts.read_at, looked, *facts.versions))
        return Page(report, (self._windows(),))

    def _windows(self) -> tuple[Link, ...]:
        windows = [
            Link(f"window_{hours}", window(hours), replace(self, hours=hours), current=hours == self.hours)
            for hours in words.WINDOWS
        ]
        return (*windows, Link("again", "Look again", self))


def _verdict(facts: Facts) -> tuple[str, discord.Colour]:
    """Say what needs a look, and in which colour."""
    found = watched(facts.samples)
    if found is None:
        return _FIRST, FINE
    grown = facts.grown
    if grown is not None and is_leak(grown):
        return (
            f"**Memory grows by {size(round(grown.per_day))} a day.** `/perf memory` finds the lines that hold it.",
            LOOK,
        )
    if found.held:
        times = "once for" if found.held == 1 else f"in {plural(found.held, 'minute')} for"
        return (
            f"**The event loop was held {times} {duration(HELD)} or longer**: nothing was answered meanwhile. "
            "`/perf profile` shows what holds it."
        ), LOOK
    return f"**All is well**: the event loop was never late by more than {duration(found.worst)}.", FINE


@dataclass(frozen=True, slots=True)
class _Kind:
    """A row of the table.

    Args:
        name: What it is called.
        key: The attribute of a sample.
        now: The present value; None is not known.
        shown: Puts a value into words.
        fold: Makes one value of those of a part of the window.
    """

    name: str
    key: str
    now: float | None
    shown: Callable[[float], str]
    fold: Callable[[Sequence[float]], float] = max


def _kinds(facts: Facts) -> tuple[_Kind, ...]:
    last, now, health = facts.samples[-1] if facts.samples else None, facts.now, facts.health
    return (
        _Kind("memory", "rss", now.rss, _size),
        _Kind("CPU", "cpu", last.cpu if last else None, percent, fmean),
        _Kind("threads", "threads", now.threads, _whole),
        _Kind("files", "fds", now.fds, _whole),
        _Kind("loop lag", "worst", last.worst if last else None, duration),
        _Kind("GC pause", "gc_max", last.gc_max if last else None, duration),
        _Kind("metrics", "file", health.file_bytes, _size),
        _Kind("index", "index", health.index_bytes, _size),
    )


def _rows(facts: Facts, hours: int) -> list[tuple[str, ...]]:
    """Lay out each figure: now, its course, the most of the window."""
    marks = edges(facts.read_at - hours * 3_600.0, facts.read_at, _PARTS)
    rows: list[tuple[str, ...]] = []
    for kind in _kinds(facts):
        points = [(sample.end, getattr(sample, kind.key)) for sample in facts.samples]
        known = [value for value in (*(value for _, value in points), kind.now) if value is not None]
        if known:
            present = "" if kind.now is None else kind.shown(kind.now)
            rows.append((kind.name, present, sparkline(in_parts(points, marks, kind.fold)), kind.shown(max(known))))
    return rows


def _size(value: float) -> str:
    return size(round(value))


def _whole(value: float) -> str:
    return count(round(value))


def _memory(facts: Facts) -> str:
    grown = facts.grown
    if grown is None:
        soon = f"Whether memory grows is told after {NEEDS_HOURS + 1} hours of a run"
        before = memory_growth([sample for sample in facts.samples if sample.run != facts.run])
        if before is not None and is_leak(before):
            return f"{soon}; in the run before it grew by {size(round(before.per_day))} a day."
        return f"{soon}."
    if not grown.is_steady:
        return f"Memory doesn't grow steadily ({grown.hours} h of this run)."
    return f"Memory grows by {size(round(grown.per_day))} a day ({grown.hours} h of this run)."


def _store(facts: Facts) -> str:
    grown = growth((sample.end, float(sample.file)) for sample in facts.samples if sample.file is not None)
    rate = f", {size(round(grown.per_day))} more a day" if grown is not None and grown.per_day > 0 else ""
    health = facts.health
    waiting = f", {plural(health.pending, 'record')} on the way" if health.pending else ""
    return f"Measurements take {size(health.file_bytes)} on disk{rate}, {size(health.index_bytes)} in memory{waiting}."


def _since(facts: Facts) -> str:
    pid, started = facts.run
    earlier = len({sample.run for sample in facts.samples} - {facts.run})
    restarts = f"; {plural(earlier, 'earlier run')} in this window" if earlier else ""
    return f"Runs since {words.when(started)} (process {pid}){restarts}."
