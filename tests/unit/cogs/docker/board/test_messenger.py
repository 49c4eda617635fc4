"""One channel's message through what Discord and the disk can do to it, with a channel in memory in Discord's place."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cogs.docker.board.drawing import Drawing
from cogs.docker.board.lookout import Sight
from cogs.docker.board.messenger import Messenger
from cogs.docker.board.outlet import LostError
from cogs.docker.board.planner import Pace
from cogs.docker.board.store import Post, StoreError
from services.docker import Container, State
from tests.contract.docker.real import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import discord

    from cogs.docker.board.outlet import Outlet

PACE = Pace(edit=0.01, life=1000.0, repost=0.01, first_pause=0.01, longest_pause=0.05)


@dataclass
class Channel:
    """A channel in memory: what is posted, and what goes wrong next."""

    messages: dict[int, str] = field(default_factory=dict)
    trouble: list[Exception] = field(default_factory=list)
    posts: int = 0

    async def find(self, post: Post) -> int | None:
        return next((one for one in sorted(self.messages, reverse=True) if one > (post.previous_id or 0)), None)

    async def post(self, _channel_id: int, embed: discord.Embed, _nonce: str) -> int:
        self.posts += 1
        self.messages[self.posts] = embed.title or ""
        return self.posts

    async def edit(self, _channel_id: int, message_id: int, embed: discord.Embed) -> None:
        if self.trouble:
            raise self.trouble.pop()
        self.messages[message_id] = embed.title or ""

    async def delete(self, _channel_id: int, message_id: int) -> None:
        self.messages.pop(message_id, None)


@dataclass
class Stage:
    channel: Channel = field(default_factory=Channel)
    saved: list[Post] = field(default_factory=list)
    full_disk: int = 0
    containers: int = 1

    @property
    def title(self) -> str:
        return f"Containers · {self.containers} of {self.containers} up"

    async def save(self, post: Post) -> None:
        if self.full_disk and post.message_id is not None:
            self.full_disk -= 1
            raise StoreError("saved", Path("book.json"), "no space left on device")
        self.saved.append(post)

    async def drop(self, _channel_id: int) -> None:
        raise AssertionError("no channel goes here")

    def draw(self, _post: Post) -> Drawing:
        found = tuple(
            Container(id=f"{number:064}", name=f"c{number}", image="x", state=State.RUNNING)
            for number in range(self.containers)
        )
        return Drawing(Sight(found), found)

    @asynccontextmanager
    async def messenger(self) -> AsyncIterator[Messenger]:
        messenger = Messenger(
            Post(guild_id=1, channel_id=2),
            outlet=cast("Outlet", self.channel),
            save=self.save,
            drop=self.drop,
            draw=self.draw,
            wall=lambda: 1000.0,
            pace=PACE,
        )
        messenger.start()
        try:
            yield messenger
        finally:
            await messenger.close(1.0)


async def test_one_that_is_too_old_to_be_edited_makes_room_for_a_new_one() -> None:
    stage = Stage()
    async with stage.messenger() as messenger:
        await messenger.tried(5)
        stage.channel.trouble.append(LostError(deleted=False, ours=True))
        stage.containers = 2
        messenger.wake()
        await until(lambda: stage.channel.messages == {2: stage.title})
        assert (messenger.post.losses, messenger.post.previous_id) == (0, 1)


async def test_a_full_disk_after_the_post_makes_no_second_post_and_is_made_up_for() -> None:
    stage = Stage(full_disk=2)
    async with stage.messenger() as messenger:
        await messenger.tried(5)
        await until(lambda: bool(stage.saved) and stage.saved[-1].message_id == 1)
        await until(lambda: messenger.problem is None)
    assert (stage.channel.posts, stage.channel.messages) == (1, {1: stage.title})


async def test_a_claim_is_on_disk_before_anything_is_posted() -> None:
    stage = Stage()
    async with stage.messenger() as messenger:
        await messenger.tried(5)
    claim, noted = stage.saved
    assert (claim.message_id, bool(claim.nonce)) == (None, True)
    assert noted.message_id == 1


async def test_what_nobody_thought_of_is_reported_and_tried_again() -> None:
    stage = Stage()
    async with stage.messenger() as messenger:
        await messenger.tried(5)
        stage.channel.trouble.append(ZeroDivisionError())
        stage.containers = 3
        messenger.wake()
        await until(lambda: stage.channel.messages[1] == stage.title)
        await until(lambda: messenger.problem is None)
