"""Runs one of the reading commands, and turns whatever stops it into one line and an exit code."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from bot.metrics_cli import codes
from bot.metrics_cli.codes import Ending
from bot.metrics_cli.terminal import complain, give_up_output
from utils.metrics.errors import ArgumentError, MetricsError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def execute(options: argparse.Namespace) -> int:
    """Run a command.

    Args:
        options: From `arguments.add_commands`; `options.command` names it.

    Returns:
        The exit code.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that can't write a sign gets its number.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return _command(options.command)(options)
    except BrokenPipeError:
        # Whoever read has seen enough, as `head` does.
        give_up_output()
        return codes.FINE
    except KeyboardInterrupt:
        return codes.INTERRUPTED
    except (Ending, MetricsError, OSError) as error:
        ending = _ending(error)
        complain(ending.message)
        return ending.code


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """Import one command and no other: most of the time that `--json` takes goes into imports."""
    if name == "tail":
        from bot.metrics_cli.tail import tail  # noqa: PLC0415 - see above

        return tail
    if name == "explain":
        from bot.metrics_cli.explaining import explain  # noqa: PLC0415 - see above

        return explain
    if name in ("cleanup", "export"):
        from bot.metrics_cli import housekeeping  # noqa: PLC0415 - see above

        return {"cleanup": housekeeping.cleanup, "export": housekeeping.export}[name]
    from bot.metrics_cli import reading  # noqa: PLC0415 - see above

    return {"stats": reading.stats, "recent": reading.recent, "slow": reading.slow}[name]


def _ending(error: Ending | MetricsError | OSError) -> Ending:
    if isinstance(error, Ending):
        return error
    if isinstance(error, MetricsError):
        return Ending(codes.USAGE if isinstance(error, ArgumentError) else codes.STORAGE, error.user_message)
    what = f"{error.filename or 'Writing failed'}: {error.strerror or error}"
    return Ending(codes.STORAGE, f"{what}. Check the disk, and your rights to the folder.")
