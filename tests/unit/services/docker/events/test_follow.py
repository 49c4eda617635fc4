"""The engine's events are heard once each, over whatever happens to the connection."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker import EngineError, EngineUnreachable, Why
from services.docker.events.follow import Follower, Heard, pause_after
from services.docker.events.parse import Event, Happening
from tests.contract.docker.happening import NOON, RememberingEngine, raw_event
from tests.contract.docker.real import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CUT = EngineUnreachable("unix:///fake.sock", Why.CUT)


class Ear:
    """A follower at work, and what it heard."""

    def __init__(self, engine: RememberingEngine, quiet: float) -> None:
        self.heard: list[Event] = []
        self.pauses: list[int] = []
        self.follower = Follower(engine, self._hear, quiet=quiet, clock=lambda: NOON, pause=self._pause)

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.heard]

    def is_well(self) -> bool:
        return self.follower.listening

    def _hear(self, event: Event) -> None:
        self.heard.append(event)
        if event.name == "trouble":
            raise RuntimeError("what comes of this event fails")

    def _pause(self, failures: int) -> float:
        self.pauses.append(failures)
        return 0.0


@asynccontextmanager
async def listening(engine: RememberingEngine, quiet: float = 60.0) -> AsyncIterator[Ear]:
    ear = Ear(engine, quiet)
    task = asyncio.create_task(ear.follower.run())
    try:
        await until(lambda: bool(engine.listeners))
        yield ear
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_the_past_is_not_told_at_the_first_start() -> None:
    engine = RememberingEngine()
    engine.happen(raw_event("before", "die", NOON - 1))
    async with listening(engine) as ear:
        engine.happen(raw_event("after", "die", NOON + 1))
        await until(lambda: bool(ear.heard))
    assert ear.names == ["after"]
    assert engine.asked == [None]


@pytest.mark.parametrize("end", [CUT, None], ids=["broken", "ended by an engine that is shut down"])
async def test_nothing_is_missed_and_nothing_doubled_over_a_lost_connection(end: EngineUnreachable | None) -> None:
    engine = RememberingEngine()
    async with listening(engine) as ear:
        engine.happen(raw_event("one", "die", NOON + 10))
        await until(lambda: len(ear.heard) == 1)
        engine.broken = CUT
        engine.cut(end)
        await until(lambda: len(ear.pauses) > 3)
        engine.happen(raw_event("two", "die", NOON + 11))
        engine.broken = None
        await until(lambda: len(ear.heard) == 2)
        engine.happen(raw_event("three", "die", NOON + 12))
        await until(lambda: len(ear.heard) == 3)
    assert ear.names == ["one", "two", "three"]


async def test_what_happened_while_the_first_connection_was_lost_is_heard_though_nothing_was_before() -> None:
    engine = RememberingEngine()
    engine.happen(raw_event("before", "die", NOON - 60))
    async with listening(engine) as ear:
        engine.cut(CUT)
        engine.happen(raw_event("meanwhile", "die", NOON + 1))
        await until(lambda: bool(ear.heard))
    assert ear.names == ["meanwhile"]


async def test_an_event_with_an_earlier_stamp_than_one_heard_is_not_lost_over_a_reconnect() -> None:
    engine = RememberingEngine()
    async with listening(engine) as ear:
        engine.happen(raw_event("first", "die", NOON + 8))
        engine.happen(raw_event("one", "die", NOON + 10))
        await until(lambda: len(ear.heard) == 2)
        engine.past.append(raw_event("stamped before, sent after", "die", NOON + 9.5))
        engine.cut(CUT)
        await until(lambda: len(ear.heard) == 3)
    assert ear.names == ["first", "one", "stamped before, sent after"]


async def test_a_line_that_went_dead_unnoticed_is_exchanged_and_what_it_swallowed_is_heard() -> None:
    engine = RememberingEngine()
    async with listening(engine, quiet=0.05) as ear:
        engine.go_dead()
        engine.happen(raw_event("web", "die", NOON + 1))
        await until(lambda: bool(ear.heard))
        assert (ear.names, ear.pauses) == (["web"], [])


async def test_failures_in_a_row_are_counted_and_the_first_event_ends_the_count() -> None:
    engine = RememberingEngine()
    async with listening(engine) as ear:
        engine.broken = CUT
        engine.cut(CUT)
        await until(lambda: len(ear.pauses) >= 3)
        assert not ear.is_well()
        assert ear.follower.trouble is CUT
        engine.broken = None
        await until(lambda: bool(engine.listeners))
        engine.happen(raw_event("web", "start", NOON + 1))
        await until(lambda: bool(ear.heard))
        assert ear.is_well()
        engine.cut(CUT)
        count = len(ear.pauses)
        await until(lambda: len(ear.pauses) > count)
    assert ear.pauses[:3] == [1, 2, 3]
    assert ear.pauses[-1] == 1


async def test_an_engine_that_refuses_its_events_is_told_as_trouble_and_asked_again() -> None:
    class Shut(RememberingEngine):
        async def version(self) -> dict[str, Any]:
            return {}

    engine = Shut(broken=EngineError(403, "forbidden by the proxy"))
    ear = Ear(engine, 60.0)
    task = asyncio.create_task(ear.follower.run())
    await until(lambda: len(ear.pauses) >= 3)
    assert isinstance(ear.follower.trouble, EngineError)
    assert ear.pauses[:3] == [1, 2, 3]
    engine.broken = None
    await until(lambda: bool(engine.listeners))
    task.cancel()
    await asyncio.wait([task])


async def test_what_an_event_leads_to_may_fail_and_the_next_is_heard() -> None:
    engine = RememberingEngine()
    async with listening(engine) as ear:
        engine.happen(raw_event("trouble", "die", NOON + 1))
        engine.happen(raw_event("web", "die", NOON + 2))
        await until(lambda: len(ear.heard) == 2)
    assert ear.names == ["trouble", "web"]


async def test_a_stream_that_cannot_be_read_is_taken_up_behind_what_broke_it() -> None:
    engine = RememberingEngine()
    async with listening(engine) as ear:
        engine.happen(raw_event("one", "die", NOON - 100))
        await until(lambda: bool(ear.heard))
        engine.cut(EngineUnreachable("unix:///fake.sock", Why.NOT_DOCKER))
        await until(lambda: len(engine.asked) == 2)
    assert engine.asked == [None, NOON]


async def test_closing_leaves_no_connection_behind() -> None:
    engine = RememberingEngine()
    async with listening(engine):
        assert engine.listeners == 1
    assert engine.listeners == 0


@given(st.integers(1, 10_000))
def test_a_pause_is_between_one_second_and_a_minute(failures: int) -> None:
    assert 1.0 <= pause_after(failures) <= 60.0


MOMENTS = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 5_000)), max_size=60)


@given(MOMENTS, st.lists(st.integers(0, 60), max_size=5))
def test_whatever_is_sent_again_each_event_is_new_once(told: list[tuple[str, int]], cuts: list[int]) -> None:
    events = [Event(name, name, Happening.DIE, round(NOON * 1e9) + tenths * 100_000_000) for name, tenths in told]
    heard = Heard(NOON)
    new: list[Event] = []
    for index, event in enumerate(events):
        if index in cuts:
            new += [one for one in events[:index] if one.at >= heard.since and heard.is_new(one)]
        if heard.is_new(event):
            new.append(event)
    assert new == list(dict.fromkeys(events))


@given(MOMENTS)
def test_no_connection_asks_for_what_was_before_the_first_event(told: list[tuple[str, int]]) -> None:
    heard = Heard(NOON)
    for name, tenths in told:
        heard.is_new(Event(name, name, Happening.DIE, round(NOON * 1e9) + tenths * 100_000_000))
        assert heard.since >= NOON + told[0][1] / 10 - 0.001
