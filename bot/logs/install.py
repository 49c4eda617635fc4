"""Puts the log together, and changes it while the bot runs."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from services.secrets import SecretFilter
from utils.metrics.log_levels import want_debug

from .files import LogFile
from .lines import JsonLines, TextLines

if TYPE_CHECKING:
    from services.config import Settings

    from .lines import Redact

_SETTINGS = "settings"


class Logs:
    """The log of the process: standard error, and a file on request.

    Args:
        settings: What the user set. The file, its size and their number hold until the end.
        redact: Takes secrets out of a finished line, tracebacks included.
    """

    def __init__(self, settings: Settings, redact: Redact = str) -> None:
        self._redact = redact
        self._file: LogFile | None = None
        self._handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
        if settings.log.file:
            self._file = LogFile(Path(settings.log.file), max_mb=settings.log.max_mb, keep=settings.log.keep)
            self._handlers.append(self._file.handler)
        self.apply(settings)
        root = logging.getLogger()
        for handler in self._handlers:
            # Beside `redact`: when a line can't be made, logging writes the arguments out as they are.
            handler.addFilter(SecretFilter())
            root.addHandler(handler)

    def apply(self, settings: Settings) -> None:
        """Take up the level and the form of the lines."""
        lines = (JsonLines if settings.log.format == "json" else TextLines)(self._redact)
        for handler in self._handlers:
            handler.setFormatter(lines)
        # DEBUG is for our own parts. Of the libraries, discord.py's writes out the tokens of interactions.
        debug = settings.log_level == "DEBUG"
        logging.getLogger().setLevel(logging.INFO if debug else settings.log_level)
        logging.getLogger("discord").setLevel(logging.INFO if debug else logging.WARNING)
        want_debug(_SETTINGS, wanted=debug or settings.scheduler_debug_mode)

    def close(self) -> None:
        """Write what is left, and log no more."""
        root = logging.getLogger()
        for handler in self._handlers:
            root.removeHandler(handler)
        if self._file is not None:
            self._file.close()
            self._file = None
        want_debug(_SETTINGS, wanted=False)
