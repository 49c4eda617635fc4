"""Where goals and their alarms are kept: one small JSON file, see `utils.metrics.books`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from utils.metrics.analysis.goals import PERIOD_DAYS, Goal
from utils.metrics.books import BookError, JsonBookFile

from .book import Alarm, Book, Kept, Kind, Notice

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "goals.json"
_VERSION = 1


class GoalStoreError(BookError):
    """The goals could not be read or saved."""

    what = "The goals"


class GoalStore(JsonBookFile[Book]):
    """The file.

    Args:
        path: Where it is or will be; missing folders are made at the first save.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            empty=Book,
            read=_read,
            write=_write,
            problem=GoalStoreError,
            lost="The file with the goals was damaged. It was kept as {}; set the goals again.",
        )


def _write(book: Book) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "channels": [{"guild_id": guild, "channel_id": channel} for guild, channel in book.channels.items()],
        "goals": [
            {
                "guild_id": kept.guild_id,
                "operation": kept.goal.operation,
                "percentile": kept.goal.percentile,
                "threshold": kept.goal.threshold,
                "success": kept.goal.success,
                "days": kept.goal.days,
                "channel_id": kept.channel_id,
                "since": kept.since,
            }
            for kept in book.goals
        ],
        "alarms": [
            {
                "guild_id": guild_id,
                "operation": operation,
                "began": alarm.began,
                "ended": alarm.ended,
                "told": alarm.told,
                "last_told": alarm.last_told,
            }
            for (guild_id, operation), alarm in book.alarms.items()
        ],
        "notices": [
            {
                "guild_id": notice.guild_id,
                "operation": notice.operation,
                "kind": notice.kind.value,
                "channel_id": notice.channel_id,
                "began": notice.began,
                "at": notice.at,
                "tried": notice.tried,
            }
            for notice in book.notices
        ],
    }


def _read(data: Any) -> Book:  # noqa: ANN401 - whatever stands in the file
    if data["version"] != _VERSION:
        raise ValueError("another version")
    goals = tuple(
        Kept(
            guild_id=int(item["guild_id"]),
            goal=Goal(
                operation=str(item["operation"]),
                percentile=_number(item["percentile"]),
                threshold=float(item["threshold"]),
                success=_number(item["success"]),
                days=int(item.get("days", PERIOD_DAYS)),
            ),
            channel_id=None if item["channel_id"] is None else int(item["channel_id"]),
            since=float(item["since"]),
        )
        for item in data["goals"]
    )
    alarms = {
        (int(item["guild_id"]), str(item["operation"])): Alarm(
            began=float(item["began"]),
            ended=_number(item["ended"]),
            told=bool(item["told"]),
            last_told=_number(item["last_told"]),
        )
        for item in data["alarms"]
    }
    notices = tuple(
        Notice(
            guild_id=int(item["guild_id"]),
            operation=str(item["operation"]),
            kind=Kind(item["kind"]),
            channel_id=int(item["channel_id"]),
            began=float(item["began"]),
            at=float(item["at"]),
            tried=_number(item["tried"]),
        )
        for item in data["notices"]
    )
    channels = {int(item["guild_id"]): int(item["channel_id"]) for item in data["channels"]}
    return Book(goals, channels, alarms, notices)


def _number(value: Any) -> float | None:  # noqa: ANN401 - as above
    return None if value is None else float(value)
