"""How much memory an entry takes, resident, against objects in a list."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.bench.report import Row
from tests.bench.rounds import Contest
from tests.bench.setting import MONTH, forget_checkpoints, has_checkpoint, make_checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.setting import Setting

LIMIT = 32.0
_WARM = 20_000
_OBJECTS = "slotted objects in a list"
ROUNDS = 3
"""At most, for memory hardly depends on what else the machine does; one when the file is small."""


def _see_to_a_checkpoint(directory: Path) -> None:
    if not has_checkpoint(directory):
        make_checkpoint(directory)


_STARTS = {"after loading": forget_checkpoints, "from a checkpoint": _see_to_a_checkpoint}


def memory(setting: Setting) -> Iterator[Row]:
    """Yield the rows of the bytes an entry takes."""
    warm, large = setting.sample(_WARM, MONTH), setting.sample(setting.entries, MONTH)
    few = setting.sample(setting.entries // 10, MONTH)
    rounds = ROUNDS if setting.judged else 1
    # Objects take what they take, few or many; there is no need for gigabytes.
    found = {_OBJECTS: [_measure("objects", warm, few) for _ in range(rounds)]}
    for name, make in _STARTS.items():
        for directory in (warm, large):
            forget_checkpoints(directory)
        found[name] = []
        for _ in range(rounds):
            for directory in (warm, large):
                make(directory)
            found[name].append(_measure("index", warm, large))
    values = {name: [taken["bytes"] / taken["entries"] for taken in takes] for name, takes in found.items()}
    constants = {name: statistics.median(taken["constant"] for taken in takes) for name, takes in found.items()}
    contest = Contest(values)
    for name in _STARTS:
        each, other = statistics.median(values[name]), statistics.median(values[_OBJECTS])
        yield Row(
            f"memory an entry of {setting.entries:,}",
            _OBJECTS,
            contest.ratio(name, _OBJECTS),
            f"{each:.1f} to {other:.0f} bytes resident; whatever the number, {constants[name] / 2**20:.1f} MiB",
            limit=f"≤ {LIMIT:.0f} bytes and a constant",
            within=each <= LIMIT,
            note=name,
        )


def _measure(what: str, warm: Path, large: Path) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.resident", what, str(warm), str(large)],
        check=True,
        capture_output=True,
        text=True,
    )
    answer: dict[str, int] = json.loads(done.stdout)
    return answer
