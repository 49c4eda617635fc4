"""Writes files of measurements, the same ones at each call, line by line what the engine itself would have written."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "performance_metrics.jsonl"
OPERATIONS = (
    "docker_operation",
    "command.perf.stats",
    "command.perf.recent",
    "command.docker.restart",
    "component.confirm.press",
    "autocomplete.docker.container",
    "task.daily_summary",
    "config_load",
    "token_decrypt",
    "discord_api",
)
# Of a hundred calls, whose they are: a few operations make most of them, as in a real bot.
_TURNS = tuple(random.Random(1).choices(range(len(OPERATIONS)), weights=(20, 6, 4, 4, 6, 15, 5, 10, 10, 20), k=1_009))
_METADATA = (
    *(["{}"] * 7),
    '{"container": "nginx", "action": "restart"}',
    '{"container": "postgres", "action": "stop", "queue_wait": 0.012}',
    '{"method": "PATCH", "route": "/webhooks/{application_id}/{token}/messages/@original"}',
)
_FAILED_EVERY = 53
_TABLE = 65_536
_SLICE = 10_000
_LINE = (
    '{"operation": "%s", "start_time": %.6f, "end_time": %.6f, "duration": %.9f, "success": %s, "timestamp": "%s", '
    '"metadata": %s}\n'
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A file to measure with.

    Attributes:
        entries: how many lines.
        seconds: over what time they are spread, evenly, in order.
        end: when the last one ended, seconds since the epoch.
    """

    entries: int
    seconds: float
    end: float

    def write(self, directory: Path) -> Path:
        """Write the file into a directory, which is made; return its path."""
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / FILE
        lines = self.lines()
        with path.open("w", encoding="utf-8", newline="\n") as file:
            while part := "".join(islice(lines, _SLICE)):
                file.write(part)
        return path

    def lines(self) -> Iterator[str]:
        """Yield the lines, oldest first."""
        table = _durations()
        step = self.seconds / self.entries
        begin = self.end - self.seconds
        turns, metadata = len(_TURNS), len(_METADATA)
        for number in range(self.entries):
            turn = _TURNS[number % turns]
            # The table again and again, but no value twice: equal ones would make the work lighter.
            duration = round(table[number % _TABLE] * (1 + turn) * (1 + number // _TABLE * 1e-4), 9)
            end = round(begin + (number + 1) * step, 6)
            yield _LINE % (
                OPERATIONS[turn],
                round(end - duration, 6),
                end,
                duration,
                "true" if number % _FAILED_EVERY else "false",
                _timestamp(math.floor(end)),
                _METADATA[number % metadata],
            )


@lru_cache(maxsize=4)
def _timestamp(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(second))


@lru_cache(maxsize=1)
def _durations() -> tuple[float, ...]:
    """Return seconds as calls take them: most a few milliseconds, some a hundred times as long."""
    draw = random.Random(2)
    return tuple(draw.lognormvariate(math.log(0.02), 1.2) for _ in range(_TABLE))
