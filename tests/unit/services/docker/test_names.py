from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from services.docker import Container, EngineUnreachable, State, Why
from services.docker.names import NameCache

if TYPE_CHECKING:
    import pytest

WEB = Container(id="1" * 64, name="web", image="x", state=State.RUNNING)


class Source:
    """Gives a list, after the door is open, or raises."""

    def __init__(self) -> None:
        self.asked = 0
        self.raises: Exception | None = None
        self.door = asyncio.Event()
        self.door.set()

    async def fetch(self) -> tuple[Container, ...]:
        self.asked += 1
        await self.door.wait()
        if self.raises:
            raise self.raises
        return (WEB,)


async def test_a_list_stands_for_a_while_and_is_not_fetched_again() -> None:
    source = Source()
    cache = NameCache(source.fetch, max_age=60, patience=1)
    assert await cache.get() == (WEB,)
    assert await cache.get() == (WEB,)
    assert source.asked == 1


async def test_an_old_list_is_fetched_again() -> None:
    source = Source()
    cache = NameCache(source.fetch, max_age=0, patience=1)
    await cache.get()
    await cache.get()
    assert source.asked == 2


async def test_many_askers_share_one_fetch() -> None:
    source = Source()
    source.door.clear()
    cache = NameCache(source.fetch, max_age=60, patience=5)
    askers = [asyncio.create_task(cache.get()) for _ in range(20)]
    await asyncio.sleep(0)
    source.door.set()
    assert await asyncio.gather(*askers) == [(WEB,)] * 20
    assert source.asked == 1


async def test_who_asks_while_the_engine_hangs_gets_the_old_list_in_time() -> None:
    source = Source()
    cache = NameCache(source.fetch, max_age=0, patience=0.01)
    await cache.get()
    source.door.clear()
    assert await cache.get() == (WEB,)
    await cache.close()


async def test_an_asker_that_is_cancelled_does_not_end_the_fetch_for_the_others() -> None:
    source = Source()
    source.door.clear()
    cache = NameCache(source.fetch, max_age=60, patience=5)
    first, second = asyncio.create_task(cache.get()), asyncio.create_task(cache.get())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    source.door.set()
    assert await second == (WEB,)
    assert first.cancelled()


async def test_a_failed_fetch_leaves_the_old_list_and_is_not_repeated_at_each_key_press() -> None:
    source = Source()
    cache = NameCache(source.fetch, max_age=60, patience=1)
    await cache.get()
    cache.expire()
    source.raises = EngineUnreachable("unix:///x", Why.NO_SOCKET)
    for _ in range(3):
        assert await cache.get() == (WEB,)
    assert source.asked == 2


async def test_even_an_unexpected_error_reaches_the_log_and_not_the_asker(caplog: pytest.LogCaptureFixture) -> None:
    source = Source()
    source.raises = RuntimeError("surprise")
    cache = NameCache(source.fetch, max_age=60, patience=1)
    with caplog.at_level(logging.ERROR):
        assert await cache.get() == ()
    assert "could not be fetched" in caplog.text


async def test_a_list_fetched_for_another_reason_serves_as_well() -> None:
    source = Source()
    cache = NameCache(source.fetch, max_age=60, patience=1)
    cache.put((WEB,))
    assert await cache.get() == (WEB,)
    assert source.asked == 0


async def test_closing_ends_a_fetch_under_way() -> None:
    source = Source()
    source.door.clear()
    cache = NameCache(source.fetch, max_age=60, patience=0.01)
    await cache.get()
    await cache.close()
    await cache.close()
    assert {task.get_name() for task in asyncio.all_tasks()}.isdisjoint({"docker-names"})
