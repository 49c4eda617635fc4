"""What stands around the lines of a log. Pure: the lines and the times come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.utils import format_dt

from cogs.docker.status import sign_and_word
from cogs.perf.kit import LOOK, PLAIN, Report, code
from services.docker import State
from services.docker.logs import Bound, End
from utils.metrics.format import count, duration

from .block import block

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import discord

    from services.docker import Container
    from services.docker.logs import LogLine, LogPage, Words

    from .block import Block

_NAME_WIDTH = 40
_WORDS_WIDTH = 60

ENDED: dict[End, str] = {
    End.EXITED: "the container stopped",
    End.REMOVED: "the container was removed",
    End.STOPPED: "you stopped it",
    End.REPLACED: "you follow another log now",
    End.DENIED: "you have no right to see this log any more",
    End.BOT: "the bot is being restarted",
    End.UNLOADED: "the Docker commands were taken out of the bot",
}


def page_embed(page: LogPage, *, attached: bool = False) -> discord.Embed:
    """The end of a log.

    Args:
        page: What was read.
        attached: Whether all of it is in a file beside the embed.
    """
    if not page.lines:
        return _empty_embed(page)
    shown = block(page.lines)
    report = Report("Log").line(f"{_whose(page.container)} · {_which(page)}")
    _put(report, shown)
    return report.footer(" · ".join(_notes(page, shown, attached=attached))).build()


def file_embed(page: LogPage) -> discord.Embed:
    """What stands beside a file that was asked for."""
    if not page.lines:
        return _empty_embed(page)
    report = Report("Log · file").line(f"{_whose(page.container)} · {_which(page)}")
    return report.footer(_bound(page) if page.bound else "").build()


def page_needs_file(page: LogPage) -> bool:
    """Whether the embed can't hold all lines whole."""
    return not block(page.lines).whole


def following_embed(
    container: Container, lines: Sequence[LogLine], words: Words, *, until: datetime, gap: bool
) -> discord.Embed:
    """A log while it is followed.

    Args:
        container: Whose it is.
        lines: The newest lines, as many as are at hand.
        words: Which lines are wanted.
        until: When it ends by itself.
        gap: Whether lines were left out because they came too fast.
    """
    report = Report("Log · following")
    report.line(f"{code(container.name, _NAME_WIDTH)}{_wanted(words)} · ends {format_dt(until, 'R')}")
    return _followed(report, lines, "Nothing was written yet.", gap=gap)


def followed_embed(
    container: Container, lines: Sequence[LogLine], words: Words, *, why: str, gap: bool, problem: str = ""
) -> discord.Embed:
    """A log that was followed, with why it is not any more.

    Args:
        container: Whose it is.
        lines: The newest lines.
        words: Which lines were wanted.
        why: As a part of a sentence.
        gap: Whether lines were left out because they came too fast.
        problem: What went wrong, as a sentence; empty when nothing did.
    """
    report = Report("Log · not followed any more", LOOK if problem else PLAIN)
    report.line(f"{code(container.name, _NAME_WIDTH)}{_wanted(words)} · {why}")
    if problem:
        report.line(problem)
    return _followed(report, lines, "Nothing was written meanwhile.", gap=gap)


def why_ended(end: End, seconds: float) -> str:
    """Put the end of a follow into words.

    Args:
        end: Why.
        seconds: How long one lasts.
    """
    return f"its {duration(seconds)} are over" if end is End.TIME else ENDED[end]


def file_head(page: LogPage) -> str:
    """The first line of a log's file."""
    what = f"# Log of {page.container.name}: {count(len(page.lines))} lines, the newest last, times in UTC"
    return f"{what}, secrets hidden, '! ' before lines of the standard error"


def _followed(report: Report, lines: Sequence[LogLine], nothing: str, *, gap: bool) -> discord.Embed:
    shown = block(lines)
    if lines:
        _put(report, shown)
    else:
        report.line(nothing)
    notes = ["lines were left out: they came too fast"] if gap else []
    return report.footer(" · ".join(notes + _stream_notes(lines, shown))).build()


def _put(report: Report, shown: Block) -> None:
    report.line(shown.text or f"({count(shown.shown)} empty lines)")


def _whose(container: Container) -> str:
    return f"{code(container.name, _NAME_WIDTH)} {sign_and_word(container.state)}"


def _which(page: LogPage) -> str:
    number = len(page.lines)
    lines = f"{'last ' if page.more else ''}{count(number)} {'line' if number == 1 else 'lines'}{_wanted(page.words)}"
    since = f" since {format_dt(page.since, 'f')}" if page.since else ""
    newest = page.lines[-1].moment
    return lines + since + (f" · newest {format_dt(newest, 'R')}" if newest else "")


def _wanted(words: Words) -> str:
    wanted = f" with {code(' '.join(words.wanted), _WORDS_WIDTH)}" if words.wanted else ""
    unwanted = f" without {code(' '.join(words.unwanted), _WORDS_WIDTH)}" if words.unwanted else ""
    return " but".join(filter(None, (wanted, unwanted)))


def _notes(page: LogPage, shown: Block, *, attached: bool) -> list[str]:
    notes = []
    if not shown.whole:
        part = f"{count(shown.shown)} of {count(len(page.lines))} lines shown" if shown.shown < len(page.lines) else ""
        notes.append(f"{part or 'long lines are cut'}{', all in the file' if attached else ''}")
    if page.bound:
        notes.append(_bound(page))
    return notes + _stream_notes(page.lines, shown)


def _stream_notes(lines: Sequence[LogLine], shown: Block) -> list[str]:
    if shown.marked:
        return ["! = standard error"]
    return ["all on standard error"] if lines and lines[0].aside else []


def _bound(page: LogPage) -> str:
    searched = f"the last {count(page.searched)} lines"
    match page.bound:
        case Bound.LINES:
            return f"searched {searched}"
        case Bound.BYTES:
            return f"its lines are long: looked through {searched} only"
        case _:
            return f"Docker was slow: looked through {searched} only"


def _empty_embed(page: LogPage) -> discord.Embed:
    whose = code(page.container.name, _NAME_WIDTH)
    since = f" since {format_dt(page.since, 'f')}" if page.since else ""
    if page.words:
        where = _bound(page) if page.bound else f"searched all {count(page.searched)} lines"
        text = f"{whose} wrote no line{_wanted(page.words)}{since}."
        return Report("Nothing found").line(text).footer(where).build()
    report = Report("Log · empty")
    if since:
        report.line(f"{whose} wrote nothing{since}.")
    elif page.container.state is State.CREATED:
        report.line(f"{whose} was never started, so it wrote nothing yet.")
    else:
        report.line(f"{whose} wrote nothing to its standard output or error so far.")
        report.line("Some programs keep their log in a file inside the container; Docker does not see that.")
    return report.build()
