"""Questions that meet an index in a state that it should not be in: broken for real."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from tests.unit.utils.metrics.engine.background import ENTRIES, SMALL, wait_for_keeper
from utils.metrics.clock import SystemClock
from utils.metrics.engine import checkpoint
from utils.metrics.errors import StorageError
from utils.metrics.file_engine import FILE_NAME, FileEngine
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from utils.metrics.engine.index import Index


class Broken:
    """Metrics of a file of two days, all of it loaded."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        (directory / FILE_NAME).write_text(
            "".join(
                f'{{"operation": "op", "end_time": {place * 30}, "duration": {place % 7}, "success": {word}}}\n'
                for place, word in zip(range(ENTRIES), ["true", "true", "false"] * ENTRIES, strict=False)
            )
        )
        self.engine = FileEngine(directory, SystemClock(), sizes=SMALL)
        self.metrics = PerformanceMetrics(directory, engine=self.engine)
        assert self.metrics.wait_until_loaded()
        wait_for_keeper()

    @property
    def index(self) -> Index:
        return self.engine._index

    def lose_the_columns(self) -> None:
        del self.index.store.columns

    def lose_the_values(self) -> None:
        for chunk in self.index.store.columns["op"].chunks:
            del chunk.durations
            del chunk.ends


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Broken]:
    made = Broken(tmp_path / "metrics")
    yield made
    made.metrics.close()


BREAK = {"no columns": Broken.lose_the_columns, "no values": Broken.lose_the_values}
ASK: dict[str, Callable[[PerformanceMetrics], object]] = {
    "stats": lambda metrics: metrics.get_stats(last_hours=None)["op"].total_calls,
    "recent": lambda metrics: metrics.get_recent_metrics(limit=3),
    "failures": lambda metrics: metrics.get_recent_metrics(limit=3, failures_only=True),
    "slow": lambda metrics: metrics.get_slow_metrics(None, None, limit=3),
    "samples": lambda metrics: metrics.get_samples("op", 0.0, math.inf),
    "entries": lambda metrics: list(metrics.iter_entries()),
    "preview": lambda metrics: metrics.preview_cleanup(days=0).removed,
}
OF_WHAT_IS_LOADED = {"stats", "slow", "samples"}
"""Answers that grow while the file is loaded."""


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message.partition(" of ")[0] for record in caplog.records]


@pytest.mark.parametrize("how", BREAK)
@pytest.mark.parametrize("asked", ASK)
def test_a_question_is_answered_on_the_index_begun_anew_and_the_log_hears_of_it_once(
    broken: Broken, caplog: pytest.LogCaptureFixture, asked: str, how: str
) -> None:
    before = ASK[asked](broken.metrics)
    BREAK[how](broken)
    after = ASK[asked](broken.metrics)
    assert after == before or asked in OF_WHAT_IS_LOADED
    assert broken.metrics.wait_until_loaded()
    assert ASK[asked](broken.metrics) == before
    assert told(caplog) == ["The index"]


def test_health_says_that_the_index_is_made_anew(broken: Broken, caplog: pytest.LogCaptureFixture) -> None:
    broken.lose_the_columns()
    health = broken.metrics.health()
    assert health.index_state.startswith("rebuilding ")
    assert 0 < health.entries < ENTRIES
    assert health.last_error is None
    assert broken.metrics.wait_until_loaded()
    health = broken.metrics.health()
    assert (health.index_state, health.entries) == ("ready", ENTRIES)
    assert told(caplog) == ["The index"]


@pytest.mark.parametrize("how", BREAK)
def test_a_cleanup_removes_what_it_should(broken: Broken, how: str) -> None:
    BREAK[how](broken)
    assert broken.metrics.cleanup_old_metrics(days=0) == ENTRIES
    assert broken.metrics.path.stat().st_size == 0
    assert broken.metrics.get_stats(last_hours=None) == {}


def test_of_a_broken_index_nothing_is_saved_at_the_end(broken: Broken, caplog: pytest.LogCaptureFixture) -> None:
    saved = checkpoint.path_of(broken.metrics.path).read_bytes()
    broken.metrics.record("op", 1.0)
    assert broken.metrics.flush()
    broken.lose_the_columns()
    broken.metrics.close()
    assert checkpoint.path_of(broken.metrics.path).read_bytes() == saved
    assert told(caplog) == ["The index"]


def test_a_file_that_can_not_be_read_is_no_reason_to_forget_what_is_known(
    broken: Broken, caplog: pytest.LogCaptureFixture
) -> None:
    generation = broken.index.generation
    broken.metrics.path.rename(broken.metrics.path.with_name("elsewhere"))
    broken.metrics.path.symlink_to(broken.metrics.path)
    with pytest.raises(StorageError):
        broken.metrics.get_stats()
    assert broken.index.generation == generation
    assert not caplog.records
