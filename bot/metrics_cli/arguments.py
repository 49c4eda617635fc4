"""What can be typed: the commands and their options, read strictly and refused in one clear line."""

from __future__ import annotations

import argparse
import math
import os
import sys
from pathlib import Path
from typing import NoReturn

from bot.metrics_cli.codes import USAGE
from bot.metrics_cli.terminal import visible
from utils.metrics.parse import LONGEST, seconds
from utils.metrics.redact import redact

FORMATS = ("json", "csv", "jsonl")
_MOST_HOURS = 24 * 365 * 100
_MOST_DAYS = 365 * 100
_MOST_ENTRIES = 10_000
"""More than a person reads; `export` writes them all."""

EXIT_CODES = """\
exit codes: 0 fine, 1 nothing found (or answered no), 2 wrong usage, 3 a file can't be read or written, 130 Ctrl+C
"""


class Parser(argparse.ArgumentParser):
    """Refuses in one line, without the usage in front."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is, and end the program."""
        sys.stderr.write(f"ddc-perf: {visible(redact(message))} ({self.prog} --help says what is possible)\n")
        raise SystemExit(USAGE)


def default_directory() -> str:
    """Where the bot keeps its measurements, unless it is told otherwise."""
    return os.environ.get("DDC_METRICS_DIR") or "data/metrics"


def hours(text: str) -> float | None:
    """Read a window: hours, or "all" for everything kept, which is None."""
    if text.strip().lower() == "all":
        return None
    return _number(text, "hours above 0, such as 24 or 0.5, or: all", least=0, most=_MOST_HOURS, open_ended=True)


def days(text: str) -> float:
    """Read an age in days."""
    return _number(text, "days, 0 or more", least=0, most=_MOST_DAYS)


def limit(text: str) -> int:
    """Read a number of entries, at least one."""
    return _whole(text, least=1)


def few(text: str) -> int:
    """Read a number of entries, none allowed."""
    return _whole(text, least=0)


def threshold(text: str) -> float:
    """Read a length of time, in seconds."""
    length = seconds(text)
    if length is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no length of time; write 500ms, 1.5s or 1m, or seconds alone")
    if length > LONGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is longer than a day; choose a smaller threshold")
    return length


def _number(text: str, wanted: str, *, least: float, most: float, open_ended: bool = False) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number <= most or (open_ended and number == least):
        raise argparse.ArgumentTypeError(f"{text!r} does not do; give {wanted}, at most {most:,}")
    return number


def _whole(text: str, *, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= _MOST_ENTRIES):  # noqa: PLR2004 - keeps int() cheap
        raise argparse.ArgumentTypeError(f"{text!r} does not do; give a whole number from {least} to {_MOST_ENTRIES:,}")
    return int(text)


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the commands that read the measurements."""
    stats = _command(commands, "stats", "how often, how fast and how well everything ran")
    _operation(stats, "only this one, in detail")
    _hours(stats)

    recent = _command(commands, "recent", "the latest calls, newest first")
    _operation(recent)
    recent.add_argument("--limit", type=limit, default=50, metavar="N", help="how many (default 50)")
    _failures(recent)

    slow = _command(commands, "slow", "the slowest calls, slowest first")
    _operation(slow)
    _hours(slow)
    slow.add_argument("--threshold", type=threshold, metavar="TIME", help="at least: 500ms, 1.5s, 1m")
    slow.add_argument("--limit", type=limit, default=50, metavar="N", help="how many (default 50)")

    explain = _command(commands, "explain", "what is not as it should be, and what to do about it")
    _operation(explain)
    _hours(explain)

    cleanup = _command(commands, "cleanup", "delete old measurements; asks before it does")
    cleanup.add_argument("--days", type=days, default=30.0, help="what is older goes (default 30)")
    sure = cleanup.add_mutually_exclusive_group()
    sure.add_argument("--yes", action="store_true", help="don't ask")
    sure.add_argument("--dry-run", action="store_true", help="say what would go, and delete nothing")

    export = _command(commands, "export", "write the measurements to a file, or to standard output")
    _operation(export)
    export.add_argument("--format", choices=FORMATS, default="json", help="the file's format (default json)")
    export.add_argument("--output", metavar="FILE", help="where to; - is standard output (default: a file here)")

    tail = _command(commands, "tail", "the latest calls, then each new one as it comes; Ctrl+C ends it")
    _operation(tail)
    tail.add_argument("-n", "--limit", type=few, default=10, metavar="N", help="how many to begin with (default 10)")
    _failures(tail)
    tail.add_argument("-f", "--follow", action="store_true", help=argparse.SUPPRESS)  # for those whose hands type it


def _command(commands: argparse._SubParsersAction[Parser], name: str, what: str) -> Parser:
    parser = commands.add_parser(
        name,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--directory",
        type=Path,
        default=None,
        metavar="DIR",
        help="where the bot keeps its measurements (default: DDC_METRICS_DIR, or else data/metrics)",
    )
    parser.add_argument("--json", action="store_true", help="for scripts: docs/command-line.md tells the keys")
    return parser


def _operation(parser: Parser, what: str = "only this one") -> None:
    parser.add_argument("--operation", metavar="NAME", help=what)


def _hours(parser: Parser) -> None:
    parser.add_argument("--hours", type=hours, default=24.0, metavar="H", help="how far back, or all (default 24)")


def _failures(parser: Parser) -> None:
    parser.add_argument("--failures", action="store_true", help="only what failed")
