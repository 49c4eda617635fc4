"""A message that shows the newest and is not edited too often."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord

from cogs.docker.groups.pace import Pace

if TYPE_CHECKING:
    import pytest


def embed(text: str) -> discord.Embed:
    return discord.Embed(title=text)


class Message:
    """Keeps what it is edited to; edits can be held up."""

    def __init__(self) -> None:
        self.shown: list[str | None] = []
        self.edits = asyncio.Semaphore(0)
        self.open = asyncio.Event()
        self.open.set()
        self.broken: Exception | None = None

    async def edit(self, embed: discord.Embed) -> None:
        await self.open.wait()
        self.shown.append(embed.title)
        self.edits.release()
        if self.broken is not None:
            raise self.broken


async def test_what_comes_in_between_is_passed_over_and_the_newest_is_shown() -> None:
    message = Message()
    async with Pace(message.edit, seconds=0.01) as pace:
        pace.tell(embed("first"))
        await message.edits.acquire()
        for text in ("second", "third", "last"):
            pace.tell(embed(text))
        await message.edits.acquire()
    assert message.shown == ["first", "last"]


async def test_between_two_edits_there_is_the_given_time() -> None:
    message = Message()
    loop = asyncio.get_running_loop()
    async with Pace(message.edit, seconds=0.1) as pace:
        pace.tell(embed("first"))
        await message.edits.acquire()
        began = loop.time()
        pace.tell(embed("second"))
        await message.edits.acquire()
    assert loop.time() - began >= 0.09


async def test_the_same_is_not_shown_twice() -> None:
    message = Message()
    async with Pace(message.edit, seconds=0.0) as pace:
        pace.tell(embed("same"))
        await message.edits.acquire()
        pace.tell(embed("same"))
        await asyncio.sleep(0.01)
        pace.tell(embed("other"))
        await message.edits.acquire()
    assert message.shown == ["same", "other"]


async def test_leaving_waits_for_the_edit_under_way_and_shows_nothing_after_it() -> None:
    message = Message()
    message.open.clear()
    async with Pace(message.edit, seconds=0.0) as pace:
        pace.tell(embed("under way"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        pace.tell(embed("too late"))
        asyncio.get_running_loop().call_later(0.01, message.open.set)
    assert message.shown == ["under way"]
    await asyncio.sleep(0.01)
    assert message.shown == ["under way"]


async def test_an_edit_that_fails_ends_in_the_log_and_the_next_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    message = Message()
    message.broken = OSError("a secret")
    async with Pace(message.edit, seconds=0.0) as pace:
        pace.tell(embed("one"))
        await message.edits.acquire()
        pace.tell(embed("two"))
        await message.edits.acquire()
    assert "OSError" in caplog.text
    assert "secret" not in caplog.text
