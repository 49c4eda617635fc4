"""What is known of the terminal, and the only ways out to it.

Texts from outside (names of operations, metadata, paths) go through `visible` before anything else: a control code in
them would move the cursor, change the title or worse. Nothing here gives rich a text with markup.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from utils.metrics.format import cut_middle
from utils.metrics.redact import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.console import Console, RenderableType

_BESIDE_TERMINAL = 1_000
"""Columns where there is no terminal: whoever reads a pipe wants nothing cut."""
_NARROWEST = 20
_NAME = 60
_DUMB = ("", "dumb", "unknown")


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where the answer goes.

    Args:
        width: Columns.
        styled: Whether it shows colours.
        unicode: Whether it can write more than ASCII.
    """

    width: int
    styled: bool
    unicode: bool = True

    @classmethod
    def of(cls, stream: TextIO, environment: Mapping[str, str]) -> Terminal:
        """Look at a stream: colours on a terminal alone, and never with NO_COLOR (see no-color.org)."""
        there = stream.isatty()
        columns = shutil.get_terminal_size((80 if there else _BESIDE_TERMINAL, 24)).columns
        if not there and "COLUMNS" not in environment:
            columns = _BESIDE_TERMINAL
        styled = there and not environment.get("NO_COLOR") and environment.get("TERM", "") not in _DUMB
        return cls(max(_NARROWEST, columns), styled, (stream.encoding or "").lower().startswith("utf"))

    def console(self) -> Console:
        """Make a rich console that draws into memory, for such a terminal and no other."""
        from rich.console import Console  # noqa: PLC0415 - `--json` does without, and starts faster

        return Console(
            # rich asks it for its encoding, and draws lines of ASCII where it must.
            file=io.TextIOWrapper(io.BytesIO(), encoding="utf-8" if self.unicode else "ascii"),
            width=self.width,
            height=24,
            color_system="standard" if self.styled else None,
            force_terminal=self.styled,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
            # Nothing of the environment: it was looked at above.
            _environ={},
        )

    def draw(self, *parts: RenderableType) -> str:
        """Draw one under the other; no line ends in blanks."""
        console = self.console()
        with console.capture() as capture:
            for part in parts:
                console.print(part)
        drawn = "".join(line.rstrip() + "\n" for line in capture.get().splitlines())
        return drawn if self.unicode else drawn.encode("ascii", "replace").decode()


def visible(text: str) -> str:
    """Write what would not print as an escape: control codes, line ends, marks that turn the direction of writing."""
    return text if text.isprintable() else "".join(map(_visible, text))


def name_of(operation: str) -> str:
    """Write an operation's name for a sentence: harmless, and not longer than one can read."""
    return cut_middle(visible(operation), _NAME)


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    return char.encode("unicode_escape", "surrogatepass").decode()


def harmless(text: str) -> str:
    """Escape the control codes of JSON or CSV that goes to a terminal; line ends stay. JSON stays the same JSON."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(char if char == "\n" or char.isprintable() else _json_escape(char) for char in text)


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{int.from_bytes(units[at : at + 2]):04x}" for at in range(0, len(units), 2))


def say(text: str) -> None:
    """Write to standard output.

    Raises:
        BrokenPipeError: Whoever read it has gone.
    """
    sys.stdout.write(text)
    sys.stdout.flush()


def complain(text: str) -> None:
    """Write one line to standard error, without secrets."""
    with suppress(OSError):
        sys.stderr.write(f"ddc-perf: {visible(redact(text))}\n")
        sys.stderr.flush()


def give_up_output() -> None:
    """After a broken pipe: what is still in the buffer must not complain when the interpreter flushes it."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@contextmanager
def progress(what: str, total: float | None = None, *, long: bool = True) -> Iterator[Callable[[float], None]]:
    """Show how far a piece of work is, on standard error when that is a terminal; it leaves no trace.

    Args:
        what: The work, such as "Exporting".
        total: Units in all; None when nobody knows.
        long: False for what is done before one could see it.

    Yields:
        To be called with the units done so far.
    """
    if not (long and sys.stderr.isatty()) or os.environ.get("TERM", "") in _DUMB:
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - most runs need none
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    bar = Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        # What is written meanwhile goes where it was meant to go, and not by way of the bar.
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)
