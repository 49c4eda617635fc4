from __future__ import annotations

import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.unit.utils.metrics.engine.background import ENTRIES, PATIENCE, SMALL, wait_for_keeper
from utils.metrics.engine import checkpoint
from utils.metrics.engine.index import Index
from utils.metrics.engine.keeper import Keeper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Kept:
    """An index on a file of two days, and its keeper."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()
        self.index = Index(path, sizes=SMALL)
        self.keeper = Keeper(self.index, self.lock, path)

    def ask(self) -> str:
        """Do to the index what a question does; return its state."""
        with self.lock:
            self.index.refresh()
            self.keeper.wake()
            return self.index.state

    def ends(self) -> list[float]:
        """Return the ends of all entries that are known."""
        return [row[0] for chunk in self.index.store.columns["op"].chunks for row in chunk.rows(0)]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    path = tmp_path / "file"
    path.write_text(
        "".join(
            f'{{"operation": "op", "end_time": {place * 30}, "duration": {place % 7}, "success": true}}\n'
            for place in range(ENTRIES)
        )
    )
    made = Kept(path)
    yield made
    made.keeper.close(PATIENCE)
    made.index.close()


def test_all_is_loaded_put_in_order_and_saved_in_the_background(kept: Kept) -> None:
    assert kept.ask().startswith("loading ")
    wait_for_keeper()
    assert kept.ends() == [place * 30.0 for place in range(ENTRIES)]
    assert not kept.index.store.untidy
    assert all(chunk.settled for chunk in kept.index.store.columns["op"].chunks[:-1])
    assert checkpoint.path_of(kept.path).exists()


def test_what_is_broken_while_it_is_loaded_is_rebuilt_from_the_file_and_told_once(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    with kept.lock:
        kept.index.refresh()
        del kept.index.store.columns
        kept.keeper.wake()
    wait_for_keeper()
    assert kept.ask().startswith("rebuilding ")
    wait_for_keeper()
    assert kept.ask() == "ready"
    assert kept.ends() == [place * 30.0 for place in range(ENTRIES)]
    assert [record.message for record in caplog.records] == [
        f"The index of {kept.path} failed, and is made anew from the file."
    ]


def test_what_is_broken_while_it_is_put_in_order_is_rebuilt_without_the_checkpoint(kept: Kept) -> None:
    kept.ask()
    wait_for_keeper()
    column = kept.index.store.columns["op"]
    with kept.lock:
        column.chunks[0].settled = False
        del column.chunks[0].durations
        column.tidy(0)
        column.leave_out(0.0)
        kept.index.store.untidy = True
        kept.keeper.wake()
    wait_for_keeper()
    assert kept.ask().startswith("rebuilding ")
    assert not kept.index.restored
    wait_for_keeper()
    assert kept.ends() == [place * 30.0 for place in range(ENTRIES)]


def test_a_fault_that_stays_is_logged_once_and_tried_again_after_a_rest(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        with kept.lock:
            kept.index.refresh()
            del kept.index.store.columns
            kept.keeper.wake()
        wait_for_keeper()
    # The third time nobody was woken.
    assert not hasattr(kept.index.store, "columns")
    assert len(caplog.records) == 1


def test_who_helps_with_the_loading_is_told_what_is_broken_and_finds_it_whole_the_next_time(kept: Kept) -> None:
    with kept.lock:
        kept.index.refresh()
        del kept.index.store.columns
    with pytest.raises(AttributeError):
        kept.keeper.load(time.monotonic() + PATIENCE)
    with kept.lock:
        kept.index.refresh()
    assert kept.keeper.load(time.monotonic() + PATIENCE)
    assert kept.ends() == [place * 30.0 for place in range(ENTRIES)]


def test_a_question_that_fails_on_the_new_index_too_raises_and_does_not_have_it_begun_anew_each_time(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    def question() -> None:
        with kept.lock:
            kept.index.refresh()
            del kept.index.store.columns
            kept.index.store.names()

    begun = [kept.index.generation]
    for _ in range(4):
        with pytest.raises(AttributeError):
            kept.keeper.answered(question)
        begun.append(kept.index.generation)
    # The file is found at the first, which counts as a beginning.
    assert [after - before for before, after in pairwise(begun)] == [2, 1, 0, 0]
    assert len(caplog.records) == 1
