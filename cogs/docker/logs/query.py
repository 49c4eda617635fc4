"""What was asked for; kept behind a message's buttons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """Which lines of which container, as typed.

    Attributes:
        container: Its name or id.
        lines: How many; None for the service's default.
        since: From when on; read anew at each refresh, so that "10m" stays the last ten minutes.
        words: Which lines.
    """

    container: str
    lines: int | None = None
    since: str | None = None
    words: str | None = None
