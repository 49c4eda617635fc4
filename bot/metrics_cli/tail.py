"""``tail``: the latest calls, then each new one as it comes, whoever measures it."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from bot.metrics_cli import codes, shapes, source
from bot.metrics_cli.terminal import Terminal, complain, say
from utils.metrics.follow import Follower

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from utils.metrics.model import MetricEntry

INTERVAL = 0.1
"""Seconds between two looks at the file."""


def tail(options: argparse.Namespace) -> int:
    """Follow the file until Ctrl+C."""
    path = source.metrics_of(options).path
    follower = Follower(path)
    draw = _drawing(options)

    def wanted(entry: MetricEntry) -> bool:
        of = options.operation is None or entry.operation == options.operation
        return of and not (options.failures and entry.success)

    try:
        for entry in follower.last(options.limit, wanted):
            say(draw(entry))
        if not path.exists():
            complain(f"There is no file {path} yet; waiting for it.")
        while True:
            for entry in follower.new():
                if wanted(entry):
                    say(draw(entry))
            time.sleep(INTERVAL)
    except KeyboardInterrupt:
        return codes.FINE  # how it is meant to end
    finally:
        follower.close()


def _drawing(options: argparse.Namespace) -> Callable[[MetricEntry], str]:
    if options.json:
        return lambda entry: shapes.text_of(shapes.entry(entry), indent=None)
    from bot.metrics_cli.tables import line_of  # noqa: PLC0415 - rich, which --json does without

    return lambda entry: line_of(entry, Terminal.of(sys.stdout, os.environ))
