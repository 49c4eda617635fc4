"""What a line of the log looks like: text for people, or one JSON object for programs.

Both go through a redactor last, when all is in them: the message, its arguments, and the traceback.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Redact = Callable[[str], str]


class TextLines(logging.Formatter):
    """Time, level, logger, message; a traceback follows in lines of its own.

    Args:
        redact: Takes secrets out of a text.
    """

    def __init__(self, redact: Redact = str) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Make the line."""
        return self._redact(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object a line.

    Its fields: time (ISO 8601, UTC, to the millisecond), level, logger, message; error_id where the chat showed one,
    and traceback where there is one.

    Args:
        redact: Takes secrets out of a text.
    """

    def __init__(self, redact: Redact = str) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Make the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        fields = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._redact(record.getMessage()),
        }
        if error_id := getattr(record, "error_id", None):
            fields["error_id"] = str(error_id)
        if record.exc_info and record.exc_info[0]:
            fields["traceback"] = self._redact(self.formatException(record.exc_info))
        elif record.exc_text:  # all that is left of a traceback that had a secret in it
            fields["traceback"] = self._redact(record.exc_text)
        # ASCII: what reads logs may take other signs for the end of a line.
        return json.dumps(fields)
