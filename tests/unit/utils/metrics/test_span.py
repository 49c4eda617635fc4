from __future__ import annotations

import asyncio
import gc
import logging
from typing import TYPE_CHECKING, Any

import pytest

from utils.metrics.intake import Intake
from utils.metrics.model import WallTime
from utils.metrics.outcome import Outcome
from utils.metrics.span import Span, Tracker

if TYPE_CHECKING:
    from utils.metrics.model import Record


class Ticks:
    """A clock that goes on one second with every reading."""

    def __init__(self) -> None:
        self.count = 0

    def monotonic(self) -> float:
        self.count += 1
        return float(self.count)


class Made:
    """Spans, and what came of them."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.intake = Intake(Ticks().monotonic, self.records.append)

    def span(self, metadata: Any = None) -> Span:  # noqa: ANN401 - anything is the point
        return Tracker(self.intake).track("op", metadata)


@pytest.fixture
def made() -> Made:
    return Made()


def test_a_plain_success_is_one_record_without_metadata(made: Made) -> None:
    with made.span() as span:
        assert span.duration == 0.0
    assert made.records == [("op", 2.0, 1.0, 0.0, True, None)]
    assert span.duration == 1.0


def test_the_metadata_is_copied_at_the_end(made: Made) -> None:
    mine = {"a": 1}
    with made.span(mine):
        mine["a"] = 2
    mine["a"] = 3
    assert made.records[0][5] == {"a": 2}


def test_what_is_added_after_the_end_changes_nothing(made: Made) -> None:
    with made.span() as span:
        span.add(a=1)
    span.add(a=2)
    assert made.records[0][5] == {"a": 1}


def test_metadata_that_cannot_be_copied_leaves_a_marker(made: Made) -> None:
    with made.span([1, 2]) as span:
        span.add(a=1)
    assert made.records[0][5] == {"metadata": "<unreadable list>", "a": 1}


def test_what_is_no_outcome_counts_as_an_error(made: Made) -> None:
    with made.span() as span:
        span.set_outcome("sideways")  # type: ignore[arg-type] # that is the point
    assert made.records[0][4:] == (False, {"outcome": "error"})


def test_an_exception_may_tell_its_outcome_and_is_not_swallowed(made: Made) -> None:
    class GoneError(Exception):
        outcome = Outcome.NOT_FOUND

    with pytest.raises(GoneError), made.span():
        raise GoneError("secret")
    assert made.records[0][4:] == (False, {"error_type": "GoneError", "outcome": "not_found"})


def test_a_coroutine_that_is_closed_in_the_middle_is_cancelled(made: Made) -> None:
    async def work() -> None:
        async with made.span():
            await asyncio.Future()

    loop = asyncio.new_event_loop()
    try:
        coroutine = work()
        loop.run_until_complete(asyncio.sleep(0))
        asyncio.set_event_loop(loop)
        coroutine.send(None)
        coroutine.close()
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    assert made.records[0][4:] == (False, {"error_type": "GeneratorExit", "outcome": "cancelled"})


def test_a_span_entered_again_after_its_end_measures_anew_and_says_that_it_should_not(
    made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    span = made.span({"a": 1})
    with span:
        span.add(b=2)
        span.exclude(0.5)
    with caplog.at_level(logging.WARNING), span:
        pass
    assert [record[2:] for record in made.records] == [
        (1.0, 0.5, True, {"a": 1, "b": 2, "waited": 0.5}),
        (1.0, 0.0, True, {"a": 1}),
    ]
    assert "entered twice" in caplog.text


def test_a_decorated_method_gets_its_object(made: Made) -> None:
    class Thing:
        def __init__(self, number: int) -> None:
            self.number = number

        @made.span()
        def double(self) -> int:
            return self.number * 2

        @made.span()
        async def triple(self) -> int:
            return self.number * 3

    assert Thing(2).double() == 4
    assert asyncio.run(Thing(2).triple()) == 6
    assert len(made.records) == 2


def test_the_decorator_measures_only_the_making_of_a_generator(made: Made) -> None:
    @made.span()
    def numbers() -> Any:  # noqa: ANN401 - a generator
        yield 1

    made_generator = numbers()
    assert len(made.records) == 1
    assert list(made_generator) == [1]
    assert len(made.records) == 1


def test_a_span_keeps_no_exception_alive(made: Made) -> None:
    class HeldError(Exception):
        pass

    with pytest.raises(HeldError), made.span() as span:
        raise HeldError
    assert not [thing for thing in gc.get_referents(span) if isinstance(thing, BaseException)]


def test_a_finished_measurement_ended_now_or_when_its_owner_says(made: Made) -> None:
    tracker = Tracker(made.intake)
    tracker.record("op", 0.5)
    tracker.record("op", 0.5, success=False, metadata={"a": 1}, end_time=5.0)
    assert made.records == [("op", 1.0, 0.5, 0.0, True, {}), ("op", 5.0, 0.5, 0.0, False, {"a": 1})]
    assert [type(record[1]) for record in made.records] == [float, WallTime]


def test_start_and_end_leave_what_they_measured_in_the_same_place(made: Made) -> None:
    tracker = Tracker(made.intake)
    assert tracker.end(tracker.start("op"), success=False) == 1.0
    assert made.records == [("op", 2.0, 1.0, 0.0, False, {})]
