"""Names of time zones. Reading them touches files: every call here belongs in a thread."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from .arguments import CHOICES, BadInput
from .kit import code

# What most people look for, offered before anything is typed.
_USUAL = (
    "UTC", "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Warsaw", "Europe/Moscow",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo",
    "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def suggest_zones(typed: str) -> list[str]:
    """List at most 25 names that hold what was typed; blanks match underscores."""
    wanted = typed.strip().casefold().replace(" ", "_")
    names = _names()
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
    try:
        proper = next((one for one in _names() if one.casefold() == wanted.casefold().replace(" ", "_")), wanted)
        return ZoneInfo(proper).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = suggest_zones(wanted)[:3]
        hint = f" Did you mean {', '.join(code(one) for one in near)}?" if near else " Pick one from the list."
        if not _names():
            hint = " This computer has no list of time zones: `pip install tzdata` brings one."
        raise BadInput(f"{code(name)} is no time zone I know.{hint}") from error
