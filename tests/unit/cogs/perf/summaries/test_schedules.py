"""Schedules that are changed, paused, or several; and what one summary tells the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from cogs.perf.posting import PostError
from cogs.perf.schedule import Kind
from cogs.perf.schedule_store import Memory
from tests.unit.cogs.perf.summaries.world import HOUR, MINUTE, NINE, World
from utils.metrics.analysis.regressions import Told


async def test_setting_the_same_schedule_again_keeps_what_is_owed(world: World) -> None:
    first = await world.set()
    world.channel.refuse_post = PostError("Discord answered 503.", refused=False)
    await world.pass_time(2 * HOUR)
    assert await world.set() == first
    world.channel.refuse_post = None
    await world.pass_time(30 * MINUTE)
    assert len(world.channel.messages) == 1


@pytest.mark.parametrize(("clock", "after"), [(time(9, 30), HOUR), (time(15), 6 * HOUR)])
async def test_a_summary_that_is_owed_stays_owed_when_the_time_is_changed(
    world: World, clock: time, after: float
) -> None:
    await world.set()
    world.channel.refuse_post = PostError("Discord answered 503.", refused=False)
    await world.pass_time(2 * HOUR)
    await world.set(clock)
    world.channel.refuse_post = None
    await world.pass_time(after)
    assert [message.mark[-2:] for message in world.channel.messages] == ["24"]
    assert world.state() == "posted"


async def test_a_changed_time_on_the_same_day_does_not_post_again(world: World) -> None:
    await world.set()
    await world.pass_time(2 * HOUR)
    await world.set(time(15))
    await world.pass_time(10 * HOUR, step=300)
    assert len(world.channel.messages) == 1


async def test_removing_and_setting_anew_on_the_same_day_does_not_post_again(world: World) -> None:
    schedule = await world.set()
    await world.pass_time(2 * HOUR)
    assert await world.bot.remove(schedule)
    assert not await world.bot.remove(schedule)
    await world.set(time(15))
    await world.pass_time(10 * HOUR, step=300)
    assert len(world.channel.messages) == 1


async def test_several_kinds_in_one_channel_and_one_kind_in_two_are_each_posted_once(world: World) -> None:
    await world.set()
    await world.set(channel_id=3)
    await world.set(kind=Kind.WEEKLY, day=1)
    await world.set(time(10), kind=Kind.MONTHLY, day=24)
    await world.pass_time(15 * 24 * HOUR, step=1800)
    marks = [message.mark for message in world.channel.own()]
    assert sum(mark.startswith("summary due") for mark in marks) == 2 * 15
    assert [mark for mark in marks if "weekly" in mark] == [
        f"weekly summary due 2026-{day}" for day in ("11-24", "12-01", "12-08")
    ]
    assert [mark for mark in marks if "monthly" in mark] == ["monthly summary due 2026-11-24"]


async def test_a_missed_weekly_summary_is_told_in_the_next(world: World) -> None:
    await world.set(kind=Kind.WEEKLY, day=1)
    world.channel.refuse_post = PostError("I may not write to the channel.", refused=True)
    await world.pass_time(9 * HOUR, step=300)
    world.channel.refuse_post = None
    await world.pass_time(7 * 24 * HOUR, step=1800)
    (message,) = world.channel.own()
    assert message.text == "Last week's summary was given up (the last try failed: I may not write to the channel)."


async def test_nothing_is_posted_in_a_pause_and_nothing_of_it_afterwards(world: World) -> None:
    schedule = await world.set()
    await world.bot.set(replace(schedule, paused=True))
    await world.pass_time(50 * HOUR, step=600)
    assert world.channel.messages == []
    await world.bot.set(replace(schedule, paused=False, since=world.now))
    await world.pass_time(24 * HOUR, step=600)
    assert [message.mark[-2:] for message in world.channel.messages] == ["27"]


async def test_what_a_summary_told_is_known_to_the_next_also_after_a_restart(world: World) -> None:
    await world.set()
    await world.pass_time(HOUR)
    assert world.before is None
    world.start()
    await world.pass_time(24 * HOUR, step=600)
    assert world.before == Memory(NINE.timestamp(), {("op", "slower"): Told(1, NINE.timestamp())})


async def test_what_was_told_is_known_when_the_bot_died_before_it_heard_of_the_post(world: World) -> None:
    await world.set()
    world.channel.lose_answer = True
    await world.pass_time(HOUR)
    assert (await world.bot.book()).told == {}
    world.channel.lose_answer = False
    world.start()
    await world.pass_time(24 * HOUR, step=600)
    assert world.before is not None
    assert world.before.at == NINE.timestamp()


async def test_what_was_drawn_but_given_up_does_not_count_as_told(world: World) -> None:
    await world.set()
    world.channel.refuse_post = PostError("no", refused=True)
    await world.pass_time(9 * HOUR, step=300)
    world.channel.refuse_post = None
    await world.pass_time(18 * HOUR, step=300)
    assert world.before is None
