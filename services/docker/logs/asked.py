# ruff: noqa: N818 - what was not understood says so; "Error" would add nothing
"""What people type to choose lines of a log: since when, and which words. Pure; the time comes in as an argument."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from services.docker.errors import DockerError
from utils.metrics.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_WORDS = 10
LONGEST_WORD = 100
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_PART = re.compile(r"(\d{1,9})\s*(s|min|m|h|d|w)\s*", re.IGNORECASE | re.ASCII)
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?", re.ASCII)
_LONGEST = 40


class NotUnderstood(DockerError):
    """What was typed to choose lines makes no sense.

    Args:
        problem: What is wrong and how to write it, as a sentence.
    """

    outcome = Outcome.BAD_INPUT

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def since(text: str, now: datetime) -> datetime:
    """Read from when on lines are wanted.

    Args:
        text: A time back from now ("10m", "2h", "1d", "1h 30m"; s, m or min, h, d, w), a date and a time ("2026-11-24
            08:00", ISO 8601 with or without its time zone, a date alone), or a time ("08:00") of the last 24 hours.
            Without a time zone it is UTC.
        now: The present, with time zone.

    Raises:
        NotUnderstood: It is none of these, or in the future.
    """
    typed = text.strip()
    moment = _ago(typed, now) or _clock(typed, now) or _date(typed)
    if moment is None:
        shown = " ".join(typed.replace("`", "").split())[:_LONGEST] or "(nothing)"
        raise NotUnderstood(
            f"I can't read `{shown}` as a time. Write how long ago, such as `10m`, `2h` or `1d`, or a time in UTC, "
            "such as `08:00` or `2026-11-24 08:00`."
        )
    if moment > now:
        raise NotUnderstood(
            f"`{moment.astimezone(UTC):%Y-%m-%d %H:%M}` UTC is in the future. Times without a zone are in UTC, where "
            f"it is `{now.astimezone(UTC):%Y-%m-%d %H:%M}` now."
        )
    return moment


def _ago(text: str, now: datetime) -> datetime | None:
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text):
        return None
    seconds = sum(int(number) * _UNITS[unit.lower()] for number, unit in parts)
    try:
        return now - timedelta(seconds=seconds)
    except OverflowError:
        return datetime.fromtimestamp(0, UTC)


def _clock(text: str, now: datetime) -> datetime | None:
    if not _CLOCK.fullmatch(text):
        return None
    hour, minute, *second = map(int, text.split(":"))
    try:
        today = now.astimezone(UTC).replace(hour=hour, minute=minute, second=sum(second), microsecond=0)
    except ValueError:
        return None
    return today if today <= now else today - timedelta(days=1)


def _date(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.upper().removesuffix(" UTC"))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        # Engines count from 1970 on.
        return max(moment.astimezone(UTC), datetime.fromtimestamp(0, UTC))
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Words:
    """Which lines are wanted: those with all of some words and none of some others, small and capital letters alike.

    There are no patterns here: one that is made to be slow could hold the bot.

    Attributes:
        wanted: Case-folded.
        unwanted: Case-folded.
    """

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read words parted by blanks; those after a dash are unwanted.

        Raises:
            NotUnderstood: There are too many words, or one is too long.
        """
        words = [word for word in text.casefold().split() if word != "-"]
        if len(words) > MOST_WORDS:
            raise NotUnderstood(f"These are {len(words)} words to filter by; {MOST_WORDS} are the most.")
        if any(len(word) > LONGEST_WORD for word in words):
            raise NotUnderstood(f"A word to filter by has at most {LONGEST_WORD} letters.")
        return cls(
            tuple(word for word in words if not word.startswith("-")),
            tuple(word[1:] for word in words if word.startswith("-")),
        )

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)

    def match(self, text: str) -> bool:
        """Tell whether a line is wanted."""
        folded = text.casefold()
        return _all_in(self.wanted, folded) and not any(word in folded for word in self.unwanted)

    def may_match(self, text: str) -> bool:
        """Tell whether a line could be wanted once its secrets are hidden: words may go by that, but hardly come."""
        return _all_in(self.wanted, text.casefold())


def _all_in(words: Iterable[str], folded: str) -> bool:
    return all(word in folded for word in words)
