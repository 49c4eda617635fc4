"""What people type, read: lengths of time and names of operations. Pure text."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 86_400.0
"""Seconds; a call that takes longer than a day is not looked for."""
_UNITS = {"us": 1e-6, "µs": 1e-6, "ms": 1e-3, "": 1.0, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_LENGTH = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?|[.,]\d{1,9})\s*([a-zµ]*)", re.ASCII | re.IGNORECASE)
_NAME = 100
_NEAR = 3


def seconds(text: str) -> float | None:
    """Read a length of time.

    Args:
        text: a number with a unit: us, ms, s, m or h; without a unit it means seconds. "500ms", "1.5 s", "2", "1m".

    Returns:
        Seconds, finite and not below zero; None when it is no such thing.
    """
    found = _LENGTH.fullmatch(text.strip().replace("μ", "µ"))
    factor = _UNITS.get(found[2].lower()) if found else None
    if found is None or factor is None:
        return None
    return float(found[1].replace(",", ".")) * factor


def find_name(known: Sequence[str], typed: str) -> str | None:
    """Find the operation that someone meant, whatever the case and the blanks around it; None when there is none."""
    name = typed.strip()
    if name in known:
        return name
    folded = name.casefold()
    return next((candidate for candidate in known if candidate.casefold() == folded), None)


def near_names(known: Sequence[str], typed: str) -> list[str]:
    """Return the names, at most three, that look like a name that is not among them; the likeliest first."""
    folded = {candidate.casefold(): candidate for candidate in known}
    near = difflib.get_close_matches(typed.strip().casefold()[:_NAME], folded, n=_NEAR, cutoff=0.4)
    return [folded[key] for key in near]
