"""What the metrics raise, and only to those who read them: nothing here ever reaches the measured code."""

from __future__ import annotations

from utils.metrics.outcome import Outcome


class MetricsError(Exception):
    """Base of what reading, cleaning up and exporting raise.

    Attributes:
        user_message: what was wrong and what to do, for a person.
        outcome: how a command ends that this stops.
    """

    outcome = Outcome.ERROR

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


class ArgumentError(MetricsError, ValueError):
    """A number that makes no sense: a negative window, a limit of nothing."""

    outcome = Outcome.BAD_INPUT


class StorageError(MetricsError):
    """The file, or the file to export to, could not be read or written."""
