"""Books of `utils.metrics.books` that are msgspec structures: their types are what says whether a file holds one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from utils.metrics.books import BookFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Struct = TypeVar("Struct", bound=msgspec.Struct)


class StructBookFile(BookFile[Struct]):
    """The file of one book, as JSON that a person can read.

    Args:
        path: Where it is or will be; missing folders are made at the first save.
        kind: The book's type, of which an empty one can be made.
        problem: As of a `BookFile`.
        lost: As of a `BookFile`.
    """

    def __init__(
        self, path: Path, kind: type[Struct], *, problem: Callable[[str, Path, str], Exception], lost: str
    ) -> None:
        super().__init__(
            path,
            empty=kind,
            decode=lambda content: msgspec.json.decode(content, type=kind),
            encode=lambda book: msgspec.json.format(msgspec.json.encode(book), indent=1) + b"\n",
            damaged=(msgspec.MsgspecError, UnicodeDecodeError, RecursionError),
            problem=problem,
            lost=lost,
        )
