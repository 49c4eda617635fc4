"""Where the schedules and what became of each day's summary are kept: one small JSON file.

Rules:
1. A save is whole or not at all, see `write_whole`. What was saved survives a crash.
2. A file that can't be understood is never overwritten: it is moved aside, and the answer says where to.
3. A file that can't be read raises: an empty book must not take its place.

Everything here blocks; callers in the event loop use a thread.
"""

from __future__ import annotations

import json
import time as clock
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

from utils.metrics.whole_file import write_whole

from .schedule import Schedule, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE_NAME = "summary_schedule.json"
KEEP_CLAIMS = 40
"""How many claims of a server are kept. They are counted and not dated, so that no wrong clock can make any forgotten
that is still needed: those of the last three days."""
_VERSION = 1


class ScheduleStoreError(Exception):
    """The schedules could not be read or saved.

    Args:
        deed: "read" or "saved".
        path: The file.
        reason: What the system said.
    """

    def __init__(self, deed: str, path: Path, reason: str) -> None:
        super().__init__(f"{path} could not be {deed}: {reason}")
        self.user_message = (
            f"The summary's schedule could not be {deed} ({reason}). Nothing was changed. "
            f"Make sure that the bot may write to the folder of `{path.name}` and that its disk is not full."
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of one date's summary in one channel.

    Args:
        state: How far it came.
        at: Unix seconds of the last change.
        message_id: The message, when it was posted.
        offline: From when to when the bot was away, Unix seconds, for one that was missed for that.
        reason: What was in the way, as a clause of a sentence.
    """

    state: State
    at: float
    message_id: int | None = None
    offline: tuple[float, float] | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """All that is kept; changed by making a new one.

    Args:
        schedules: At most one for a channel.
        claims: By (guild id, channel id, local date).
        alive_at: Unix seconds at which the bot last noted that it runs.
    """

    schedules: tuple[Schedule, ...] = ()
    claims: Mapping[tuple[int, int, date], Claim] = field(default_factory=dict)
    alive_at: float | None = None

    def of_guild(self, guild_id: int) -> Schedule | None:
        """Find a server's schedule."""
        return next((schedule for schedule in self.schedules if schedule.guild_id == guild_id), None)

    def claims_of(self, schedule: Schedule) -> dict[date, Claim]:
        """Collect the claims of a schedule's channel by local date."""
        wanted = (schedule.guild_id, schedule.channel_id)
        return {day: claim for (*where, day), claim in self.claims.items() if tuple(where) == wanted}

    def with_schedule(self, schedule: Schedule) -> Book:
        """Set a server's schedule in place of the one it had. What was claimed stays claimed."""
        return replace(self, schedules=(*self._others(schedule.guild_id), schedule))

    def without_schedule(self, guild_id: int) -> Book:
        """Remove a server's schedule. Its claims stay, so that setting it again posts no second time."""
        return replace(self, schedules=self._others(guild_id))

    def with_claim(self, schedule: Schedule, day: date, claim: Claim) -> Book:
        """Note what became of a date, and forget the server's claims that were noted longest ago."""
        key = (schedule.guild_id, schedule.channel_id, day)
        claims = {other: kept for other, kept in self.claims.items() if other != key}
        own = [other for other in claims if other[0] == schedule.guild_id]
        for other in own[: max(0, len(own) - KEEP_CLAIMS + 1)]:
            del claims[other]
        return replace(self, claims={**claims, key: claim})

    def _others(self, guild_id: int) -> tuple[Schedule, ...]:
        return tuple(schedule for schedule in self.schedules if schedule.guild_id != guild_id)


class ScheduleStore:
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
            ScheduleStoreError: The file is there but can't be read, or can't be moved aside.
        """
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Book(), None
        except UnicodeDecodeError:
            return Book(), self._put_aside()
        except OSError as error:
            raise ScheduleStoreError("read", self._path, _reason(error)) from error
        try:
            return _read(json.loads(text)), None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
            return Book(), self._put_aside()

    def save(self, book: Book) -> None:
        """Write the book; when this returns, it survives a crash.

        Raises:
            ScheduleStoreError: It could not be written; the file is as it was.
        """
        text = json.dumps(_write(book), indent=1) + "\n"
        try:
            write_whole(self._path, text.encode())
        except OSError as error:
            raise ScheduleStoreError("saved", self._path, _reason(error)) from error

    def _put_aside(self) -> str:
        aside = self._path.with_name(f"{self._path.name}.corrupt-{clock.time_ns()}")
        try:
            self._path.rename(aside)
        except OSError as error:
            raise ScheduleStoreError("read", self._path, f"it is damaged, and moving it: {_reason(error)}") from error
        return f"The file with the schedules was damaged. It was kept as {aside.name}; set the schedule again."


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _write(book: Book) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "alive_at": book.alive_at,
        "schedules": [
            {
                "guild_id": schedule.guild_id,
                "channel_id": schedule.channel_id,
                "time": f"{schedule.at:%H:%M}",
                "zone": schedule.zone,
                "since": schedule.since,
            }
            for schedule in book.schedules
        ],
        "claims": [
            {
                "guild_id": guild_id,
                "channel_id": channel_id,
                "date": day.isoformat(),
                "state": claim.state.value,
                "at": claim.at,
                "message_id": claim.message_id,
                "offline": None if claim.offline is None else list(claim.offline),
                "reason": claim.reason,
            }
            for (guild_id, channel_id, day), claim in book.claims.items()
        ],
    }


def _read(data: Any) -> Book:  # noqa: ANN401 - whatever stands in the file
    if data["version"] != _VERSION:
        raise ValueError("another version")
    schedules = tuple(
        Schedule(
            guild_id=int(item["guild_id"]),
            channel_id=int(item["channel_id"]),
            at=time.fromisoformat(item["time"]).replace(tzinfo=None),
            zone=str(item["zone"]),
            since=float(item["since"]),
        )
        for item in data["schedules"]
    )
    claims = {
        (int(item["guild_id"]), int(item["channel_id"]), date.fromisoformat(item["date"])): Claim(
            state=State(item["state"]),
            at=float(item["at"]),
            message_id=None if item["message_id"] is None else int(item["message_id"]),
            offline=None if item["offline"] is None else (float(item["offline"][0]), float(item["offline"][1])),
            # Files of before have none.
            reason=None if item.get("reason") is None else str(item["reason"]),
        )
        for item in data["claims"]
    }
    alive_at = data["alive_at"]
    return Book(schedules, claims, None if alive_at is None else float(alive_at))
