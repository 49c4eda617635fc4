"""Each day's summary is in the channel exactly once, whatever fails and whenever the bot stops."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cogs.perf.posting import PostError, nonce_of
from cogs.perf.schedule import Kind, Schedule, State, marker
from cogs.perf.schedule_store import Claim, ScheduleStore
from tests.unit.cogs.perf.summaries.world import HOUR, MINUTE, NINE, TODAY, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord


async def test_a_summary_is_posted_once_at_its_moment(world: World) -> None:
    await world.set()
    await world.pass_time(HOUR - 1, step=599)
    assert world.channel.messages == []
    await world.pass_time(1)
    assert [message.mark for message in world.channel.messages] == ["summary due 2026-11-24"]
    assert world.channel.messages[0].text == ""
    assert world.state() == "posted"
    await world.pass_time(14 * HOUR, step=600)
    assert len(world.channel.messages) == 1


async def test_a_summary_comes_each_day(world: World) -> None:
    await world.set()
    await world.pass_time(73 * HOUR, step=600)
    assert [message.mark[-2:] for message in world.channel.messages] == ["24", "25", "26", "27"]


async def test_without_a_schedule_nothing_is_posted_and_no_file_is_made(world: World) -> None:
    await world.pass_time(26 * HOUR, step=HOUR)
    assert world.channel.messages == []
    assert not world.path.exists()


async def test_a_restart_after_the_post_does_not_post_again(world: World) -> None:
    await world.set()
    await world.pass_time(HOUR)
    world.start()
    await world.pass_time(5 * HOUR)
    assert len(world.channel.messages) == 1


async def test_the_claim_is_on_disk_before_the_post(world: World) -> None:
    await world.set()
    world.channel.refuse_post = PostError("Discord answered 503.", refused=False)
    await world.pass_time(HOUR)
    assert world.state() == "claimed"


async def test_a_crash_between_post_and_confirmation_does_not_post_again(world: World) -> None:
    schedule = await world.set()
    await world.pass_time(HOUR)
    # The disk as it was at the crash: claimed, not confirmed.
    store = ScheduleStore(world.path)
    book, _ = store.load()
    store.save(book.with_claim(schedule, TODAY, Claim(State.CLAIMED, world.now)))
    world.start()
    await world.pass_time(10 * MINUTE)
    assert len(world.channel.messages) == 1
    assert world.state() == "posted"


async def test_a_crash_between_claim_and_post_posts_after_the_restart(world: World) -> None:
    schedule = await world.set()
    store = ScheduleStore(world.path)
    book, _ = store.load()
    store.save(book.with_claim(schedule, TODAY, Claim(State.CLAIMED, NINE.timestamp())))
    world.now = NINE.timestamp() + 5 * MINUTE
    world.start()
    await world.pass_time(MINUTE)
    assert len(world.channel.messages) == 1


async def test_a_lost_answer_is_found_in_the_channel_and_not_posted_again(world: World) -> None:
    await world.set()
    world.channel.lose_answer = True
    await world.pass_time(HOUR)
    assert world.state() == "claimed"
    world.channel.lose_answer = False
    await world.pass_time(20 * MINUTE)
    assert len(world.channel.messages) == 1
    assert world.state() == "posted"


async def test_a_lost_answer_and_a_late_history_are_saved_by_the_nonce(world: World) -> None:
    await world.set()
    world.channel.lose_answer = world.channel.lose_find = True
    await world.pass_time(HOUR)
    world.channel.lose_answer = False
    await world.pass_time(MINUTE)
    assert len(world.channel.messages) == 1


@pytest.mark.parametrize("ahead", [-12 * HOUR, -150.0, 0.0, 150.0, 12 * HOUR])
async def test_a_lost_answer_is_found_whatever_the_bots_clock_says(world: World, ahead: float) -> None:
    world.channel.ahead = ahead
    await world.set()
    world.channel.lose_answer = True
    world.channel.chat(20)
    await world.pass_time(HOUR)
    world.channel.lose_answer = False
    world.channel.chat(20)
    world.start()
    world.skip(10 * MINUTE)  # Discord has forgotten the nonce
    await world.pass_time(20 * MINUTE)
    assert len(world.channel.own()) == 1
    assert world.state() == "posted"


async def claimed_and_killed(world: World, *, tried: bool) -> None:
    """Leave a claim that was never confirmed, and be away for seven hours."""
    schedule = await world.set()
    if tried:
        await world.pass_time(HOUR + MINUTE)
    else:
        await world.pass_time(HOUR - MINUTE)
        world.skip(2 * MINUTE)
    store = ScheduleStore(world.path)
    book, _ = store.load()
    store.save(book.with_claim(schedule, TODAY, Claim(State.CLAIMED, NINE.timestamp())))
    world.skip(7 * HOUR)
    world.start()


async def test_a_post_that_was_never_confirmed_is_looked_for_before_it_is_given_up(world: World) -> None:
    await claimed_and_killed(world, tried=True)
    await world.bot.tick()
    assert world.state() == "posted"
    await world.pass_time(18 * HOUR, step=300)
    assert [message.text for message in world.channel.messages] == ["", ""]


async def test_a_look_before_giving_up_that_fails_is_tried_again(world: World) -> None:
    await claimed_and_killed(world, tried=True)
    world.channel.refuse_find = PostError("Discord answered 503.", refused=False)
    await world.bot.tick()
    assert world.state() == "claimed"
    world.channel.refuse_find = None
    await world.pass_time(MINUTE)
    assert world.state() == "posted"


async def test_a_bot_killed_before_it_could_post_says_that_it_was_away(world: World) -> None:
    await claimed_and_killed(world, tried=False)
    back = int(world.now)
    await world.bot.tick()
    assert world.state() == "given_up"
    await world.pass_time(18 * HOUR, step=300)
    (message,) = world.channel.messages
    assert message.text.startswith("Yesterday's summary was given up (the bot was offline from <t:")
    assert message.text.endswith(f" to <t:{back}:f>).")


async def test_why_a_summary_was_given_up_is_known_after_a_restart(world: World) -> None:
    await world.set()
    world.channel.refuse_post = PostError("I may not write to the channel.", refused=True)
    await world.pass_time(2 * HOUR)
    world.start()
    world.channel.refuse_post = None
    world.skip(7 * HOUR)
    await world.pass_time(18 * HOUR, step=300)
    (message,) = world.channel.messages
    assert message.text == "Yesterday's summary was given up (the last try failed: I may not write to the channel)."


@pytest.mark.parametrize("days", [30, 1, -1, -30])
@pytest.mark.parametrize("looks", [True, False])
async def test_a_clock_that_is_wrong_for_one_tick_changes_nothing(world: World, days: int, looks: bool) -> None:  # noqa: FBT001 - a parameter of the test
    await world.set()
    await world.pass_time(2 * HOUR)
    kept = await world.bot.book()
    if not looks:
        world.channel.refuse_find = PostError("I may not look into the channel.", refused=True)
    world.put_clock(days * 24 * HOUR)
    await world.bot.tick()
    world.put_clock(-days * 24 * HOUR)
    await world.pass_time(2 * MINUTE)
    assert (await world.bot.book()).claims == kept.claims
    await world.pass_time(25 * HOUR, step=600)
    assert [message.mark[-2:] for message in world.channel.messages] == ["24", "25"]
    assert world.channel.messages[-1].text == ""


async def test_a_clock_that_is_put_back_does_not_make_a_try_wait_longer(world: World) -> None:
    await world.set()
    world.channel.refuse_post = PostError("Discord answered 503.", refused=False)
    await world.pass_time(2 * HOUR)
    world.channel.refuse_post = None
    world.put_clock(-30 * MINUTE)
    await world.pass_time(16 * MINUTE)
    assert len(world.channel.messages) == 1


async def test_without_a_look_a_clock_that_was_put_back_does_not_double_a_post(world: World) -> None:
    await world.set()
    world.channel.refuse_find = PostError("I may not look into the channel.", refused=True)
    world.channel.lose_answer = True
    world.skip(HOUR + 20 * MINUTE)
    await world.bot.tick()
    world.channel.lose_answer = False
    world.put_clock(-10 * MINUTE)
    world.skip(4 * MINUTE)  # Discord has forgotten the nonce
    await world.pass_time(5 * MINUTE)
    assert len(world.channel.messages) == 1


async def test_asking_and_setting_do_not_wait_for_a_slow_post(world: World) -> None:
    first = await world.set()
    under_way, answered = asyncio.Event(), asyncio.Event()
    post = world.channel.post

    async def slow(channel_id: int, embed: discord.Embed, nonce: str, files: Sequence[discord.File] = ()) -> int:
        under_way.set()
        await answered.wait()
        return await post(channel_id, embed, nonce, files)

    world.channel.post = slow  # type: ignore[method-assign] # this fake, this once
    world.skip(HOUR)
    ticking = asyncio.create_task(world.bot.tick())
    await under_way.wait()
    async with asyncio.timeout(10):
        assert (await world.bot.book()).of_guild(1) == (first,)
        second = await world.set(time(15))
        assert (await world.bot.book()).of_guild(1) == (second,)
    assert not ticking.done()
    answered.set()
    await ticking
    assert world.state() == "posted"
    assert ScheduleStore(world.path).load()[0].of_guild(1) == (second,)
    await world.pass_time(10 * HOUR, step=300)
    assert len(world.channel.messages) == 1


async def test_a_lost_file_of_claims_does_not_post_again(world: World) -> None:
    await world.set()
    await world.pass_time(HOUR)
    world.path.unlink()
    world.now -= HOUR
    world.start()
    await world.set()
    world.now += HOUR + 30 * MINUTE
    await world.bot.tick()
    assert len(world.channel.messages) == 1


async def test_ticks_at_the_same_time_post_once(world: World) -> None:
    await world.set()
    world.skip(HOUR)
    await asyncio.gather(*(world.bot.tick() for _ in range(5)))
    assert len(world.channel.messages) == 1


def test_a_nonce_is_the_same_for_the_same_day_and_channel_alone() -> None:
    one = Schedule(1, 2, time(9), "UTC", 0.0)
    assert nonce_of(one, TODAY) == nonce_of(Schedule(1, 2, time(10), "Europe/Berlin", 5.0), TODAY)
    assert nonce_of(one, TODAY) != nonce_of(one, TODAY + timedelta(days=1))
    assert nonce_of(one, TODAY) != nonce_of(Schedule(1, 3, time(9), "UTC", 0.0), TODAY)


KINDS = ["pass", "restart", "lose answer", "refuse", "chat", "sleep", "wrong clock", "heal"]
EVENTS = st.lists(st.tuples(st.sampled_from(KINDS), st.floats(30, 3 * HOUR)), max_size=12)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(events=[("lose answer", 2 * HOUR)], ahead=-150.0)
@example(events=[("chat", 49.0), ("lose answer", 2 * HOUR), ("chat", 49.0), ("restart", HOUR)], ahead=150.0)
@given(events=EVENTS, ahead=st.floats(-HOUR, HOUR))
async def test_whatever_happens_no_date_is_posted_twice(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, float]], ahead: float
) -> None:
    world = World(tmp_path_factory.mktemp("world"))
    world.channel.ahead = ahead
    await world.set()
    for event, seconds in events:
        if event == "restart":
            world.start()
        elif event == "chat":
            world.channel.chat(int(seconds) % 50)
        elif event == "sleep":
            world.now += seconds
        elif event == "wrong clock":
            away = (seconds - HOUR) * 500
            world.put_clock(away)
            await world.bot.tick()
            world.put_clock(-away)
        world.channel.lose_answer = event == "lose answer"
        world.channel.refuse_post = PostError("no", refused=True) if event == "refuse" else None
        await world.pass_time(seconds, step=300)
    marks = [message.mark for message in world.channel.own()]
    assert len(marks) == len(set(marks))
    # At the end of a quiet day with nothing in the way, that day's summary is there, and none of days to come.
    world.channel.lose_answer, world.channel.refuse_post = False, None
    await world.pass_time(36 * HOUR, step=900)
    today = datetime.fromtimestamp(world.now, UTC).date()
    marks = [message.mark for message in world.channel.own()]
    assert marks.count(marker(Kind.DAILY, today - timedelta(days=1))) == 1
    assert len(marks) == len(set(marks))
    assert max(marks) <= marker(Kind.DAILY, today)
