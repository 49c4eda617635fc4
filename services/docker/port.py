"""The port that the service talks through. `engine.py` has the real one; tests have a small one of their own.

tests/contract/docker holds every implementation to what stands here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from .model import Container, ContainerInfo
    from .reach import EngineVersion


class Engine(Protocol):
    """A container engine.

    A `ref` is a container's name or id (or the beginning of an id, as engines allow).

    Every method may raise these, and no other error than those and cancellation:
        EngineUnreachable: No whole answer came.
        OperationTimeout: No answer came in time. The engine may still finish an action.
        EngineError: The engine refused or failed.
    Those that take a `ref` also raise:
        InvalidName: The ref can't be a name; nothing was sent.
        ContainerNotFound: There is no such container.
    An engine that could not be reached is tried anew with the next call.
    """

    @property
    def address(self) -> str:
        """Where the engine is, fit to be shown."""

    @property
    def known(self) -> EngineVersion | None:
        """Which engine it is, as the last call found out; None before the first one. Asks nothing."""

    async def containers(self) -> tuple[Container, ...]:
        """Every container, stopped ones too, in no promised order."""

    async def inspect(self, ref: str) -> ContainerInfo:
        """One container, closely."""

    async def start(self, ref: str) -> bool:
        """Start a container; False when it was running already."""

    async def stop(self, ref: str) -> bool:
        """Stop a container, which may take its own stop timeout (10 s); False when it was stopped already."""

    async def restart(self, ref: str) -> None:
        """Stop a container when it runs, then start it."""

    async def version(self) -> Mapping[str, Any]:
        """What the engine says of itself: `Version`, `ApiVersion`, `MinAPIVersion` and more, as it sends them."""

    def stats(self, ref: str) -> AsyncGenerator[Mapping[str, Any], None]:
        """One frame of figures about every second, as the engine sends them, until the container is gone.

        A caller that ends early closes it (`aclosing`). It may last: no call's time limits it once it has begun.
        """

    async def stats_once(self, ref: str) -> Mapping[str, Any]:
        """One frame, which has no frame before it to compare with."""

    def logs(
        self, ref: str, *, tail: int | None = None, since: float | None = None, follow: bool = False
    ) -> AsyncGenerator[bytes, None]:
        """The container's log with the engine's time stamps, as it sends it, in pieces that end anywhere.

        Args:
            ref: The container.
            tail: How many lines from the end; None for all.
            since: Seconds since the epoch; None from the beginning.
            follow: Whether to go on with what is written later.
        """

    def events(self, since: float | None = None) -> AsyncGenerator[Mapping[str, Any], None]:
        """What happens to containers, as the engine sends it, until it or the caller ends it.

        Args:
            since: Seconds since the epoch from when on past events are sent first; None for new ones only.
        """

    async def close(self) -> None:
        """Let go of connections. May be called more than once; a call after it opens them again."""
