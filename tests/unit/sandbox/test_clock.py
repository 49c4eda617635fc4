import asyncio

from sandbox.clock import ManualClock, SystemClock


async def test_sleepers_wake_when_the_clock_is_moved_past_their_time_and_not_before() -> None:
    clock = ManualClock(0)
    woken: list[int] = []

    async def sleeper(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    tasks = [asyncio.create_task(sleeper(seconds)) for seconds in (5, 3, 900)]
    await asyncio.sleep(0)
    clock.advance(4)
    await asyncio.sleep(0.01)
    assert woken == [3]

    clock.advance(1000)
    await asyncio.gather(*tasks)
    assert woken == [3, 5, 900]


async def test_a_sleep_of_nothing_returns_at_once() -> None:
    await ManualClock(0).sleep(0)
    await SystemClock().sleep(0)


async def test_a_sleeper_that_is_cancelled_is_forgotten() -> None:
    clock = ManualClock(0)
    task = asyncio.create_task(clock.sleep(5))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    clock.advance(10)
    assert clock.time() == 10
