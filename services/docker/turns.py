"""Whose turn it is with a container: engines fail when two actions on one run at once, so they go one by one."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from .queue import OperationQueue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Turns:
    """A gate for each container that something is done with: one at a time, persons first, else first in first out."""

    def __init__(self) -> None:
        self._gates: dict[str, OperationQueue] = {}
        self._looks: dict[str, asyncio.Future[None]] = {}

    @property
    def waiting(self) -> int:
        """How many wait for a container, whichever it is."""
        return sum(gate.waiting for gate in self._gates.values())

    @asynccontextmanager
    async def looking(self, asked: str) -> AsyncIterator[None]:
        """Keep those in order who look for the same container at once: an engine may answer the later one first.

        Args:
            asked: What they asked for. Those who ask by name and by id in the same moment have no order.
        """
        earlier, mine = self._looks.get(asked), asyncio.get_running_loop().create_future()
        self._looks[asked] = mine

        def over(_: object = None) -> None:
            mine.set_result(None)
            if self._looks.get(asked) is mine:
                del self._looks[asked]

        try:
            yield
            if earlier is not None:
                await asyncio.wait([earlier])
        finally:
            if earlier is None or earlier.done():
                over()
            else:  # cancelled, or the look failed: who comes after must not overtake who came before
                earlier.add_done_callback(over)

    def of(self, identity: str, limit: int) -> OperationQueue:
        """Give a container's gate. Whoever has got in there calls `over`, and not the gate's own `release`.

        Args:
            identity: The engine's id of the container.
            limit: How many may wait, if the gate is a new one.
        """
        return self._gates.setdefault(identity, OperationQueue(1, limit))

    def over(self, identity: str) -> None:
        """End a turn; the next in line has it now."""
        self._gates[identity].release()
        # A gate can be left behind by one that was given its turn and cancelled in the same moment, too.
        self._gates = {key: gate for key, gate in self._gates.items() if gate.working}

    def refuse(self) -> None:
        """Refuse all who wait; those whose turn it is go on."""
        for gate in self._gates.values():
            gate.refuse()
