"""``cleanup`` and ``export``: what changes the measurements, and what takes them away."""

from __future__ import annotations

import io
import os
import secrets
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from bot.metrics_cli import codes, shapes, source
from bot.metrics_cli.codes import Ending
from bot.metrics_cli.terminal import harmless, progress, say, visible
from utils.metrics import words
from utils.metrics.appender import FILE_MODE
from utils.metrics.export import export as write_json
from utils.metrics.format import count, size
from utils.metrics.model import CleanupPreview
from utils.metrics.tabular import file_stem, write_csv, write_lines

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from utils.metrics.model import MetricEntry
    from utils.performance_metrics import PerformanceMetrics

_EVERY = 1_000
_BLOCK = 2**16


def cleanup(options: argparse.Namespace) -> int:
    """Delete old measurements, after a question to the person who types."""
    days: float = options.days
    with source.opened(options) as metrics:
        preview = metrics.preview_cleanup(days)
        if not preview.removed:
            health = metrics.health()
            if health.last_error is not None or not health.entries:
                raise source.nothing(health, "", None)
            return _told(options, preview, words.cleanup_nothing(days), done=False)
        moment = time.strftime("%Y-%m-%d %H:%M", time.localtime(preview.cutoff))
        if options.dry_run:
            stay = f"{count(preview.kept)} would stay; the file would shrink by {size(preview.bytes_freed)}."
            text = f"Would delete {words.entries(preview.removed)} older than {moment}. {stay}"
            return _told(options, preview, text, done=False)
        cost = words.cleanup_cost(preview, "ddc-perf export")
        if not options.yes and not _agreed(f"{words.cleanup_question(preview, moment)} {cost}"):
            raise Ending(codes.NOTHING, "Everything stays.")
        with progress("Deleting", long=source.size_of(metrics) > source.LONG):
            removed = metrics.cleanup_old_metrics(days)
        kept = metrics.health().entries
        done = CleanupPreview(removed, kept, preview.bytes_freed, preview.cutoff)
        return _told(options, done, words.cleanup_done(removed, kept), done=True)


def _told(options: argparse.Namespace, preview: CleanupPreview, text: str, *, done: bool) -> int:
    say(shapes.text_of(shapes.cleanup(preview, done=done)) if options.json else f"{text}\n")
    return codes.FINE


def _agreed(question: str) -> bool:
    """Ask on the terminal; on standard error, so that the result alone goes into a pipe.

    Raises:
        Ending: There is nobody to ask.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Ending(
            codes.USAGE,
            "There is no terminal to ask on. Add --yes to delete without asking, or --dry-run to see what would go.",
        )
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        sys.stderr.write("\n")
    return answer.strip().lower() in ("y", "yes")


def export(options: argparse.Namespace) -> int:
    """Write the measurements to a file, whole or not at all, or to standard output."""
    to_standard_output = options.output == "-"
    if to_standard_output and options.json:
        raise Ending(
            codes.USAGE, "--json tells about the file that was written, and --output - writes none. Leave one out."
        )
    with source.opened(options) as metrics:
        name = source.find(metrics, options)
        of = "" if name is None else f" of {name}"
        calls = sum(one.total_calls for one in metrics.get_stats(name, None).values())
        if not calls:
            raise source.nothing(metrics.health(), f"No call{of} is kept", None)
        path = Path(options.output or f"{file_stem(name)}.{options.format}")
        if not to_standard_output:
            _refuse_own_file(path, metrics)
        # On one terminal, the bar would run through the data.
        unseen = not (to_standard_output and sys.stdout.isatty())
        with progress("Exporting", calls, long=unseen and source.size_of(metrics) > source.LONG) as told:
            entries = _counted(metrics.iter_entries(name), told)
            if to_standard_output:
                _to_standard_output(options.format, entries, name)
                return codes.FINE
            written = _to_file(path, options.format, entries, name)
        bytes_written = path.stat().st_size
    if options.json:
        say(shapes.text_of(shapes.export(written, options.format, str(path.absolute()), bytes_written)))
    else:
        of = "of every operation" if name is None else f"of {visible(name)}"
        say(f"{words.entries(written)} {of}, {size(bytes_written)}: {visible(str(path))}\n")
    return codes.FINE


def _counted(entries: Iterable[MetricEntry], told: Callable[[float], None]) -> Iterator[MetricEntry]:
    for number, entry in enumerate(entries):
        if not number % _EVERY:
            told(number)
        yield entry


def _refuse_own_file(path: Path, metrics: PerformanceMetrics) -> None:
    with suppress(OSError):
        if path.samefile(metrics.path):
            raise Ending(codes.USAGE, f"{path} is the file of the measurements itself. Choose another --output.")


def _to_file(path: Path, kind: str, entries: Iterable[MetricEntry], operation: str | None) -> int:
    if kind == "json":
        return write_json(path, entries, operation=operation, now=time.time())
    with _whole(path) as file:
        return _LINES[kind](file, entries)


@contextmanager
def _whole(path: Path) -> Iterator[IO[str]]:
    """Open a file that takes its name when it is complete; an older one stays until then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(handle)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def _to_standard_output(kind: str, entries: Iterable[MetricEntry], operation: str | None) -> None:
    target = _StandardOutput()
    if kind != "json":
        _LINES[kind](cast("IO[str]", target), entries)
    else:
        # The statistics stand first and are known last: by way of a file.
        with tempfile.TemporaryDirectory(prefix="ddc-perf-export-") as folder:
            path = Path(folder) / "export.json"
            write_json(path, entries, operation=operation, now=time.time())
            with path.open(encoding="utf-8", newline="") as file:
                shutil.copyfileobj(file, cast("IO[str]", target), _BLOCK)
    say("")


class _StandardOutput:
    """Standard output as UTF-8, byte by byte what a file would hold; on a terminal without its control codes."""

    def __init__(self) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        self._plain = not sys.stdout.isatty()

    def write(self, text: str) -> int:
        """Write a piece of text."""
        sys.stdout.write(text if self._plain else harmless(text.replace("\r\n", "\n")))
        return len(text)


_LINES: dict[str, Callable[[IO[str], Iterable[MetricEntry]], int]] = {"csv": write_csv, "jsonl": write_lines}
