from __future__ import annotations

import asyncio
import gc
import weakref
from contextvars import copy_context
from typing import TYPE_CHECKING

from utils.metrics.clock import SystemClock
from utils.metrics.intake import Intake
from utils.metrics.started import MAX_OPEN, StartedSpans

if TYPE_CHECKING:
    from utils.metrics.model import Record


def make() -> tuple[StartedSpans, list[Record]]:
    records: list[Record] = []
    return StartedSpans(Intake(SystemClock.monotonic, records.append)), records


def test_two_owners_do_not_end_each_others_by_name() -> None:
    (one, one_records), (two, two_records) = make(), make()
    one.start("op")
    assert two.end("op", success=True, metadata=None) == 0.0
    assert one.end("op", success=True, metadata=None) > 0.0
    assert (len(one_records), len(two_records)) == (1, 0)


def test_a_token_ends_once_whoever_asks() -> None:
    spans, records = make()
    token = spans.start("op")
    assert token.is_open()
    assert spans.end("op", success=True, metadata=None) > 0.0
    assert not token.is_open()
    assert spans.end(token, success=True, metadata=None) == 0.0
    assert len(records) == 1
    assert repr(token) == "<Started 'op', ended>"


def test_open_ones_are_forgotten_with_their_context() -> None:
    spans, _ = make()
    context = copy_context()
    token = context.run(spans.start, "op")
    assert spans.end("op", success=True, metadata=None) == 0.0
    left = weakref.ref(token)
    del context, token
    gc.collect()
    assert left() is None


async def test_what_a_task_left_open_is_not_ended_by_name_outside_of_tasks() -> None:
    spans, records = make()
    ended = asyncio.Queue[float]()

    async def leave_one_open() -> None:
        spans.start("op")
        # Runs in a copy of this context when the task has gone, and in no task.
        loop.call_later(0.01, lambda: ended.put_nowait(spans.end("op", success=True, metadata=None)))

    loop = asyncio.get_running_loop()
    await asyncio.create_task(leave_one_open())
    gc.collect()
    assert await ended.get() == 0.0
    assert records == []


def test_one_context_keeps_so_many_open_ones_and_no_more() -> None:
    spans, records = make()
    for _ in range(MAX_OPEN + 100):
        spans.start("op")
    while spans.end("op", success=True, metadata=None):
        pass
    assert len(records) == MAX_OPEN


class Hostile:
    """Refuses to be compared, and to be true or false."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    def __hash__(self) -> int:
        raise RuntimeError

    def __bool__(self) -> bool:
        raise RuntimeError


def test_what_is_no_name_and_no_truth_raises_nothing() -> None:
    spans, records = make()
    token = spans.start(Hostile())  # type: ignore[arg-type] # that is the point
    assert spans.end(Hostile(), success=True, metadata=None) == 0.0  # type: ignore[arg-type] # as above
    assert spans.end(token, success=Hostile(), metadata=None) > 0.0  # type: ignore[arg-type] # as above
    assert [record[4] for record in records] == [False]
