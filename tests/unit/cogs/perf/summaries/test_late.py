"""A summary that is late or missed says so, and one that is given up is told the next day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cogs.perf.posting import PostError
from tests.unit.cogs.perf.summaries.world import HOUR, MINUTE, NINE, World

if TYPE_CHECKING:
    import pytest


async def test_trying_again_waits_longer_each_time(world: World) -> None:
    await world.set()
    await world.pass_time(HOUR - 1, step=HOUR)
    world.channel.refuse_post = PostError("Discord answered 503.", refused=False)
    await world.pass_time(6 * HOUR, step=30)
    assert 20 <= world.draws <= 40


async def test_what_fails_for_six_hours_is_given_up_and_told_the_next_day(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.set()
    world.channel.refuse_post = PostError("I may not write to the channel.", refused=True)
    await world.pass_time(6 * HOUR)
    assert world.problem() == "I may not write to the channel. I try again; a summary that is 6 h late is given up."
    await world.pass_time(2 * HOUR)
    assert world.state() == "given_up"
    assert "given up: the last try failed: I may not write to the channel" in caplog.text
    world.channel.refuse_post = None
    await world.pass_time(18 * HOUR, step=300)
    (message,) = world.channel.messages
    assert message.text == "Yesterday's summary was given up (the last try failed: I may not write to the channel)."
    assert world.problem() is None


async def test_a_summary_that_gets_through_late_says_so(world: World) -> None:
    await world.set()
    world.channel.refuse_post = PostError("Discord answered 503.", refused=False)
    await world.pass_time(2 * HOUR)
    world.channel.refuse_post = None
    await world.pass_time(30 * MINUTE)
    (message,) = world.channel.messages
    due = int(NINE.timestamp())
    assert message.text == f"This summary is late: it was due at <t:{due}:t> (it could not be posted before)."


async def test_a_missed_summary_is_caught_up_within_six_hours_and_says_when_the_bot_was_away(world: World) -> None:
    await world.set()
    await world.pass_time(10 * MINUTE)
    stopped = int(world.now)
    await world.bot.close()
    world.now += 4 * HOUR
    world.start()
    await world.bot.tick()
    (message,) = world.channel.messages
    assert message.text == (
        f"This summary is late: it was due at <t:{int(NINE.timestamp())}:t> "
        f"(the bot was offline from <t:{stopped}:f> to <t:{int(world.now)}:f>)."
    )


async def test_a_bot_killed_without_a_word_knows_within_minutes_when_it_was_away(world: World) -> None:
    await world.set()
    await world.pass_time(20 * MINUTE)
    killed = world.now
    world.now += 4 * HOUR
    world.start()
    await world.bot.tick()
    book = await world.bot.book()
    assert book.alive_at == world.now
    (message,) = world.channel.messages
    since = int(message.text.split("<t:")[2].split(":")[0])
    assert killed - 300 <= since <= killed


async def test_a_summary_missed_by_more_is_skipped_and_told_the_next_day(world: World) -> None:
    await world.set()
    await world.pass_time(10 * MINUTE)
    stopped = int(world.now)
    await world.bot.close()
    world.now = (NINE + timedelta(hours=7)).timestamp()
    back = int(world.now)
    world.start()
    await world.bot.tick()
    await world.pass_time(10 * HOUR, step=300)
    assert world.channel.messages == []
    assert world.state() == "skipped"
    await world.pass_time(8 * HOUR)
    (message,) = world.channel.messages
    assert message.text == (
        f"Yesterday's summary was missed (the bot was offline from <t:{stopped}:f> to <t:{back}:f>)."
    )


async def test_a_computer_that_slept_is_offline_too(world: World) -> None:
    await world.set()
    await world.pass_time(10 * MINUTE)
    asleep = int(world.now)
    world.now += 3 * HOUR  # the other clock slept, too
    await world.bot.tick()
    assert world.channel.messages == []
    await world.bot.tick()
    (message,) = world.channel.messages
    assert f"the bot was offline from <t:{asleep}:f> to <t:{int(world.now)}:f>" in message.text


async def test_without_a_look_into_the_channel_a_doubtful_post_is_given_up_rather_than_doubled(world: World) -> None:
    await world.set()
    world.channel.refuse_find = PostError("I may not look into the channel.", refused=True)
    world.channel.lose_answer = True
    await world.pass_time(HOUR)
    assert len(world.channel.messages) == 1
    world.channel.lose_answer = False
    world.skip(10 * MINUTE)
    await world.bot.tick()
    assert len(world.channel.messages) == 1
    assert world.state() == "given_up"
    await world.pass_time(24 * HOUR, step=300)
    assert world.channel.messages[-1].text == (
        "Yesterday's summary was given up (whether a try got through can't be told: I may not look into the channel)."
    )


async def test_without_a_look_into_the_channel_a_first_post_is_made(world: World) -> None:
    await world.set()
    world.channel.refuse_find = PostError("I may not look into the channel.", refused=True)
    await world.pass_time(HOUR)
    assert len(world.channel.messages) == 1
    assert world.state() == "posted"
