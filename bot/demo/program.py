"""``ddc-perf demo``: thirty made-up days, and the bot on them in the sandbox."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.fill import NotOurs, fill
from bot.metrics_cli.codes import FINE, STORAGE
from utils.metrics.words import entries
from utils.performance_metrics import DIRECTORY_VARIABLE

if TYPE_CHECKING:
    import argparse


def demo(options: argparse.Namespace) -> int:
    """Make up what is not there yet, and run the bot on it until it is asked to stop.

    Args:
        options: directory, fresh, fill_only.

    Returns:
        The exit code.
    """
    directory = Path(options.directory)
    try:
        written = fill(directory, time.time(), fresh=options.fresh)
    except (NotOurs, OSError) as error:
        sys.stderr.write(f"ddc-perf: {error}\n")
        return STORAGE
    told = f"{entries(written)} made up in {directory}" if written else f"{directory} is there (--fresh: anew)"
    sys.stdout.write(f"ddc-perf: {told}.\n")
    sys.stdout.flush()
    if options.fill_only:
        return FINE
    os.environ[DIRECTORY_VARIABLE] = str(directory)
    from bot.run import run  # noqa: PLC0415 - Discord and all; and the directory must be known before

    return run(in_sandbox=True)
