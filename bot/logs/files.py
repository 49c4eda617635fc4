"""A file that gets the log, too, and is begun anew when it is full.

It is written in a thread of its own, for a disk that is slow must not hold the event loop. Trouble with the disk is
told on standard error, once, and never reaches the program; when the disk has recovered, lines are written again.
"""

from __future__ import annotations

import os
import queue
import sys
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging
    from io import TextIOWrapper

_MB = 1_000_000


class _Rotating(RotatingFileHandler):
    """Private files, and one word on trouble instead of a traceback a line."""

    def __init__(self, path: Path, max_mb: float, keep: int) -> None:
        super().__init__(path, maxBytes=round(max_mb * _MB), backupCount=keep, encoding="utf-8", delay=True)
        self._troubled = False

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Such a log tells who did what; the mode of a file that is there already stays as its owner set it.
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        return super()._open()

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        if self.stream is not None and not self.stream.closed:
            self._troubled = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, ARG002 - the base class's name and form
        error = sys.exc_info()[1]
        if not self._troubled:
            sys.stderr.write(f"ddc-perf: the log file {self.baseFilename} can't be written: {error}\n")
        self._troubled = True


class LogFile:
    """The handler to put onto a logger, and the thread behind it.

    Args:
        path: The file; its folder is made.
        max_mb: Megabytes before a new file is begun.
        keep: How many former files are kept, as path.1, path.2, ….
    """

    def __init__(self, path: Path, *, max_mb: float, keep: int) -> None:
        lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        # It makes the whole line at once, in the thread that logs: what the arguments are later is another matter.
        self.handler: logging.Handler = QueueHandler(lines)
        self._file = _Rotating(path, max_mb, keep)
        self._writer = QueueListener(lines, self._file)
        self._writer.start()

    def close(self) -> None:
        """Write what is left, and close the file. It blocks for that long."""
        self._writer.stop()
        self._file.close()
