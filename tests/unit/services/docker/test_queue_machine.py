"""Whatever persons and the background do with a queue, it does what a plain model of it does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.docker import Busy, Stopping
from services.docker.queue import OperationQueue

if TYPE_CHECKING:
    from collections.abc import Coroutine

PICK = st.integers(0, 1000)


class Visitor:
    """One who wants a place, leaves when told to, and may come back with their ticket."""

    def __init__(self, queue: OperationQueue, *, background: bool) -> None:
        self.queue = queue
        self.background = background
        self.ticket = queue.ticket()
        self.inside = False
        self.signal = asyncio.Event()
        self.comes_back = False

    async def go(self) -> None:
        await self._stay(None)
        if self.comes_back:
            await self._stay(self.ticket)

    async def _stay(self, ticket: int | None) -> None:
        await self.queue.acquire(background=self.background, ticket=ticket)
        try:
            self.inside = True
            await self.signal.wait()
            self.signal.clear()
        finally:
            self.inside = False
            self.queue.release()


class QueueMachine(RuleBasedStateMachine):
    """The model: who is inside, and two lines of those who wait, ordered by ticket."""

    @initialize(concurrency=st.integers(1, 3), limit=st.integers(0, 4))
    def begin(self, concurrency: int, limit: int) -> None:
        self.loop = asyncio.new_event_loop()
        self.concurrency, self.limit = concurrency, limit
        self.queue = OperationQueue(concurrency, limit)
        self.tasks: dict[Visitor, asyncio.Task[None]] = {}
        self.inside: list[Visitor] = []
        self.lines: dict[bool, list[Visitor]] = {False: [], True: []}
        self.closed = False
        self.arrived = 0

    def teardown(self) -> None:
        if not hasattr(self, "loop"):
            return
        for task in self.tasks.values():
            task.cancel()
        self.settle()
        assert (self.queue.working, self.queue.waiting) == (0, 0)
        assert self.run(self.queue.close(grace=0)) is True
        self.loop.close()

    def run(self, coroutine: Coroutine[object, object, bool]) -> bool:
        return self.loop.run_until_complete(coroutine)

    def settle(self) -> None:
        async def pass_on() -> bool:
            for _ in range(6):
                await asyncio.sleep(0)
            return True

        self.run(pass_on())

    def come(self, visitor: Visitor) -> None:
        if len(self.inside) < self.concurrency:
            self.inside.append(visitor)
        else:
            line = self.lines[visitor.background]
            line.append(visitor)
            line.sort(key=lambda one: one.ticket)

    def go(self, visitor: Visitor) -> None:
        self.inside.remove(visitor)
        for line in self.lines.values():
            if line:
                self.inside.append(line.pop(0))
                return

    @rule(background=st.booleans())
    def arrive(self, *, background: bool) -> None:
        self.arrived += 1
        visitor = Visitor(self.queue, background=background)
        task = self.loop.create_task(visitor.go())
        full = len(self.inside) == self.concurrency and len(self.lines[background]) >= self.limit
        self.settle()
        if self.closed or full:
            assert isinstance(task.exception(), Stopping if self.closed else Busy)
        else:
            self.tasks[visitor] = task
            self.come(visitor)

    @precondition(lambda self: self.inside)
    @rule(pick=PICK, comes_back=st.booleans())
    def leave(self, pick: int, *, comes_back: bool) -> None:
        visitor = self.inside[pick % len(self.inside)]
        back = comes_back and not visitor.comes_back and not self.closed
        visitor.comes_back = visitor.comes_back or back
        visitor.signal.set()
        self.settle()
        self.go(visitor)
        if back:
            self.come(visitor)
        else:
            assert self.tasks.pop(visitor).done()

    @precondition(lambda self: self.tasks)
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        visitor = list(self.tasks)[pick % len(self.tasks)]
        task = self.tasks.pop(visitor)
        task.cancel()
        self.settle()
        assert task.cancelled()
        if visitor in self.inside:
            self.go(visitor)
        else:
            self.lines[visitor.background].remove(visitor)

    @precondition(lambda self: self.inside and any(self.lines.values()))
    @rule(pick=PICK)
    def cancel_one_that_was_just_handed_a_place(self, pick: int) -> None:
        leaving = self.inside[pick % len(self.inside)]
        next_in = next(line[0] for line in self.lines.values() if line)
        leaving.comes_back = False
        leaving.signal.set()

        async def hand_on_and_cancel() -> bool:
            # The one who leaves has just given the place back, before this ran; the next has it, and has not run yet.
            assert not next_in.inside
            assert self.queue.working == len(self.inside)
            return self.tasks[next_in].cancel()

        self.run(hand_on_and_cancel())
        self.settle()
        del self.tasks[leaving]
        assert self.tasks.pop(next_in).cancelled()
        self.go(leaving)
        self.go(next_in)

    # Late: once it is closed, not much happens any more.
    @precondition(lambda self: not self.closed and self.arrived > 12)
    @rule()
    def close(self) -> None:
        assert self.run(self.queue.close(grace=0)) is (not self.inside)
        self.settle()
        for line in self.lines.values():
            for visitor in line:
                assert isinstance(self.tasks.pop(visitor).exception(), Stopping)
            line.clear()
        self.closed = True

    @invariant()
    def the_same_are_inside_and_no_place_is_lost(self) -> None:
        if not hasattr(self, "queue"):
            return
        assert {one for one in self.tasks if one.inside} == set(self.inside)
        assert self.queue.working == len(self.inside) <= self.concurrency
        stats = self.queue.stats()
        assert (stats.in_use, stats.free) == (len(self.inside), self.concurrency - len(self.inside))
        assert (stats.waiting, stats.background) == (len(self.lines[False]), len(self.lines[True]))
        assert not any(self.lines.values()) or len(self.inside) == self.concurrency


TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)
