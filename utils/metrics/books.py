"""Small books that a program keeps, each in a file of its own.

Rules:
1. A save is whole or not at all, see `write_whole`; what was saved survives a crash.
2. A file that can't be understood is never overwritten: it is moved aside, and the answer says where to.
3. A file that can't be read raises: an empty book must not take its place.
4. A file that another program changed is noticed when somebody asks for news of it.

Everything here blocks; callers in an event loop use a thread.
"""

from __future__ import annotations

import json
import stat
import time
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from utils.metrics.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Book = TypeVar("Book")


class BookError(Exception):
    """A book could not be read or saved; a class of its own for each says of what.

    Args:
        deed: "read" or "saved".
        path: The file.
        reason: What the system said.

    Attributes:
        what: What stands in the book, as a sentence begins with it.
        user_message: What was wrong and what to do.
    """

    what: ClassVar[str]

    def __init__(self, deed: str, path: Path, reason: str) -> None:
        super().__init__(f"{path} could not be {deed}: {reason}")
        self.user_message = trouble(self.what, deed, path, reason)


def trouble(what: str, deed: str, path: Path, reason: str) -> str:
    """Tell an admin that a book could not be read or saved, and what to do.

    Args:
        what: What stands in it, as a sentence begins with it.
        deed: "read" or "saved".
        path: The file.
        reason: What the system said.
    """
    return (
        f"{what} could not be {deed} ({reason}). Nothing was changed. "
        f"Make sure that the bot may write to the folder of `{path.name}` and that its disk is not full."
    )


class BookFile(Generic[Book]):
    """The file of one book.

    Args:
        path: Where it is or will be; missing folders are made at the first save.
        empty: Makes the book of a file that is not there yet.
        decode: Reads a book.
        encode: Writes it.
        damaged: What `decode` raises for bytes that hold no book.
        problem: Makes what is raised when the file could not be "read" or "saved", of that word, the path and the
            system's reason.
        lost: What an admin has to know when a damaged file was moved aside, with a place for its new name.
    """

    def __init__(
        self,
        path: Path,
        *,
        empty: Callable[[], Book],
        decode: Callable[[bytes], Book],
        encode: Callable[[Book], bytes],
        damaged: tuple[type[Exception], ...],
        problem: Callable[[str, Path, str], Exception],
        lost: str,
    ) -> None:
        self._path = path
        self._empty = empty
        self._decode = decode
        self._encode = encode
        self._damaged = damaged
        self._problem = problem
        self._lost = lost
        self._seen: tuple[int, int, int] | None = None

    def load(self) -> tuple[Book, str | None]:
        """Read the book.

        Returns:
            The book, empty when there is no file yet, and what an admin has to know: that a file was not understood and
            where it lies now, else None.

        Raises:
            Exception: What `problem` makes: the file is there but can't be read, or can't be moved aside.
        """
        # Before it is read: what comes in between is news the next time.
        seen = self._stamp()
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return self._empty(), None
        except OSError as error:
            raise self._problem("read", self._path, _reason(error)) from error
        try:
            book = self._decode(content)
        except self._damaged:
            return self._empty(), self._put_aside()
        self._seen = seen
        return book, None

    def news(self) -> tuple[Book, str | None] | None:
        """Read the book again if its file was changed by another since it was last read or saved here.

        Returns:
            As of `load`; None when nobody changed it, or it is not there.

        Raises:
            Exception: As of `load`.
        """
        return None if self._stamp() in (None, self._seen) else self.load()

    def save(self, book: Book) -> None:
        """Write the book; when this returns, it survives a crash.

        Raises:
            Exception: What `problem` makes: it could not be written; the file is as it was.
        """
        try:
            write_whole(self._path, self._encode(book))
        except OSError as error:
            raise self._problem("saved", self._path, _reason(error)) from error
        self._seen = self._stamp()

    def _stamp(self) -> tuple[int, int, int] | None:
        """What is another after each save, whoever saves; None when there is no file to be seen."""
        try:
            state = self._path.stat()
        except OSError:
            return None
        return (state.st_ino, state.st_size, state.st_mtime_ns) if stat.S_ISREG(state.st_mode) else None

    def _put_aside(self) -> str:
        aside = self._path.with_name(f"{self._path.name}.corrupt-{time.time_ns()}")
        try:
            self._path.rename(aside)
        except OSError as error:
            raise self._problem("read", self._path, f"it is damaged, and moving it: {_reason(error)}") from error
        return self._lost.format(aside.name)


class JsonBookFile(BookFile[Book]):
    """The file of a book that is taken apart and put together by hand, as JSON that a person can read.

    Args:
        path: Where it is or will be; missing folders are made at the first save.
        empty: Makes the book of a file that is not there yet.
        read: Makes a book of what stands in the file, and may trip over anything that is not as it should be.
        write: Makes what JSON can hold of a book.
        problem: As of a `BookFile`.
        lost: As of a `BookFile`.
    """

    def __init__(
        self,
        path: Path,
        *,
        empty: Callable[[], Book],
        read: Callable[[Any], Book],
        write: Callable[[Book], Any],
        problem: Callable[[str, Path, str], Exception],
        lost: str,
    ) -> None:
        super().__init__(
            path,
            empty=empty,
            decode=lambda content: read(json.loads(content)),
            encode=lambda book: (json.dumps(write(book), indent=1) + "\n").encode(),
            damaged=(ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError),
            problem=problem,
            lost=lost,
        )


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
