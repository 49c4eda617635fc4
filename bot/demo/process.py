"""How the bot's process did in the story: started three times, and a little bigger every hour.

It is looked at each minute of its present run, and each ten minutes before, so that the story is soon told.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from bot.demo.call import Call
from utils.metrics.process.sample import ProcessSample
from utils.metrics.words import SAMPLE, START

if TYPE_CHECKING:
    from collections.abc import Iterator

_MINUTE = 60.0
_HOUR = 3_600.0
_DAY = 86_400.0
STARTS = (30.0, 11.9, 3.1)
"""When it was started, in days before the end."""
_BASE = 58e6
_LOADED = 14e6
"""Bytes that are loaded in the first half hour, once."""
GROWS = 0.6e6
"""Bytes an hour that never go away."""
_FILE_A_DAY = 0.3e6
_INDEX = 0.14
"""How big the index is for each byte of the file."""
HELD = 9 * _HOUR
"""Seconds before the end when something held the loop for long."""


def watch(end: float, seed: int) -> Iterator[Call]:
    """Tell how it did.

    Args:
        end: When the story ends, in seconds since the epoch.
        seed: Which of all stories.
    """
    draw = random.Random(seed + 1)  # noqa: S311 - a story, no secret; the rest of it goes on without this one
    runs = [end - days * _DAY for days in STARTS]
    for number, (started, until) in enumerate(zip(runs, [*runs[1:], end], strict=True)):
        yield Call(started, START, 0.0)
        pace = _MINUTE if until == end else 10 * _MINUTE
        moment = started + pace
        while moment < until:
            yield _sample(draw, moment, started, 4_000 + number, end)
            moment += pace


def _sample(draw: random.Random, moment: float, started: float, pid: int, end: float) -> Call:
    hours = (moment - started) / _HOUR
    held = 0.42 if 0 <= moment - (end - HELD) < _MINUTE else 0.0
    collections = draw.randint(2, 9)
    file = round(1e6 + _FILE_A_DAY * (STARTS[0] - (end - moment) / _DAY))
    kept = ProcessSample(
        end=moment,
        worst=held or draw.lognormvariate(-5.3, 0.6),
        pid=pid,
        started=round(started, 3),
        rss=round(_BASE + _LOADED * min(1.0, 2 * hours) + GROWS * hours + draw.random() * 1.5e6),
        cpu=draw.lognormvariate(-4.6, 0.5),
        threads=8 + draw.randint(0, 2),
        fds=27 + draw.randint(0, 5),
        lag=draw.uniform(0.0003, 0.0009),
        gc=collections * 0.0015,
        gc_max=draw.lognormvariate(-5.8, 0.4),
        collections=collections,
        file=file,
        index=round(_INDEX * file),
        pending=0,
        dropped=0,
    )
    return Call(moment, SAMPLE, kept.worst, kept.metadata)
