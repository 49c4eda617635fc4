"""How old a state is by the engine's own words ("Up 3 minutes"), to notice that it began anew. Pure."""

from __future__ import annotations

import re

_SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 7 * 86_400,
    "month": 30 * 86_400,
    "year": 365 * 86_400,
}
_AGE = re.compile(
    r"\b(?:(?P<count>\d+)|an?|less than a) (?P<unit>second|minute|hour|day|week|month|year)s?\b", re.IGNORECASE
)


def age_of(status: str) -> int | None:
    """Read the age out of a container's status.

    Args:
        status: As the engine lists it: "Up About an hour (healthy)", "Exited (137) 5 minutes ago".

    Returns:
        Seconds, as coarse as the words. They never shrink while the state lasts. None when no age is told.
    """
    found = _AGE.search(status)
    if found is None:
        return None
    if found[0].lower().startswith("less"):
        return 0
    return int(found["count"] or 1) * _SECONDS[found["unit"].lower()]
