from __future__ import annotations

import asyncio

import pytest

from services.docker import Busy, Stopping
from services.docker.queue import OperationQueue


class People:
    """Numbered tasks that go through a queue, and what was seen of them."""

    def __init__(self, queue: OperationQueue) -> None:
        self.queue = queue
        self.tasks: list[asyncio.Task[None]] = []
        self.leave: list[asyncio.Event] = []
        self.entered: list[int] = []
        self.inside: set[int] = set()
        self.most_inside = 0

    def arrive(self, *, background: bool = False) -> int:
        number = len(self.tasks)
        self.leave.append(asyncio.Event())
        self.tasks.append(asyncio.create_task(self._go(number, background=background)))
        return number

    async def _go(self, number: int, *, background: bool) -> None:
        async with self.queue.place(background=background):
            self.entered.append(number)
            self.inside.add(number)
            self.most_inside = max(self.most_inside, len(self.inside))
            try:
                await self.leave[number].wait()
            finally:
                self.inside.discard(number)

    async def arrive_and_settle(self, count: int, *, background: bool = False) -> None:
        for _ in range(count):
            self.arrive(background=background)
        await settle()

    async def all_leave(self) -> list[BaseException | None]:
        for event in self.leave:
            event.set()
        return [
            result if isinstance(result, BaseException) else None
            for result in await asyncio.gather(*self.tasks, return_exceptions=True)
        ]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_three_work_at_once_and_the_fourth_waits() -> None:
    people = People(OperationQueue(3))
    await people.arrive_and_settle(4)
    assert (people.inside, people.queue.working, people.queue.waiting) == ({0, 1, 2}, 3, 1)
    people.leave[1].set()
    await settle()
    assert (people.inside, people.queue.waiting) == ({0, 2, 3}, 0)
    await people.all_leave()
    assert people.queue.working == 0


async def test_whoever_came_first_gets_in_first() -> None:
    people = People(OperationQueue(1))
    await people.arrive_and_settle(20)
    await people.all_leave()
    assert people.entered == list(range(20))


async def test_a_latecomer_cannot_slip_in_when_a_place_was_just_given_back() -> None:
    queue = OperationQueue(1)
    people = People(queue)
    await people.arrive_and_settle(2)
    people.leave[0].set()
    await asyncio.sleep(0)  # number 0 has given its place back, number 1 has not run yet
    people.arrive()
    await people.all_leave()
    assert people.entered == [0, 1, 2]


async def test_one_too_many_is_refused_at_once() -> None:
    people = People(OperationQueue(1, limit=2))
    await people.arrive_and_settle(3)
    with pytest.raises(Busy) as caught:
        await people.queue.acquire()
    assert caught.value.waiting == 2
    assert "2 Docker operations wait" in caught.value.user_message
    await people.all_leave()


async def test_a_cancelled_waiter_makes_room_in_the_line() -> None:
    people = People(OperationQueue(1, limit=1))
    await people.arrive_and_settle(2)
    people.tasks[1].cancel()
    await settle()
    await people.arrive_and_settle(1)
    await people.all_leave()
    assert people.entered == [0, 2]


async def test_cancelling_every_waiter_stops_nobody_else() -> None:
    people = People(OperationQueue(2))
    await people.arrive_and_settle(10)
    for task in people.tasks[2:9]:
        task.cancel()
    await people.all_leave()
    assert people.entered == [0, 1, 9]
    assert (people.queue.working, people.queue.waiting) == (0, 0)


async def test_a_waiter_cancelled_in_the_moment_it_got_a_place_hands_it_on() -> None:
    people = People(OperationQueue(1))
    await people.arrive_and_settle(3)
    people.leave[0].set()
    await asyncio.sleep(0)
    people.tasks[1].cancel()  # the place is its already, but it has not run since
    await settle()
    assert people.inside == {2}
    await people.all_leave()
    assert people.queue.working == 0


async def test_work_that_raises_or_times_out_gives_its_place_back() -> None:
    queue = OperationQueue(1)
    with pytest.raises(ValueError, match="broken"):
        async with queue.place():
            raise ValueError("broken")
    with pytest.raises(TimeoutError):
        async with queue.place(), asyncio.timeout(0):
            await asyncio.Event().wait()
    assert queue.working == 0


async def test_the_wait_is_measured_and_no_wait_is_zero() -> None:
    queue = OperationQueue(1)
    assert await queue.acquire() == 0.0
    waiter = asyncio.create_task(queue.acquire())
    await asyncio.sleep(0.02)
    queue.release()
    assert await waiter >= 0.015
    queue.release()


async def test_closing_lets_work_finish_and_refuses_those_who_wait_and_those_who_come() -> None:
    people = People(OperationQueue(1))
    await people.arrive_and_settle(3)
    closing = asyncio.create_task(people.queue.close())
    await settle()
    with pytest.raises(Stopping):
        await people.queue.acquire()
    assert people.inside == {0}
    people.leave[0].set()
    assert await closing is True
    first, *others = await people.all_leave()
    assert first is None
    assert [type(other) for other in others] == [Stopping, Stopping]


async def test_closing_tells_when_its_grace_was_too_short() -> None:
    people = People(OperationQueue(1))
    await people.arrive_and_settle(1)
    assert await people.queue.close(grace=0.01) is False
    await people.all_leave()
    assert await people.queue.close() is True


async def test_a_waiter_refused_and_cancelled_at_once_leaves_no_trace() -> None:
    people = People(OperationQueue(1))
    await people.arrive_and_settle(2)
    closing = asyncio.create_task(people.queue.close())
    await asyncio.sleep(0)
    people.tasks[1].cancel()
    await people.all_leave()
    assert await closing is True


@pytest.mark.parametrize(("concurrency", "limit"), [(0, 1), (-1, 1), (1, -1)])
def test_a_queue_without_places_is_refused(concurrency: int, limit: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        OperationQueue(concurrency, limit)


async def test_a_person_goes_before_the_background_however_long_that_has_waited() -> None:
    people = People(OperationQueue(1))
    await people.arrive_and_settle(1)
    await people.arrive_and_settle(2, background=True)
    await people.arrive_and_settle(2)
    await people.all_leave()
    assert people.entered == [0, 3, 4, 1, 2]


async def test_the_background_takes_a_free_place_and_keeps_it() -> None:
    people = People(OperationQueue(1))
    await people.arrive_and_settle(1, background=True)
    await people.arrive_and_settle(1)
    assert people.inside == {0}
    await people.all_leave()
    assert people.entered == [0, 1]


async def test_a_full_line_of_one_kind_refuses_nobody_of_the_other() -> None:
    people = People(OperationQueue(1, limit=1))
    await people.arrive_and_settle(1)
    await people.arrive_and_settle(1, background=True)
    with pytest.raises(Busy):
        await people.queue.acquire(background=True)
    await people.arrive_and_settle(1)
    assert people.queue.waiting == 2
    await people.all_leave()


async def test_who_comes_back_with_a_ticket_stands_before_all_who_came_later_and_is_not_refused() -> None:
    queue = OperationQueue(1, limit=1)
    people = People(queue)
    first, second = queue.ticket(), queue.ticket()
    await people.arrive_and_settle(2)
    order: list[str] = []

    async def back(ticket: int, name: str) -> None:
        await queue.acquire(ticket=ticket)
        order.append(f"{name} after {people.entered}")
        queue.release()

    returning = [asyncio.create_task(back(second, "second")), asyncio.create_task(back(first, "first"))]
    await settle()
    await people.all_leave()
    await asyncio.gather(*returning)
    assert order == ["first after [0]", "second after [0]"]
    assert people.entered == [0, 1]


async def test_the_statistics_tell_what_passed_and_how_it_stands() -> None:
    people = People(OperationQueue(2, limit=2))
    await people.arrive_and_settle(4)
    await people.arrive_and_settle(1, background=True)
    with pytest.raises(Busy):
        await people.queue.acquire()
    people.queue.count_timeout()
    people.queue.count_refusal()
    now = people.queue.stats()
    assert (now.in_use, now.free, now.waiting, now.background, now.largest_line) == (2, 0, 2, 1, 3)
    assert (now.total, now.waited, now.average_wait, now.timeouts, now.refused) == (2, 0, 0.0, 1, 2)
    await people.all_leave()
    after = people.queue.stats()
    assert (after.total, after.waited, after.in_use, after.free, after.waiting) == (5, 3, 0, 2, 0)
    assert after.average_wait > 0
