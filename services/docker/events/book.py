"""What admins set in the chat about alerts, kept in one small JSON file.

Rules:
1. A save is whole or not at all, see `write_whole`.
2. A file that can't be understood is never overwritten: it is moved aside, and the answer says where to.
3. A file that can't be read raises: an empty book must not take its place.

Everything here blocks; callers in the event loop use a thread.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

import msgspec

from services.docker.errors import DockerError
from utils.whole_file import write_whole

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
        super().__init__(
            f"What is set about alerts could not be {deed} ({reason}). Nothing was changed. "
            f"Make sure that the bot may write to the folder of `{path.name}` and that its disk is not full."
        )


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


class BookStore:
    """The file.

    Args:
        path: Where it is or will be; missing folders are made at the first save.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> tuple[Book, str | None]:
        """Read the book.

        Returns:
            The book, empty when there is no file yet, and what an admin has to know: that a file was not understood and
            where it lies now, else None.

        Raises:
            BookError: The file is there but can't be read, or can't be moved aside.
        """
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return Book(), None
        except OSError as error:
            raise BookError("read", self._path, _reason(error)) from error
        try:
            return msgspec.json.decode(content, type=Book), None
        except (msgspec.DecodeError, RecursionError):
            return Book(), self._put_aside()

    def save(self, book: Book) -> None:
        """Write the book; when this returns, it survives a crash.

        Raises:
            BookError: It could not be written; the file is as it was.
        """
        try:
            write_whole(self._path, msgspec.json.format(msgspec.json.encode(book), indent=1) + b"\n")
        except OSError as error:
            raise BookError("saved", self._path, _reason(error)) from error

    def _put_aside(self) -> str:
        aside = self._path.with_name(f"{self._path.name}.corrupt-{time.time_ns()}")
        try:
            self._path.rename(aside)
        except OSError as error:
            raise BookError("read", self._path, f"it is damaged, and moving it: {_reason(error)}") from error
        return f"The file about alerts was damaged. It was kept as {aside.name}; set the channel and the mutes again."


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
