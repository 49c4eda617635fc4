"""``ddc-perf log ID``: what the log file has of an error whose number the chat showed."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.metrics_cli.codes import FINE, NOTHING, STORAGE, USAGE
from bot.metrics_cli.terminal import visible
from services.config import DEFAULT_PATH, SettingsError, load_settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

_FIRST = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")


def show_error(options: argparse.Namespace) -> int:
    """Print an error, the newest last: numbers begin anew with each run of the bot.

    Args:
        options: id, file.

    Returns:
        The exit code: 1 when the log does not have it.
    """
    try:
        path = options.file or load_settings(Path(os.environ.get("DDC_CONFIG") or DEFAULT_PATH), os.environ)[0].log.file
        if not path:
            return _fail("No log file is set: log.file, or DDC_LOG_FILE. Name one with --file.", USAGE)
        number = options.id.strip().upper()
        found = [entry for one in _files(Path(path)) for entry in entries_of(number, _lines(one))]
    except SettingsError as error:
        return _fail(str(error), USAGE)
    except OSError as error:
        return _fail(f"The log can't be read: {error}", STORAGE)
    for entry in found:
        sys.stdout.write("".join(f"{visible(line)}\n" for line in entry))
    return FINE if found else _fail(f"{path} has no error {number}.", NOTHING)


def entries_of(number: str, lines: Iterable[str]) -> Iterator[list[str]]:
    """Find an error in the lines of a log, of either form.

    Args:
        number: As the chat showed it.
        lines: Without their ends.

    Returns:
        Each entry's lines: what was said, and the traceback.
    """
    entry: list[str] = []
    for line in lines:
        if line.startswith("{"):
            yield from _of_json(number, line)
        elif _FIRST.match(line):
            if entry:
                yield entry
            entry = [line] if line.endswith(f": Error {number}") else []
        elif entry:
            entry.append(line)
    if entry:
        yield entry


def _of_json(number: str, line: str) -> Iterator[list[str]]:
    try:
        fields = json.loads(line)
    except ValueError:  # cut off, by a full disk or a crash
        return
    if fields.get("error_id") == number:
        head = " ".join(str(fields.get(key)) for key in ("time", "level", "logger", "message"))
        yield [head, *str(fields.get("traceback", "")).splitlines()]


def _files(path: Path) -> list[Path]:
    """The file and the former ones, oldest first."""
    former = [one for one in path.parent.glob(f"{path.name}.*") if one.suffix[1:].isdecimal()]
    return [*sorted(former, key=lambda one: -int(one.suffix[1:])), path]


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        for line in file:
            yield line.rstrip("\r\n")


def _fail(text: str, code: int) -> int:
    sys.stderr.write("".join(f"ddc-perf: {visible(line)}\n" for line in text.splitlines()))
    return code
