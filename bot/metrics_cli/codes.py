"""The exit codes, and how a command ends early."""

from __future__ import annotations

FINE = 0
NOTHING = 1
"""Nothing was found, as grep says it; or a person answered no."""
USAGE = 2
STORAGE = 3
"""A file can't be read or written."""
INTERRUPTED = 130
"""Ctrl+C, as a shell says it."""


class Ending(Exception):  # noqa: N818 - it need not be an error
    """A command ends here.

    Args:
        code: The exit code.
        message: One line for the person: what is the matter and what to do.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
