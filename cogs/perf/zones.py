"""Names of time zones. Reading them touches files: every call here belongs in a thread."""

from __future__ import annotations

from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from .arguments import CHOICES, BadInput
from .kit import code

if TYPE_CHECKING:
    from datetime import tzinfo

# What most people look for, offered before anything is typed.
_USUAL = (
    "UTC", "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Warsaw", "Europe/Moscow",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo",
    "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip


_INSTALL = "`pip install tzdata` brings the list of time zones that this computer lacks; then restart the bot."
# Python knows it without any file; ZoneInfo needs one even for it.
_UTC = ("UTC", "Etc/UTC")


class NoSuchZone(Exception):  # noqa: N818 - it names what is missing
    """The zone of a schedule that was set is not known here, now.

    Args:
        name: The zone's.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"no time zone {name!r} on this computer")
        self.user_message = (
            f"I don't know the time zone {code(name)} any more. {_INSTALL} "
            "Or set another zone with `/perf schedule set`; `UTC` always works."
        )


@lru_cache(maxsize=1)
def known() -> tuple[str, ...]:
    """List the names of the zones of this computer, at least UTC."""
    return tuple(sorted({"UTC", *(name for name in available_timezones() if "/" in name)}))


def zone_of(name: str) -> tzinfo:
    """Give a zone that `check_zone` found good.

    Raises:
        NoSuchZone: It is not there any more, or the file was made on another computer.
    """
    if name in _UTC:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NoSuchZone(name) from error


def suggest_zones(typed: str) -> list[str]:
    """List at most 25 names that hold what was typed; blanks match underscores."""
    wanted = typed.strip().casefold().replace(" ", "_")
    names = known()
    if not wanted:
        return [name for name in _USUAL if name in names]
    matching = [name for name in names if wanted in name.casefold()]
    # A city comes before a region, so that "ber" offers Europe/Berlin first.
    matching.sort(
        key=lambda name: (not name.casefold().rpartition("/")[2].startswith(wanted), name not in _USUAL, name)
    )
    return matching[:CHOICES]


def check_zone(name: str) -> str:
    """Give the zone's proper name.

    Raises:
        BadInput: There is no such zone here.
    """
    wanted = name.strip()
    proper = next((one for one in known() if one.casefold() == wanted.casefold().replace(" ", "_")), wanted)
    try:
        zone_of(proper)
    except NoSuchZone as error:
        near = suggest_zones(wanted)[:3]
        hint = f" Did you mean {', '.join(code(one) for one in near)}?" if near else " Pick one from the list."
        if all(one in _UTC for one in known()):
            hint = f" {_INSTALL} Without it there is `UTC` alone."
        raise BadInput(f"{code(name)} is no time zone I know.{hint}") from error
    return proper
