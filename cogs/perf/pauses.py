"""Growing pauses between the tries at something that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

K = TypeVar("K", bound="Hashable")

FIRST_PAUSE = 30.0
LONGEST_PAUSE = 900.0


class Pauses(Generic[K]):
    """When each thing may be tried again: after 30 s, then after twice as long each time, 15 minutes at most.

    Args:
        monotonic: Seconds on a clock that is never set.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._pauses: dict[K, tuple[float, float]] = {}

    def lasts(self, key: K) -> bool:
        """Whether it is too soon to try again."""
        return key in self._pauses and self._monotonic() < self._pauses[key][1]

    def begin(self, key: K) -> None:
        """Note that a try failed."""
        last, _ = self._pauses.get(key, (FIRST_PAUSE / 2, 0.0))
        pause = min(last * 2, LONGEST_PAUSE)
        self._pauses[key] = pause, self._monotonic() + pause

    def forget(self, key: K) -> None:
        """Note that nothing is to be tried any more."""
        self._pauses.pop(key, None)
