"""The root of all errors of Docker, and how they quote."""

from __future__ import annotations

from typing import ClassVar

from utils.metrics.outcome import Outcome


class DockerError(Exception):
    """The root: whatever `services.docker` raises on purpose.

    Attributes:
        outcome: How a record of the failed operation is marked.
        user_message: What was wrong and what to do, on one line.
    """

    outcome: ClassVar[Outcome] = Outcome.ERROR

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


def quote(text: str, width: int = 64) -> str:
    """Quote what comes from outside.

    Args:
        text: It.
        width: How many of its signs are shown at most.
    """
    shown = " ".join(text.replace("`", "").split())
    return f"`{shown if len(shown) <= width else shown[: width - 1] + '…'}`" if shown else "(nothing)"


def either(names: tuple[str, ...]) -> str:
    """Name one or several, the last after an "or"."""
    *some, last = map(quote, names)
    return f"{', '.join(some)} or {last}" if some else last
