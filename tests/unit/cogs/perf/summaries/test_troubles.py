"""A disk or a channel in trouble: nothing is posted twice, and somebody is told."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

import pytest

from cogs.perf.schedule import Schedule
from cogs.perf.schedule_store import Book, ScheduleStoreError
from tests.unit.cogs.perf.summaries.world import HOUR, MINUTE, World

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import discord


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
