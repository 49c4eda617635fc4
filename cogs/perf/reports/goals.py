"""What `/perf goal` and the alarms of goals say."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cogs.perf.goals.book import Kind
from cogs.perf.kit import BAD, FINE, LOOK, PLAIN, Report, code, label, plain
from cogs.perf.reports import words
from cogs.perf.reports.detail import Detail
from cogs.perf.screen import Link, Option, Page, Pick
from utils.metrics.analysis.goals import FAST, NEEDS_CALLS, SLOW, Part
from utils.metrics.format import count, cut_middle, duration, percent
from utils.metrics.goals import gone_in, meaning, read
from utils.metrics.words import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import discord

    from cogs.perf.goals.book import Book, Kept, Key, Notice
    from utils.metrics.goals import Goal, Stand, Standing
    from utils.metrics.model import Health
    from utils.performance_metrics import PerformanceMetrics

PAGE = 4
_BAR = 10
_MANY = 10.0
_NAME = 32
_TITLE = 60
_OPTION = 100
_HOURS = 24 * 7
EXAMPLE = "`/perf goal set operation:docker_operation threshold:2s success:99%`"
_BAD_WORDS = {Part.SPEED: "too slow", Part.SUCCESS: "failed"}
_RULES = f"burn 1 uses the budget up in just its period; an alarm rings at {FAST:g} in 1 h and {SLOW:g} in 6 h"


@dataclass(frozen=True, slots=True)
class Goals:
    """The screen of a server's goals.

    Args:
        book: All that is kept.
        guild_id: The server.
        problems: Why alarms could not be posted, by goal.
        damage: What has to be said of the file.
        page: From 0.
        stands: From the last drawing; None reads anew.
    """

    book: Book
    guild_id: int
    problems: Mapping[Key, str] = field(default_factory=dict)
    damage: str | None = None
    page: int = 0
    stands: tuple[Stand, ...] | None = None

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Lay out the page, reading the metrics unless the standings came along."""
        stands = self.stands
        if stands is None:
            stands = tuple(read(metrics, kept.goal, now) for kept in self.book.of_guild(self.guild_id))
        return replace(self, stands=stands).page_of(stands, metrics.health(), now)

    def page_of(self, stands: tuple[Stand, ...], health: Health, now: float) -> Page:
        """Lay out standings: no reading, no clock."""
        kept = self.book.of_guild(self.guild_id)
        if not kept:
            report = Report("Goals").line(f"No goal is set here. Set one with {EXAMPLE}.")
            return Page(report.line(f"⚠ {self.damage}") if self.damage else report)
        report = Report("Goals", _colour(stands)).line(_verdict(stands))
        for note in filter(None, (self.damage, *self.problems.values())):
            report.line(f"⚠ {plain(note)}")
        words.warn(report, health)
        if not all(one.channel_id for one in kept):
            report.line(self._where(kept))
        first = self.page * PAGE
        shown = sorted(zip(kept, stands, strict=True), key=_need)[first : first + PAGE]
        for one, stand in shown:
            report.line()
            for line in self._lines(one, stand):
                report.line(line)
        report.footer(words.footer(health, now, _RULES))
        pages = -(-len(kept) // PAGE)
        turn = words.paging(self.page, pages, (replace(self, page=self.page - 1), replace(self, page=self.page + 1)))
        again = (Link("refresh", "Refresh", replace(self, stands=None)),)
        picked = self._pick(tuple(one for one, _ in shown))
        rows: tuple[tuple[Link, ...] | Pick, ...] = (picked, turn, again)
        return Page(report, tuple(row for row in rows if row))

    def _lines(self, kept: Kept, stand: Stand) -> Iterator[str]:
        yield f"{code(stand.goal.operation, _NAME)} {_state(stand)}"
        yield meaning(stand.goal)
        yield from standing_lines(stand)
        if kept.channel_id:
            yield f"alarms in <#{kept.channel_id}>"

    def _where(self, kept: tuple[Kept, ...]) -> str:
        channel = self.book.channels.get(self.guild_id)
        others = "Other alarms" if any(one.channel_id for one in kept) else "Alarms"
        if channel:
            return f"{others} are posted in <#{channel}>."
        return f"{others} are posted nowhere: `/perf goal alerts` chooses a channel."

    def _pick(self, shown: tuple[Kept, ...]) -> Pick:
        options = tuple(
            Option(
                label(kept.goal.operation, _OPTION),
                label(meaning(kept.goal), _OPTION),
                Detail(kept.goal.operation, _HOURS, self),
            )
            for kept in shown
        )
        return Pick("operation", "Open an operation", options)


def _need(one: tuple[Kept, Stand]) -> tuple[bool, bool, str]:
    """Order goals: what burns, what is not met, the others."""
    kept, stand = one
    return not stand.rings, stand.met, kept.goal.operation


def standing_lines(stand: Stand) -> Iterator[str]:
    """Tell how each half of a goal stands: what is left, what was bad, how fast it burns, and when it is gone."""
    for part in stand.parts:
        if not part.calls:
            yield f"{part.part.value}: no call yet"
            continue
        yield f"{part.part.value} {bar(part.left)} {_left(part)} · {_bad(part)}"
        told = _burns(stand.goal, part)
        if told:
            yield told


def bar(left: float, width: int = _BAR) -> str:
    """Draw what is left of a budget; a rest too small for one sign has one."""
    full = min(width, max(0, round(left * width)))
    if left > 0:
        full = max(1, full)
    return f"`{'█' * full}{'░' * (width - full)}`"


def _left(part: Standing) -> str:
    if part.left >= 0:
        return f"**{percent(part.left)}** left"
    used = 1 - part.left
    return f"**nothing left**, {percent(used) if used < _MANY else f'{count(round(used))} times'} used"


def _bad(part: Standing) -> str:
    return f"{count(part.bad)} of {count(part.calls)} {_BAD_WORDS[part.part]}"


def _burns(goal: Goal, part: Standing) -> str:
    rates = [
        f"{rate:.1f} ({hours} h)" for rate, hours in ((part.burn_short, 1), (part.burn_long, 6)) if rate is not None
    ]
    if not part.burn_long:
        return ""
    gone = gone_in(goal, part)
    return f"burn {', '.join(rates)}" + (f" · gone in {duration(gone)} at this rate" if gone is not None else "")


def _state(stand: Stand) -> str:
    if stand.rings:
        return "**▲ burning**" if stand.met else "**▲ burning, ✗ not met**"
    if not any(part.calls for part in stand.parts):
        return "no call yet"
    return "✓ met" if stand.met else "**✗ not met**"


def _verdict(stands: tuple[Stand, ...]) -> str:
    missed, burning = (sum(flags) for flags in zip(*((not one.met, one.rings) for one in stands), strict=True))
    told = [f"{count(missed)} not met"] if missed else []
    told += [f"{count(burning)} burning too fast"] if burning else []
    of = plural(len(stands), "goal")
    if len(stands) == 1 and told:
        found = ["is not met"] if missed else []
        return f"**The one goal {' and '.join([*found, 'burns too fast'] if burning else found)}.**"
    if told:
        return f"**Of {of}, {' and '.join(told)}.**"
    return "The one goal is met." if len(stands) == 1 else f"All {of} are met."


def _colour(stands: tuple[Stand, ...]) -> discord.Colour:
    if any(not stand.met for stand in stands):
        return BAD
    return LOOK if any(stand.rings for stand in stands) else FINE


def goal_set(stand: Stand, channel: int | None, *, known: bool, near: tuple[str, ...] = ()) -> Report:
    """Say what a goal that was just set means, and how it stands.

    Args:
        stand: How it stands.
        channel: Where its alarms are posted.
        known: Whether its operation was ever measured.
        near: Names that its operation may have been meant to be.
    """
    report = Report(f"Goal set · {plain(cut_middle(stand.goal.operation, _TITLE))}", FINE)
    report.line(f"**{meaning(stand.goal)}.**")
    if known:
        for line in standing_lines(stand):
            report.line(line)
    else:
        report.line("Nothing was measured under this name yet; it counts from the first call on.")
        if near:
            report.line(f"Did you mean {', '.join(map(code, near))}?")
    if channel is None:
        return report.line("No alarms are posted: `/perf goal alerts` chooses a channel.")
    return report.line(f"Alarms are posted in <#{channel}>, from {NEEDS_CALLS} calls in 6 h on.")


def goal_removed(operation: str) -> Report:
    """Say that a goal is gone."""
    return Report("Goal removed").line(f"{code(operation)} has no goal any more.")


def alerts_state(channel: int | None, own: int, *, changed: bool) -> Report:
    """Tell where alarms are posted.

    Args:
        channel: The server's channel; None for none.
        own: How many goals have a channel of their own.
        changed: Whether it was just set.
    """
    report = Report("Alarms of goals", FINE if changed else PLAIN)
    if channel is None:
        report.line("No channel is set here. Set one with `/perf goal alerts channel:#alerts`.")
    else:
        report.line(f"Posted in <#{channel}>: one message when a budget burns too fast, one when that ends.")
    if own:
        report.line(f"{plural(own, 'goal')} {'has' if own == 1 else 'have'} a channel of their own.")
    return report


def alarm(notice: Notice, stand: Stand) -> Report:
    """Tell in the channel that an alarm rings, or has ended."""
    name = plain(cut_middle(stand.goal.operation, _TITLE))
    if notice.kind is Kind.END:
        report = Report(f"Out of danger · {name}", FINE)
        lasted = duration(notice.at - notice.began)
        report.line(
            f"The goal's budget no longer burns too fast; it did for {lasted}, until {words.when(notice.at, 'f')}."
        )
    else:
        report = Report(f"Goal in danger · {name}", BAD)
        report.line(f"The goal's budget burns too fast, since {words.when(notice.began, 'f')}.")
    report.line(f"Wanted: {meaning(stand.goal)}.").line()
    for line in standing_lines(stand):
        report.line(line)
    if notice.kind is Kind.RING:
        report.line().line(
            f"`/perf explain`, `/perf recent` and `/perf stats` tell more of {code(stand.goal.operation, _NAME)}."
        )
    return report.footer(f"{_RULES} · {notice.mark}")
