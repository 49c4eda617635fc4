"""What can go wrong with the settings."""

from __future__ import annotations

from typing import ClassVar

from utils.metrics.outcome import Outcome


class SettingsError(Exception):
    """The settings can't be used, or can't be saved.

    Args:
        problems: One sentence each: which file or variable, which key, what is wrong, what to do.
    """

    outcome: ClassVar[Outcome] = Outcome.BAD_INPUT

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        self.user_message = "\n".join(problems)
        super().__init__(self.user_message)
