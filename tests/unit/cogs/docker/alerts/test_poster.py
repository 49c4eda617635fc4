"""Alerts are posted in their order and edited with news, whatever Discord does meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from cogs.docker.alerts.channel import MessageGoneError, PostError
from cogs.docker.alerts.embeds import Posting
from cogs.docker.alerts.poster import Poster, pause_after
from services.docker import Container, State
from services.docker.events import Alert, Bulletin, Kind
from tests.contract.docker.real import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import discord
    import pytest

AWAY = PostError("Discord answered 503.", refused=False)
FORBIDDEN = PostError("I may not write to the channel.", refused=True)


class MemoryChannel:
    """Channels in memory that take nothing while an error is set."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.tries = 0
        self.nonces: list[str] = []
        self.messages: dict[int, tuple[int, str]] = {}

    async def post(self, channel_id: int, embed: discord.Embed, nonce: str) -> int:
        self._try()
        self.nonces.append(nonce)
        self.messages[len(self.nonces)] = (channel_id, embed.description or "")
        return len(self.nonces)

    async def edit(self, channel_id: int, message_id: int, embed: discord.Embed) -> None:
        self._try()
        if message_id not in self.messages:
            raise MessageGoneError
        self.messages[message_id] = (channel_id, embed.description or "")

    def _try(self) -> None:
        self.tries += 1
        if self.error is not None:
            raise self.error

    def names(self) -> list[str]:
        return [text.split("`")[1] for _, text in self.messages.values()]


@asynccontextmanager
async def posting(channel: MemoryChannel) -> AsyncIterator[Poster]:
    poster = Poster(channel, lambda _failures: 0.0)
    poster.start()
    yield poster
    await poster.close()


def bulletin(number: int, name: str = "", recovered: float | None = None) -> Bulletin:
    container = Container(id="id", name=name or f"c{number}", image="i", state=State.UNKNOWN)
    return Bulletin(number, (Alert(container, {Kind.DIED: 1}, 1.0, 1, recovered),))


async def test_bulletins_are_posted_in_their_order_each_with_a_nonce_of_its_own() -> None:
    channel = MemoryChannel()
    async with posting(channel) as poster:
        for number in (1, 2, 3):
            poster.put(7, bulletin(number))
        await until(lambda: len(channel.messages) == 3)
    assert channel.names() == ["c1", "c2", "c3"]
    assert len(set(channel.nonces)) == 3
    assert all(len(nonce) <= 25 for nonce in channel.nonces)


async def test_news_edits_the_message_where_it_was_posted() -> None:
    channel = MemoryChannel()
    async with posting(channel) as poster:
        poster.put(7, bulletin(1))
        await until(lambda: bool(channel.messages))
        poster.put(8, bulletin(1, recovered=2.0))  # the channel was changed meanwhile
        await until(lambda: "running again" in channel.messages[1][1])
    assert channel.messages[1][0] == 7
    assert len(channel.messages) == 1


async def test_what_discord_does_not_take_now_is_tried_again_and_nothing_is_lost() -> None:
    channel = MemoryChannel()
    channel.error = AWAY
    async with posting(channel) as poster:
        poster.put(7, bulletin(1))
        poster.put(7, bulletin(2))
        await until(lambda: channel.tries > 3)
        assert poster.posting == Posting(AWAY.reason, 0)
        poster.put(7, bulletin(1, recovered=2.0))
        channel.error = None
        await until(lambda: len(channel.messages) == 2)
        assert poster.posting == Posting()
    assert "running again" in channel.messages[1][1], "news of what waits takes its place"
    assert len(set(channel.nonces)) == 2


async def test_a_refusal_is_told_in_the_log_once_and_shown_until_a_post_succeeds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    channel = MemoryChannel()
    channel.error = FORBIDDEN
    async with posting(channel) as poster:
        for number in range(4):
            poster.put(7, bulletin(number))
        await until(lambda: poster.posting.lost == 4)
        assert channel.tries == 4
        assert poster.posting.problem == FORBIDDEN.reason
        assert len([record for record in caplog.records if "could not be posted" in record.message]) == 1
        channel.error = None
        poster.put(7, bulletin(5))
        await until(lambda: bool(channel.messages))
        await until(lambda: poster.posting.problem is None)
    assert channel.names() == ["c5"]


async def test_no_more_than_fifty_wait_and_the_oldest_gives_way() -> None:
    channel = MemoryChannel()
    poster = Poster(channel)
    for number in range(60):
        poster.put(7, bulletin(number))
    poster.start()
    await until(lambda: len(channel.messages) == 50)
    await poster.close()
    assert channel.names()[0] == "c10"
    assert poster.posting.lost == 10


async def test_a_message_that_somebody_deleted_stays_deleted_and_is_no_problem() -> None:
    channel = MemoryChannel()
    async with posting(channel) as poster:
        poster.put(7, bulletin(1))
        await until(lambda: bool(channel.messages))
        channel.messages.clear()
        poster.put(7, bulletin(1, recovered=2.0))
        await until(lambda: channel.tries == 2)
        poster.put(7, bulletin(2))
        await until(lambda: bool(channel.messages))
        assert (poster.posting.problem, poster.posting.lost) == (None, 0)
    assert channel.names() == ["c2"]


async def test_a_message_that_fails_in_an_unforeseen_way_keeps_no_other_back() -> None:
    channel = MemoryChannel()
    async with posting(channel) as poster:
        channel.error = RuntimeError("nobody thought of this")
        poster.put(7, bulletin(1))
        await until(lambda: bool(channel.tries))
        channel.error = None
        poster.put(7, bulletin(2))
        await until(lambda: bool(channel.messages))
        assert poster.posting.lost == 1
    assert channel.names() == ["c2"]


async def test_closing_ends_a_worker_that_waits() -> None:
    poster = Poster(MemoryChannel())
    poster.start()
    await asyncio.sleep(0)
    await poster.close()


def test_pauses_grow_to_five_minutes() -> None:
    assert [pause_after(failures) for failures in (1, 2, 3, 9, 99)] == [5, 10, 20, 300, 300]
