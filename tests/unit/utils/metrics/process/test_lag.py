"""Real event loops that are really held: a sleep lasts at least as long as it is asked to, which is all that counts."""

from __future__ import annotations

import asyncio
import time

from utils.metrics.parts import Collection, attach_meter, detach_meter
from utils.metrics.process.lag import NOISE, Lags, LoopLag

STEP = 0.02
HELD = 0.08


def hold() -> None:
    time.sleep(HELD)


async def turn() -> None:
    """Let a timer that is due run: it gets its turn after what is ready already."""
    for _ in range(2):
        await asyncio.sleep(0)


async def test_a_loop_that_was_held_is_late_by_as_much_less_one_step() -> None:
    lag = LoopLag(STEP)
    lag.start(asyncio.get_running_loop())
    hold()
    await turn()
    taken = lag.take()
    lag.stop()
    assert taken.worst >= HELD - STEP
    assert lag.total() >= HELD - STEP


async def test_each_look_counts_once_and_the_next_answer_begins_anew() -> None:
    lag = LoopLag(STEP)
    lag.start(asyncio.get_running_loop())
    hold()
    await turn()
    first = lag.take()
    assert lag.take() == Lags(0.0, 0.0)
    lag.stop()
    assert first.middle == first.worst > 0


async def test_who_holds_the_loop_sees_it_before_the_timer_has_its_turn() -> None:
    lag = LoopLag(STEP)
    lag.start(asyncio.get_running_loop())
    before = lag.total()
    hold()
    held = lag.total() - before
    lag.stop()
    assert held >= HELD - STEP


async def test_what_an_idle_machine_is_late_does_not_count_as_held() -> None:
    lag = LoopLag(NOISE / 10)
    lag.start(asyncio.get_running_loop())
    for _ in range(20):
        await asyncio.sleep(NOISE / 10)
    taken = lag.take()
    lag.stop()
    assert taken.worst > NOISE or lag.total() == 0


async def test_after_the_stop_nothing_is_looked_at_any_more() -> None:
    lag = LoopLag(STEP)
    lag.start(asyncio.get_running_loop())
    lag.stop()
    hold()
    await turn()
    assert (lag.take(), lag.total()) == (Lags(0.0, 0.0), 0.0)


async def test_a_call_is_told_how_long_the_loop_was_held_meanwhile_and_no_earlier_time() -> None:
    lag = LoopLag(STEP)
    lag.start(asyncio.get_running_loop())
    attach_meter("lag", lag.total)
    hold()
    await turn()
    before = lag.total()
    with Collection() as late:
        hold()
        told = late.rounded()
    held = lag.total() - before
    detach_meter("lag", lag.total)
    lag.stop()
    assert HELD - STEP - 0.001 <= told["lag"] <= held + 0.001
    with Collection() as after:
        hold()
    assert after.rounded() == {}
