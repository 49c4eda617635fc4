"""The file of the schedules is changed by another program while the bot runs, as `ddc-perf setup` does it."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from cogs.perf.schedule import Schedule
from cogs.perf.schedule_store import Book, ScheduleStore
from tests.unit.cogs.perf.summaries.world import HOUR, MINUTE, World

if TYPE_CHECKING:
    import discord


def set_beneath(world: World, clock: time = time(9), channel_id: int = 2) -> Schedule:
    """Set a daily summary as the other program does: read, add, save."""
    store = ScheduleStore(world.path)
    schedule = Schedule(1, channel_id, clock, "UTC", world.now)
    book = store.load()[0].with_schedule(schedule)
    store.save(book)
    return book.schedules[-1]


def saved(world: World) -> Book:
    return ScheduleStore(world.path).load()[0]


async def test_a_schedule_is_taken_up_at_the_next_tick_and_posted(world: World) -> None:
    await world.bot.tick()
    schedule = set_beneath(world)
    await world.bot.tick()
    assert (await world.bot.book()).schedules == (schedule,)
    await world.pass_time(2 * HOUR)
    assert len(world.channel.own()) == 1
    assert world.state() == "posted"


async def test_one_beside_those_of_the_chat_and_what_the_chat_sets_next_takes_none_away(world: World) -> None:
    first = await world.set()
    second = set_beneath(world, channel_id=3)
    third = await world.set(channel_id=4)  # with no tick in between
    assert saved(world).schedules == (await world.bot.book()).schedules == (first, second, third)
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    world.start()
    assert (await world.bot.book()).schedules == (first, second, third)


async def test_one_that_is_removed_beneath_is_posted_no_more(world: World) -> None:
    schedule = await world.set()
    store = ScheduleStore(world.path)
    store.save(store.load()[0].without_schedule(schedule))
    await world.pass_time(2 * HOUR)
    assert world.channel.own() == []
    assert saved(world).schedules == ()


async def test_one_that_is_set_while_a_summary_is_posted_costs_neither(world: World) -> None:
    await world.set()
    post = world.channel.post

    async def post_slowly(channel_id: int, embed: discord.Embed, nonce: str, files: tuple[()] = ()) -> int:
        set_beneath(world, time(15), channel_id=3)
        return await post(channel_id, embed, nonce, files)

    world.channel.post = post_slowly  # type: ignore[method-assign, assignment] # this fake, this once
    await world.pass_time(HOUR + MINUTE)
    world.channel.post = post  # type: ignore[method-assign] # as it was
    await world.pass_time(HOUR)
    assert [schedule.channel_id for schedule in saved(world).schedules] == [2, 3]
    assert [message.channel_id for message in world.channel.own()] == [2]
    assert world.state() == "posted"


async def test_an_old_book_in_its_place_makes_nothing_be_posted_again(world: World) -> None:
    await world.set()
    before = saved(world)
    await world.pass_time(2 * HOUR)
    world.channel.lose_find = True
    ScheduleStore(world.path).save(before)
    await world.pass_time(HOUR)
    assert len(world.channel.own()) == 1
    assert world.state() == "posted"


async def test_what_is_no_book_is_kept_aside_and_what_was_set_goes_on(world: World) -> None:
    schedule = await world.set()
    world.path.write_text('{"version": 2, "schedu', encoding="utf-8")
    await world.pass_time(2 * HOUR)
    assert len(world.channel.own()) == 1
    assert saved(world).schedules == (schedule,)
    (aside,) = (file for file in world.path.parent.iterdir() if "corrupt" in file.name)
    assert aside.read_text(encoding="utf-8") == '{"version": 2, "schedu'
