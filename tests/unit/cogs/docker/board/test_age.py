from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.board.age import age_of


def in_words(seconds: int) -> str:
    """How Docker words a duration (the package units of its source, written anew)."""
    minutes, hours = seconds // 60, (seconds + 1800) // 3600
    for limit, text in (
        (seconds < 1, "Less than a second"),
        (seconds == 1, "1 second"),
        (seconds < 60, f"{seconds} seconds"),
        (minutes == 1, "About a minute"),
        (minutes < 60, f"{minutes} minutes"),
        (hours == 1, "About an hour"),
        (hours < 48, f"{hours} hours"),
        (hours < 24 * 7 * 2, f"{hours // 24} days"),
        (hours < 24 * 30 * 2, f"{hours // 24 // 7} weeks"),
        (hours < 24 * 365 * 2, f"{hours // 24 // 30} months"),
    ):
        if limit:
            return text
    return f"{hours // 24 // 365} years"


@pytest.mark.parametrize(
    ("status", "seconds"),
    [
        ("Up Less than a second", 0),
        ("Up 1 second", 1),
        ("Up About a minute (unhealthy)", 60),
        ("Up About an hour (healthy)", 3600),
        ("Exited (137) 5 minutes ago", 300),
        ("Restarting (1) 12 seconds ago", 12),
        ("Up 2 weeks (Paused)", 14 * 86_400),
        ("Created", None),
        ("Removal In Progress", None),
        ("", None),
        ("Up since the morning", None),
    ],
)
def test_the_engines_words_are_read(status: str, seconds: int | None) -> None:
    assert age_of(status) == seconds


@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_an_age_never_shrinks_while_time_passes(seconds: int, more: int) -> None:
    earlier, later = age_of(f"Up {in_words(seconds)}"), age_of(f"Up {in_words(seconds + more)}")
    assert earlier is not None
    assert later is not None
    assert earlier <= later
