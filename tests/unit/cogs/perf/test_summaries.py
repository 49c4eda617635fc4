"""Each day's summary is in the channel exactly once, whatever fails and whenever the bot stops."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import discord
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cogs.perf.posting import NONCE_MEMORY, Drawn, PostError, nonce_of
from cogs.perf.schedule import Decision, Kind, Schedule, State, marker
from cogs.perf.schedule_store import Book, Claim, Memory, ScheduleStore, ScheduleStoreError
from cogs.perf.summaries import Summaries
from utils.metrics.analysis.regressions import Told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = date(2026, 11, 24)
MINUTE = 60.0
HOUR = 3600.0


@dataclass
class Posted:
    id: int
    mark: str
    text: str
    nonce: str
    at: float
    channel_id: int


@dataclass
class FakeChannel:
    """A channel in memory that takes a nonce once within its memory, as Discord does, and shows a page at a time."""

    clock: Callable[[], float]
    ahead: float = 0.0
    """Seconds by which Discord's clock, which stamps the messages, is ahead of the bot's."""
    page: int = 3
    messages: list[Posted] = field(default_factory=list)
    refuse_post: PostError | None = None
    refuse_find: PostError | None = None
    lose_answer: bool = False
    """Take the message, but let its answer be lost."""
    lose_find: bool = False
    finds: int = 0

    def chat(self, number: int) -> None:
        """Let others write."""
        for _ in range(number):
            self._add("", "", "")

    def own(self) -> list[Posted]:
        """The bot's messages."""
        return [one for one in self.messages if one.mark]

    async def find(self, channel_id: int, mark: str, after: datetime) -> int | None:
        assert channel_id
        if self.refuse_find is not None:
            raise self.refuse_find
        self.finds += 1
        before = len(self.messages)
        while before > 0 and not self.lose_find:
            shown = self.messages[max(0, before - self.page) : before]
            fitting = (one for one in shown if (one.mark, one.channel_id) == (mark, channel_id))
            found = [one.id for one in fitting if one.at >= after.timestamp()]
            if found or shown[0].at < after.timestamp():
                return found[-1] if found else None
            before -= self.page
        return None

    async def post(self, channel_id: int, embed: discord.Embed, nonce: str, files: Sequence[discord.File] = ()) -> int:
        assert channel_id
        assert 1 <= len(nonce) <= 25
        assert not files
        if self.refuse_post is not None:
            raise self.refuse_post
        for one in self.messages:
            if one.nonce == nonce and self.clock() + self.ahead - one.at <= NONCE_MEMORY:
                return one.id
        message = self._add(embed.footer.text or "", embed.description or "", nonce, channel_id)
        if self.lose_answer:
            raise PostError("Discord answered 503.", refused=False)
        return message.id

    def _add(self, mark: str, text: str, nonce: str, channel_id: int = 2) -> Posted:
        message = Posted(len(self.messages) + 1, mark, text, nonce, self.clock() + self.ahead, channel_id)
        self.messages.append(message)
        return message


class World:
    """A bot that can be stopped and started, its file and its channel."""

    def __init__(self, folder: Path, now: datetime = NINE - timedelta(hours=1)) -> None:
        self.now = now.timestamp()
        self.run = 0.0
        """Seconds on the clock that is never set."""
        self.path = folder / "summary_schedule.json"
        self.channel = FakeChannel(lambda: self.now)
        self.draws = 0
        self.before: Memory | None = None
        """What the last drawing was told that was told before."""
        self.bot = self.start()

    def start(self) -> Summaries:
        """Start another process; what the old one knew is lost but for the file."""
        self.bot = Summaries(
            lambda: ScheduleStore(self.path), self.channel, self.draw, lambda: self.now, lambda: self.run
        )
        return self.bot

    async def draw(self, schedule: Schedule, decision: Decision, notes: list[str], before: Memory | None) -> Drawn:
        assert schedule.guild_id == 1
        self.draws += 1
        self.before = before
        embed = discord.Embed(description="\n".join(notes)).set_footer(text=marker(schedule.kind, decision.day))
        return Drawn(embed, Memory(decision.moment.timestamp(), {("op", "slower"): Told(self.draws, self.now)}))

    async def set(self, clock: time = time(9), channel_id: int = 2, kind: Kind = Kind.DAILY, day: int = 0) -> Schedule:
        return await self.bot.set(Schedule(1, channel_id, clock, "UTC", self.now, kind, day))

    def problem(self) -> str | None:
        return self.bot.problem(Schedule(1, 2, time(9), "UTC", 0.0))

    async def pass_time(self, seconds: float, step: float = 30.0) -> None:
        """Let time pass with a tick each step."""
        end = self.now + seconds
        while self.now < end:
            self.skip(min(step, end - self.now))
            await self.bot.tick()

    def put_clock(self, seconds: float) -> None:
        """Put the bot's clock forward or, below zero, back; Discord's goes on as it was."""
        self.now += seconds
        self.channel.ahead -= seconds

    def skip(self, seconds: float) -> None:
        """Let time pass without a tick."""
        self.now += seconds
        self.run += seconds

    def state(self, day: date = TODAY) -> str | None:
        claims = json.loads(self.path.read_text())["claims"]
        return next((claim["state"] for claim in claims if claim["date"] == day.isoformat()), None)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


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


async def test_a_disk_that_takes_no_claim_lets_nothing_be_posted(world: World, tmp_path: Path) -> None:
    await world.set()
    kept = world.path.read_bytes()
    world.path.unlink()
    (world.path / "in the way").mkdir(parents=True)
    await world.pass_time(2 * HOUR)
    assert world.channel.messages == []
    assert "could not be saved" in (world.problem() or "")
    (world.path / "in the way").rmdir()
    world.path.rmdir()
    world.path.write_bytes(kept)
    await world.pass_time(HOUR)
    assert len(world.channel.messages) == 1
    assert names(tmp_path) == [world.path.name]


def names(folder: Path) -> list[str]:
    return [left.name for left in folder.iterdir()]


async def test_a_confirmation_that_cannot_be_saved_is_saved_later(world: World) -> None:
    await world.set()
    await world.pass_time(HOUR - 1, step=HOUR)
    post = world.channel.post

    async def post_and_break_the_disk(
        channel_id: int, embed: discord.Embed, nonce: str, files: Sequence[discord.File] = ()
    ) -> int:
        message_id = await post(channel_id, embed, nonce, files)
        world.path.rename(world.path.with_name("away"))
        (world.path / "in the way").mkdir(parents=True)
        return message_id

    world.channel.post = post_and_break_the_disk  # type: ignore[method-assign] # this fake, this once
    await world.pass_time(10 * MINUTE)
    (world.path / "in the way").rmdir()
    world.path.rmdir()
    await world.pass_time(5 * MINUTE)
    assert world.state() == "posted"
    assert len(world.channel.messages) == 1


async def test_one_channels_trouble_does_not_keep_another_waiting_and_is_logged_once_in_words(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.set()
    elsewhere = await world.bot.set(Schedule(9, 5, time(9), "No/Where", world.now))
    await world.pass_time(HOUR)
    assert len(world.channel.messages) == 1
    assert "the time zone `No/Where` any more. `pip install tzdata`" in (world.bot.problem(elsewhere) or "")
    (record,) = [one for one in caplog.records if "channel 5" in one.message]
    assert "No/Where" in record.message
    assert record.exc_info is None


async def test_an_unforeseen_trouble_is_logged_once_with_its_traceback(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = await world.bot.set(Schedule(2, 5, time(9), "UTC", world.now))  # the world draws for server 1 alone
    await world.pass_time(3 * HOUR)
    assert "failed with AssertionError" in (world.bot.problem(elsewhere) or "")
    (record,) = [one for one in caplog.records if "channel 5" in one.message]
    assert record.exc_info


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


async def test_a_damaged_file_is_told_until_a_schedule_is_set_again(world: World) -> None:
    world.path.write_text("{")
    await world.bot.tick()
    assert "was damaged" in (world.problem() or "")
    await world.set()
    assert world.problem() is None


async def test_a_file_that_cannot_be_read_keeps_the_tick_alive_and_is_told_to_who_asks(world: World) -> None:
    (world.path / "in the way").mkdir(parents=True)
    await world.bot.tick()
    with pytest.raises(ScheduleStoreError):
        await world.set()
    (world.path / "in the way").rmdir()
    world.path.rmdir()
    await world.set()
    assert await world.bot.book() != Book()


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
