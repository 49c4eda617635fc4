"""From live figures to embeds. Pure: no clock, no I/O. Whatever is not known says so, and why when that is known."""

from __future__ import annotations

from itertools import dropwhile
from typing import TYPE_CHECKING

from discord.utils import format_dt

from cogs.perf.kit import LOOK, PLAIN, Report, code, label
from services.docker import Health, State
from services.docker.live import condense
from utils.metrics.format import cpu_use, duration, in_columns, percent, size, sparkline

from .status import SIGNS, health_words, sign_and_word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import discord

    from services.docker.live import Live, Sample

PER_PAGE = 15
UNKNOWN = "n/a"
MEASURING = "measuring…"
_NOT_TOLD = "n/a (the engine tells none)"
# A phone shows 32 columns of a code block without a break.
_NAME_WIDTH = 12
_SHORT_NAME = 20
_LONG_NAME = 60
_SPARKS = 16
_MOST_STOPPED = 5
# Frames without a CPU figure after which it is no more a matter of waiting.
_ENOUGH = 3


def busiest_first(found: Sequence[Live]) -> list[Live]:
    """Order those that are up: most CPU first, then most memory, then by name; those without figures last."""

    def rank(live: Live) -> tuple[float, int, str]:
        fresh = live.fresh
        cpu = -1.0 if fresh is None or fresh.cpu is None else fresh.cpu
        memory = -1 if fresh is None or fresh.memory is None else fresh.memory
        return (-cpu, -memory, live.container.name)

    return sorted((live for live in found if live.container.state.is_up), key=rank)


def pages(up: Sequence[Live]) -> int:
    """Tell how many pages they make, at least one."""
    return max(1, -(-len(up) // PER_PAGE))


def page_of(up: Sequence[Live], page: int) -> tuple[int, Sequence[Live]]:
    """Take a page's containers; of a page that is not there, the nearest one's.

    Returns:
        Which page it is, from 0, and what stands on it.
    """
    page = min(max(0, page), pages(up) - 1)
    return page, up[page * PER_PAGE : (page + 1) * PER_PAGE]


def table_embed(found: Sequence[Live], page: int, now: datetime, problem: str = "") -> discord.Embed:
    """One line a running container, busiest first.

    Args:
        found: All that the asker may see.
        page: From 0.
        now: For the time they have been up.
        problem: Why the engine can't be asked; empty when it can.
    """
    up = busiest_first(found)
    stopped = sorted(live.container.name for live in found if not live.container.state.is_up)
    wrong = bool(problem) or any(live.stale or live.container.health is Health.UNHEALTHY for live in up)
    report = Report(f"Live figures · {len(up)} running", LOOK if wrong else PLAIN)
    _, shown = page_of(up, page)
    if shown:
        rows = [_row("", "container", "cpu %", "memory", "up"), *(_live_row(live, now) for live in shown)]
        report.line("```\n" + "\n".join(rows) + "\n```")
        for note in _notes(shown):
            report.line(note)
    else:
        report.line("No container runs, so there is nothing to measure.")
    if stopped:
        names = ", ".join(code(name, _SHORT_NAME) for name in stopped[:_MOST_STOPPED])
        more = f" and {len(stopped) - _MOST_STOPPED} more" if len(stopped) > _MOST_STOPPED else ""
        report.line(f"Not running: {names}{more}")
    if problem:
        report.line(f"⚠ {problem}")
    report.footer("100 % is one CPU · memory without the page cache" if shown else "")
    return report.build()


def one_embed(live: Live, problem: str = "") -> discord.Embed:
    """All that is known of one container's use of the machine.

    Args:
        live: Its figures.
        problem: Why the engine can't be asked; empty when it can.
    """
    container = live.container
    words = f"{code(container.name, _LONG_NAME)} {sign_and_word(container.state)}"
    if live.started:
        words += f" since {format_dt(live.started, 'R')}"
    health = health_words(container.health)
    if health and container.state.is_up:
        words += f" · {health}"
    wrong = live.stale or container.health is Health.UNHEALTHY or container.state is not State.RUNNING
    report = Report("Live figures", LOOK if wrong or problem else PLAIN).line(words)
    if not container.state.is_up:
        return report.line("It has figures when it runs.").build()
    report.field("CPU", _cpu(live))
    report.field("Memory", _memory(live))
    report.field("Network", _pair(live, "↓ {}", "↑ {}", lambda one: (one.received, one.sent)), inline=True)
    report.field(
        "Disk", _pair(live, "read {}", "written {}", lambda one: (one.disk_read, one.disk_written)), inline=True
    )
    report.field("Processes", _plain_number(live), inline=True)
    report.field("Restarts", UNKNOWN if live.restarts is None else f"{live.restarts} by Docker", inline=True)
    if live.problem or problem:
        report.line(f"⚠ {live.problem or problem}")
    if live.age is not None:
        cache = "" if live.sample and live.sample.with_cache else " · memory without the page cache"
        report.footer(f"measured {duration(round(live.age, 1))} ago · 100 % is one CPU{cache}")
    return report.build()


def _row(sign: str, name: str, cpu: str, memory: str, up: str) -> str:
    return f"{sign or ' '} {in_columns(name, _NAME_WIDTH)} {cpu:>5} {memory:>6} {up:>4}"


def _live_row(live: Live, now: datetime) -> str:
    container, fresh = live.container, live.fresh
    sign = "!" if container.health is Health.UNHEALTHY else SIGNS[container.state]
    # Inside a code block nothing but back ticks does anything.
    name = label(container.name.replace("`", ""), 255)
    cpu = memory = "…" if live.sample is None and not live.problem else UNKNOWN
    if fresh is not None:
        cpu = "…" if _waits(live) else UNKNOWN
        if fresh.cpu is not None:
            cpu = cpu_use(fresh.cpu).removesuffix(" %")
        if fresh.memory is not None:
            memory = size(fresh.memory)
    return _row(sign, name, cpu, memory, _up(live, now))


def _up(live: Live, now: datetime) -> str:
    """How long it has been up, in its largest unit: "3d", "25m"."""
    if live.started is None:
        return UNKNOWN
    seconds = max(0.0, (now - live.started).total_seconds())
    number, unit, *_ = duration(int(seconds)).split()
    return f"{number}{unit[0]}"


def _notes(shown: Sequence[Live]) -> list[str]:
    """What the signs in the table mean, as far as they are there."""
    notes = []
    if any(live.sample is None and not live.problem for live in shown) or any(map(_waits, shown)):
        notes.append("… is still being measured. Refresh in a moment.")
    ages = [live.age for live in shown if live.stale and live.age is not None]
    if ages:
        notes.append(f"n/a: the newest figures are up to {duration(round(max(ages)))} old.")
    problems = {live.problem for live in shown if live.problem and not live.fresh}
    if problems:
        notes.append(f"n/a: {min(problems)}")
    if any(live.container.health is Health.UNHEALTHY for live in shown):
        notes.append("! is unhealthy by its own check.")
    return notes


def _waits(live: Live) -> bool:
    """Whether a figure that is missing comes with the next frame."""
    fresh = live.fresh
    if fresh is None or fresh.cpu is not None:
        return False
    return len(live.history) < _ENOUGH or any(cpu is not None for cpu in live.history)


def _missing(live: Live) -> str:
    """Why there is no figure."""
    if live.stale and live.age is not None:
        return f"n/a (last seen {duration(round(live.age))} ago)"
    if live.sample is None:
        return UNKNOWN if live.problem else MEASURING
    return MEASURING if _waits(live) else _NOT_TOLD


def _cpu(live: Live) -> str:
    fresh = live.fresh
    if fresh is None or fresh.cpu is None:
        return _missing(live)
    text = cpu_use(fresh.cpu)
    if fresh.cpus:
        text += f" · the machine has {fresh.cpus}00 %"
    begun = tuple(dropwhile(lambda cpu: cpu is None, live.history))
    known = [cpu for cpu in begun if cpu is not None]
    if len(known) > 1:
        low, high = cpu_use(min(known)), cpu_use(max(known))
        text += f"\n`{sparkline(condense(begun, _SPARKS))}` {low} to {high} in {duration(round(live.span))}"
    return text


def _memory(live: Live) -> str:
    fresh = live.fresh
    if fresh is None or fresh.memory is None:
        return _missing(live)
    text = size(fresh.memory)
    if fresh.limit and fresh.memory_share is not None:
        text += f" of {size(fresh.limit)} ({percent(fresh.memory_share)})"
    return f"{text}, page cache and all" if fresh.with_cache else text


def _pair(live: Live, first: str, second: str, take: Callable[[Sample], tuple[float | None, float | None]]) -> str:
    one, other = (None, None) if live.fresh is None else take(live.fresh)
    if one is None or other is None:
        return _missing(live)
    return f"{first.format(size(round(one)))}/s\n{second.format(size(round(other)))}/s"


def _plain_number(live: Live) -> str:
    if live.fresh is None or live.fresh.pids is None:
        return _missing(live)
    return str(live.fresh.pids)
