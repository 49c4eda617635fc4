"""Whose turn it is with a container: engines fail when two actions on one run at once, so they go one by one."""

from __future__ import annotations

from .queue import OperationQueue


class Turns:
    """A gate for each container that something is done with: one at a time, persons first, else first in first out."""

    def __init__(self) -> None:
        self._gates: dict[str, OperationQueue] = {}

    @property
    def waiting(self) -> int:
        """How many wait for a container, whichever it is."""
        return sum(gate.waiting for gate in self._gates.values())

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
