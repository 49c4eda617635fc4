"""From what a person typed to a server, a channel, a time. Pure, but for the names of time zones."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.setup.asking import Wrong
from cogs.perf.arguments import BadInput, parse_time
from cogs.perf.zones import check_zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import time

    from bot.rights import Rights

NONE = "none"
OFF = "off"
_LOCALTIME = Path("/etc/localtime")
_YES = {"yes": True, "y": True, "no": False, "n": False}


class Named(Protocol):
    """Something with an id and a name."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def name(self) -> str:
        """Its name."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A text channel.

    Attributes:
        id: Its id.
        name: Its name, without #.
        rights: What the bot may do in it.
    """

    id: int
    name: str
    rights: Rights


_Named = TypeVar("_Named", bound=Named)


def pick(typed: str, among: Sequence[_Named]) -> _Named:
    """Find what was meant: its number in the list, its id, or its name.

    Raises:
        Wrong: It is none of them, or more than one has that name.
    """
    wanted = typed.strip().removeprefix("#")
    if wanted.isdecimal() and 1 <= int(wanted) <= len(among):
        return among[int(wanted) - 1]
    fitting = [one for one in among if wanted in (str(one.id), one.name)]
    fitting = fitting or [one for one in among if one.name.casefold() == wanted.casefold()]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Wrong(f"Several are called so. Give the number or the id: {', '.join(str(one.id) for one in fitting)}.")
    raise Wrong(f"There is no such one. Give a number from 1 to {len(among)}, an id or a name.")


def time_of(typed: str) -> time | None:
    """Read a time of day; None for "off".

    Raises:
        Wrong: It is neither.
    """
    if typed.strip().lower() == OFF:
        return None
    try:
        return parse_time(typed)
    except BadInput as error:
        raise Wrong(str(error)) from None


def zone_named(typed: str) -> str:
    """Give a time zone's proper name; reads files.

    Raises:
        Wrong: There is none.
    """
    try:
        return check_zone(typed)
    except BadInput as error:
        raise Wrong(str(error)) from None


def yes_or_no(typed: str) -> bool:
    """Read yes or no.

    Raises:
        Wrong: It is neither.
    """
    answer = _YES.get(typed.strip().lower())
    if answer is None:
        raise Wrong("Answer yes or no.")
    return answer


def guessed_zone(environment: Mapping[str, str], localtime: Path = _LOCALTIME) -> str:
    """Guess whose hours are meant: those of TZ, else of this machine, else UTC.

    Args:
        environment: The environment variables.
        localtime: The link that systems keep to their zone's file.
    """
    _, _, linked = os.path.realpath(localtime).partition("zoneinfo/")
    for name in (environment.get("TZ", "").removeprefix(":"), linked):
        try:
            if name:
                return check_zone(name)
        except BadInput:
            continue
    return "UTC"
