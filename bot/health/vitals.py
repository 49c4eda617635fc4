"""What shows that a bot works, and what is too little of it. No clock and no I/O here."""

from __future__ import annotations

from dataclasses import dataclass

from utils.metrics.format import duration

GATEWAY_LIMIT = 60.0
"""Seconds since Discord's last sign of life. It is asked for one every 41 s; a connection without is dead."""
LAG_LIMIT = 3.0
"""Seconds that the loop may be late. Whoever is later with a first answer has lost the interaction."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the parts of a bot are.

    Attributes:
        gateway: Seconds since Discord answered on the gateway; None when it never did.
        lag: The longest that the event loop was late in the last minute, in seconds.
        writer: Why measurements don't reach their file; None when they do.
    """

    gateway: float | None
    lag: float
    writer: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a bot is well.

    Attributes:
        healthy: Whether it is.
        line: The same and why, in one line for a person.
    """

    healthy: bool
    line: str


def judge(vitals: Vitals) -> Verdict:
    """Tell whether a bot is well.

    Args:
        vitals: How its parts are.

    Returns:
        What is wrong, all of it; or what was looked at.
    """
    wrong = []
    if vitals.gateway is None:
        wrong.append("Discord was not reached yet")
    elif vitals.gateway > GATEWAY_LIMIT:
        wrong.append(f"Discord has not answered for {duration(vitals.gateway)}")
    if vitals.lag > LAG_LIMIT:
        wrong.append(f"something held the event loop for {duration(vitals.lag)} in the last minute")
    if vitals.writer is not None:
        wrong.append(f"measurements are not written: {vitals.writer}")
    if wrong:
        return Verdict(healthy=False, line=_one_line(f"unhealthy: {'; '.join(wrong)}"))
    return Verdict(
        healthy=True,
        line=f"healthy: Discord answered {duration(vitals.gateway or 0.0)} ago, the event loop was late by "
        f"{duration(vitals.lag)} at most, and measurements are written",
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
