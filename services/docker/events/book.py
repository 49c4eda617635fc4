"""What admins set in the chat about alerts, kept in one small JSON file.

`utils.metrics.books` has the rules of such a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from services.books import StructBookFile
from services.docker.errors import DockerError
from utils.metrics.books import trouble

if TYPE_CHECKING:
    from pathlib import Path


class BookError(DockerError):
    """What was set about alerts could not be read or saved.

    Args:
        deed: "read" or "saved".
        path: The file.
        reason: What the system said.
    """

    def __init__(self, deed: str, path: Path, reason: str) -> None:
        super().__init__(trouble("What is set about alerts", deed, path, reason))


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept.

    Attributes:
        version: Of the file's form.
        chosen: Whether the channel was set in the chat, which goes over the settings.
        channel_id: That channel; None for no alerts.
        mutes: Until when nothing is told of a container, seconds since the epoch; None for good.
    """

    version: Literal[1] = 1
    chosen: bool = False
    channel_id: int | None = None
    mutes: dict[str, float | None] = {}

    def is_muted(self, name: str, now: float) -> bool:
        """Tell whether nothing is to be told of a container."""
        until = self.mutes.get(name, 0.0)
        return until is None or now < until

    def with_channel(self, channel_id: int | None) -> Book:
        """Post there from now on; None for nowhere."""
        return msgspec.structs.replace(self, chosen=True, channel_id=channel_id)

    def with_mute(self, name: str, until: float | None, now: float) -> Book:
        """Mute a container, and forget the mutes that are over."""
        return msgspec.structs.replace(self, mutes={**self._in_force(now), name: until})

    def without_mute(self, name: str, now: float) -> Book:
        """Unmute a container, and forget the mutes that are over."""
        mutes = self._in_force(now)
        mutes.pop(name, None)
        return msgspec.structs.replace(self, mutes=mutes)

    def _in_force(self, now: float) -> dict[str, float | None]:
        return {name: until for name, until in self.mutes.items() if self.is_muted(name, now)}


class BookStore(StructBookFile[Book]):
    """The file.

    Args:
        path: Where it is or will be; missing folders are made at the first save.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            Book,
            problem=BookError,
            lost="The file about alerts was damaged. It was kept as {}; set the channel and the mutes again.",
        )
