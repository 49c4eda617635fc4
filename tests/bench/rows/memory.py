"""How much memory an entry takes, resident, against objects in a list."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.bench.report import Row
from tests.bench.rounds import Contest
from tests.bench.setting import MONTH, forget_checkpoints, make_checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.setting import Setting

LIMIT = 32.0
_OBJECTS = "slotted objects in a list"
_STARTS = {"after loading": forget_checkpoints, "from a checkpoint": make_checkpoint}
ROUNDS = 3
"""Few: memory does not depend on what else the machine does."""


def memory(setting: Setting) -> Iterator[Row]:
    """Yield the rows of the bytes an entry takes.

    What grows with the entries is told apart from what does not by two sizes of file.
    """
    large = setting.sample(setting.entries, MONTH)
    small = setting.sample(setting.entries // 10, MONTH)
    values: dict[str, list[float]] = {name: [] for name in (*_STARTS, _OBJECTS)}
    constants: dict[str, list[float]] = {name: [] for name in _STARTS}
    for _ in range(ROUNDS):
        # Objects take what they take, few or many; there is no need for gigabytes.
        taken = _measure("objects", small)
        values[_OBJECTS].append(taken["bytes"] / taken["entries"])
        for name, make in _STARTS.items():
            for directory in (small, large):
                make(directory)
            little, much = _measure("index", small), _measure("index", large)
            each = (much["bytes"] - little["bytes"]) / (much["entries"] - little["entries"])
            values[name].append(each)
            constants[name].append(little["bytes"] - each * little["entries"])
    contest = Contest(values)
    for name in _STARTS:
        each, other = contest.spread(name).median, contest.spread(_OBJECTS).median
        constant = max(0.0, statistics.median(constants[name])) / 2**20
        yield Row(
            f"memory an entry of {setting.entries:,}",
            _OBJECTS,
            contest.ratio(name, _OBJECTS),
            f"{each:.1f} to {other:.0f} bytes resident; whatever the number, {constant:.1f} MiB",
            limit=f"≤ {LIMIT:.0f} bytes and a constant",
            within=each <= LIMIT,
            note=name,
        )


def _measure(what: str, directory: Path) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.resident", what, str(directory)], check=True, capture_output=True, text=True
    )
    shutil.rmtree(directory.parent / "empty")
    answer: dict[str, int] = json.loads(done.stdout)
    return answer
