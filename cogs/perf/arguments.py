"""What people type, read strictly and answered clearly."""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING, ClassVar

from utils.metrics.outcome import Outcome
from utils.metrics.parse import LONGEST, find_name, near_names, seconds

from .kit import code, cut, units
from .reports.words import NOTHING_YET

if TYPE_CHECKING:
    from collections.abc import Sequence

CHOICES = 25
CHOICE = 100
_SHARE = re.compile(r"(\d{1,2}(?:[.,]\d{1,5})?) ?%?", re.ASCII)
_HALF = 0.5
_TIME = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)", re.ASCII)


class BadInput(Exception):  # noqa: N818 - it names what it is about, as the outcome does
    """An option that makes no sense.

    Args:
        user_message: What is wrong with it and what would be right.
    """

    outcome: ClassVar[Outcome] = Outcome.BAD_INPUT

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


class UnknownOperation(BadInput):
    """Nothing was ever measured under this name. A slip of the person who typed it, not a failure of the bot."""


def parse_threshold(text: str) -> float:
    """Read a length of time.

    Args:
        text: A number with a unit: us, ms, s, m or h; without a unit it means seconds. "500ms", "1.5 s", "2", "1m".

    Returns:
        Seconds, between 0 and a day.

    Raises:
        BadInput: It is no such thing.
    """
    length = seconds(text)
    if length is None:
        raise BadInput(
            f"I can't read {code(text)} as a length of time. Write a number and a unit, such as `500ms`, `1.5s` or "
            "`1m`; a number alone means seconds."
        )
    if length > LONGEST:
        raise BadInput(f"{code(text)} is longer than a day. Choose a smaller threshold.")
    return length


def parse_share(text: str) -> float:
    """Read a share of calls.

    Args:
        text: Percent, with or without its sign: "99%", "99.9", "99,5 %".

    Returns:
        0.99 for 99 %: from a half to less than 1.

    Raises:
        BadInput: It is no such thing.
    """
    found = _SHARE.fullmatch(text.strip())
    share = float(found[1].replace(",", ".")) / 100 if found else 0.0
    if not _HALF <= share < 1:
        raise BadInput(
            f"I can't take {code(text)} as a share of calls. Write percent, at least 50 and less than 100, such as "
            "`99%` or `99.9`: with 100 nothing might ever go wrong."
        )
    return round(share, 7)


def parse_time(text: str) -> time:
    """Read a time of day.

    Args:
        text: Hours and minutes, 24 hours a day: "09:00", "9:30", "23.15".

    Raises:
        BadInput: It is no such thing.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise BadInput(
            f"I can't read {code(text)} as a time of day. Write hours and minutes, such as `09:00` or `21:30`."
        )
    return time(int(found[1]), int(found[2]))


def choice_of(name: str) -> str:
    """Shorten a name to what Discord takes as a choice; `find_operation` understands the shortened one."""
    return cut(name, CHOICE)


def suggest(known: Sequence[str], typed: str) -> list[str]:
    """List the names to offer while someone types.

    Args:
        known: All names.
        typed: What stands in the option so far.

    Returns:
        At most 25 names: those that begin with it before those that hold it, alphabetically.
    """
    wanted = typed.casefold().strip()
    matching = [name for name in known if wanted in name.casefold()]
    matching.sort(key=lambda name: (not name.casefold().startswith(wanted), name.casefold()))
    fitting = dict.fromkeys(choice_of(name) for name in matching if name.strip())
    return list(fitting)[:CHOICES]


def find_operation(known: Sequence[str], wanted: str | None) -> str | None:
    """Find the operation that someone meant.

    Args:
        known: All names.
        wanted: What was typed or picked; None means all operations.

    Raises:
        UnknownOperation: There is none of that name; the message names similar ones.
    """
    if wanted is None:
        return None
    name = wanted.strip()
    found = find_name(known, name)
    if found is not None:
        return found
    if name.endswith("…") and units(name) <= CHOICE:
        for candidate in known:
            if choice_of(candidate) == name:
                return candidate
    if not known:
        raise UnknownOperation(NOTHING_YET)
    hint = ", ".join(map(code, near_names(known, name)))
    raise UnknownOperation(
        f"Nothing was measured under the name {code(name)}. "
        + (f"Did you mean {hint}?" if hint else "Leave the option out to see every operation.")
    )
