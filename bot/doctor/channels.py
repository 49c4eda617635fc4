"""Where the bot posts by itself: the channels of summaries, alerts and status messages, as they are set now."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cogs.docker.board.store import FILE_NAME as BOARDS
from cogs.docker.board.store import BoardStore
from cogs.perf.doctor import Finding
from cogs.perf.schedule_store import FILE_NAME as SUMMARIES
from cogs.perf.schedule_store import ScheduleStore
from services.docker.events.book import BookStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.config import Settings

Book = TypeVar("Book")

ALERTS = "alerts.json"
SET_SUMMARY = "/perf schedule set channel:"
SET_ALERTS = "/docker alerts channel:"
SET_BOARD = "/docker status-message set channel:"


@dataclass(frozen=True, slots=True)
class Place:
    """A channel that the bot posts in.

    Attributes:
        channel_id: The channel.
        what_for: What is posted there.
        set_anew: The command that chooses another one.
    """

    channel_id: int
    what_for: str
    set_anew: str


def posting_places(
    metrics_folder: Path, settings: Settings, *, summaries: bool = True
) -> tuple[list[Place], list[Finding]]:
    """Look up the channels; blocks.

    Args:
        metrics_folder: Where the measurements are; what was set in the chat is there and beside it.
        settings: They may name the channel of alerts.
        summaries: Whether to look for those of the summaries, too.

    Returns:
        The places, and what is wrong with the files that hold them.
    """
    docker, places, found = metrics_folder.with_name("docker"), [], []
    if summaries:
        schedules, wrong = _read(metrics_folder / SUMMARIES, lambda path: ScheduleStore(path).load())
        found += wrong
        if schedules is not None:
            posted = (one for one in schedules.schedules if not one.paused)
            places += [Place(one.channel_id, f"{one.kind} summary", SET_SUMMARY) for one in posted]
    book, wrong = _read(docker / ALERTS, lambda path: BookStore(path).load())
    found += wrong
    alerts = book.channel_id if book is not None and book.chosen else settings.docker.alerts.channel_id
    if alerts is not None:
        places.append(Place(alerts, "alerts", SET_ALERTS))
    boards, wrong = _read(docker / BOARDS, lambda path: BoardStore(path).load())
    found += wrong
    if boards is not None:
        places += [Place(one.channel_id, "status message", SET_BOARD) for one in boards.posts if not one.stopped]
    return places, found


def _read(path: Path, load: Callable[[Path], tuple[Book, str | None]]) -> tuple[Book | None, list[Finding]]:
    """Read a copy of a book, for reading a damaged one moves it aside, which is the bot's to do and to tell."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / path.name
            shutil.copyfile(path, copy)
            book, lost = load(copy)
    except FileNotFoundError:
        return None, []
    except OSError as error:
        said = f"{path} can't be read: {error.strerror or type(error).__name__}."
        return None, [Finding.fail("Files", said, "Let the bot's user read it.")]
    if lost is None:
        return book, []
    cure = "The bot will put it aside at its next start; then set anew what it held."
    return None, [Finding.fail("Files", f"{path} is damaged.", cure)]
