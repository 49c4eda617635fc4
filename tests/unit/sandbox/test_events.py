import asyncio

import pytest

from sandbox import events
from sandbox.events import EventBus


async def test_a_watcher_hears_what_it_may_see() -> None:
    bus = EventBus()
    with bus.watch("ada") as ada, bus.watch("max") as max_:
        bus.publish({"t": "all"})
        bus.publish({"t": "hers"}, lambda user: user == "ada")

    assert [ada.get_nowait()["t"] for _ in range(ada.qsize())] == ["all", "hers"]  # type: ignore[index]  # no end yet
    assert max_.qsize() == 1


async def test_a_watcher_that_does_not_listen_loses_the_oldest_events() -> None:
    bus = EventBus()
    with bus.watch("ada") as queue:
        for number in range(events.BACKLOG + 1):
            bus.publish({"n": number})

    assert queue.qsize() == events.BACKLOG
    assert queue.get_nowait() == {"n": 1}


async def test_until_looks_again_whenever_something_happens() -> None:
    bus = EventBus()
    met: list[int] = []

    waiting = asyncio.create_task(bus.until(lambda: len(met) == 2, timeout=10))
    for number in range(2):
        await asyncio.sleep(0)
        met.append(number)
        bus.publish({})
    await waiting


async def test_until_gives_up() -> None:
    with pytest.raises(TimeoutError):
        await EventBus().until(lambda: False, timeout=0.01)
