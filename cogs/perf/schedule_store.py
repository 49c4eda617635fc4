"""Where the schedules and what became of each summary are kept: one small JSON file.

`utils.metrics.books` has the rules of such a file. Version 1 knew one daily schedule a server; it is read as it is, and
written anew as version 2.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import TYPE_CHECKING, Any, TypeAlias

from utils.metrics.analysis.regressions import Told
from utils.metrics.books import BookError, JsonBookFile

from .schedule import Kind, Schedule, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Key: TypeAlias = "tuple[int, int, Kind]"
"""Of a schedule: server, channel, kind."""

FILE_NAME = "summary_schedule.json"
KEEP_CLAIMS = 40
"""How many claims of a schedule are kept. They are counted and not dated, so that no wrong clock can make any forgotten
that is still needed: those of the last three days, and the one before."""
MOST_SCHEDULES = 10
"""How many schedules a server can have: they are listed in one message."""
_VERSION = 2


class ScheduleStoreError(BookError):
    """The schedules could not be read or saved."""

    what = "The summaries' schedules"


@dataclass(frozen=True, slots=True)
class Memory:
    """Which regressions a schedule's summaries told, so that none is told as news twice.

    Args:
        at: Unix seconds up to which the last summary looked.
        told: What was told, by `Change.key`.
    """

    at: float
    told: Mapping[tuple[str, str], Told]


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of one date's summary in one channel.

    Args:
        state: How far it came.
        at: Unix seconds of the last change.
        message_id: The message, when it was posted.
        offline: From when to when the bot was away, Unix seconds, for one that was missed for that.
        reason: What was in the way, as a clause of a sentence.
        told: What will have been told once it is posted.
    """

    state: State
    at: float
    message_id: int | None = None
    offline: tuple[float, float] | None = None
    reason: str | None = None
    told: Memory | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """All that is kept; changed by making a new one.

    Args:
        schedules: At most one of a kind for a channel.
        claims: By server, channel, kind and local date.
        alive_at: Unix seconds at which the bot last noted that it runs.
        told: What was told, by schedule.
    """

    schedules: tuple[Schedule, ...] = ()
    claims: Mapping[tuple[Key, date], Claim] = field(default_factory=dict)
    alive_at: float | None = None
    told: Mapping[Key, Memory] = field(default_factory=dict)

    def of_guild(self, guild_id: int) -> tuple[Schedule, ...]:
        """List a server's schedules by their numbers."""
        own = (schedule for schedule in self.schedules if schedule.guild_id == guild_id)
        return tuple(sorted(own, key=lambda schedule: schedule.number))

    def find(self, key: Key) -> Schedule | None:
        """Find the schedule of a kind for a channel."""
        return next((schedule for schedule in self.schedules if schedule.key == key), None)

    def claims_of(self, schedule: Schedule) -> dict[date, Claim]:
        """Collect the claims of a schedule's channel and kind by local date."""
        return {day: claim for (key, day), claim in self.claims.items() if key == schedule.key}

    def with_schedule(self, schedule: Schedule) -> Book:
        """Set a schedule in place of the one of its channel and kind, whose number it takes. What was claimed stays."""
        present = self.find(schedule.key)
        taken = [one.number for one in self.of_guild(schedule.guild_id)]
        number = present.number if present is not None else max(taken, default=0) + 1
        return replace(self, schedules=(*self._others(schedule), replace(schedule, number=number)))

    def without_schedule(self, schedule: Schedule) -> Book:
        """Remove a schedule. Its claims stay, so that setting it again posts no second time."""
        return replace(self, schedules=self._others(schedule))

    def with_claim(self, schedule: Schedule, day: date, claim: Claim) -> Book:
        """Note what became of a date, and forget the schedule's claims that were noted longest ago.

        What a posted summary told is remembered for the schedule; what another was to tell is not.
        """
        told = self.told
        if claim.state is not State.CLAIMED:
            if claim.state is State.POSTED and claim.told is not None:
                told = {**told, schedule.key: claim.told}
            claim = replace(claim, told=None)
        claims = {other: kept for other, kept in self.claims.items() if other != (schedule.key, day)}
        own = [other for other in claims if other[0] == schedule.key]
        for other in own[: max(0, len(own) - KEEP_CLAIMS + 1)]:
            del claims[other]
        return replace(self, claims={**claims, (schedule.key, day): claim}, told=told)

    def _others(self, schedule: Schedule) -> tuple[Schedule, ...]:
        return tuple(other for other in self.schedules if other.key != schedule.key)


class ScheduleStore(JsonBookFile[Book]):
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
            problem=ScheduleStoreError,
            lost="The file with the schedules was damaged. It was kept as {}; set the schedules again.",
        )


def _write(book: Book) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "alive_at": book.alive_at,
        "schedules": [
            {
                **_write_key(schedule.key),
                "time": f"{schedule.at:%H:%M}",
                "zone": schedule.zone,
                "since": schedule.since,
                "day": schedule.day,
                "number": schedule.number,
                "paused": schedule.paused,
            }
            for schedule in book.schedules
        ],
        "claims": [
            {
                **_write_key(key),
                "date": day.isoformat(),
                "state": claim.state.value,
                "at": claim.at,
                "message_id": claim.message_id,
                "offline": None if claim.offline is None else list(claim.offline),
                "reason": claim.reason,
                "told": None if claim.told is None else _write_memory(claim.told),
            }
            for (key, day), claim in book.claims.items()
        ],
        "told": [{**_write_key(key), **_write_memory(memory)} for key, memory in book.told.items()],
    }


def _write_key(key: Key) -> dict[str, Any]:
    guild_id, channel_id, kind = key
    return {"guild_id": guild_id, "channel_id": channel_id, "kind": kind.value}


def _write_memory(memory: Memory) -> dict[str, Any]:
    told = [
        {"operation": operation, "change": change, "worst": one.worst, "seen": one.seen}
        for (operation, change), one in memory.told.items()
    ]
    return {"at": memory.at, "changes": told}


def _read(data: Any) -> Book:  # noqa: ANN401 - whatever stands in the file
    if data["version"] not in (1, _VERSION):
        raise ValueError("another version")
    schedules = tuple(
        Schedule(
            guild_id=int(item["guild_id"]),
            channel_id=int(item["channel_id"]),
            at=time.fromisoformat(item["time"]).replace(tzinfo=None),
            zone=str(item["zone"]),
            since=float(item["since"]),
            # Version 1 has none of these: a server had one schedule, a daily one.
            kind=Kind(item.get("kind", Kind.DAILY)),
            day=int(item.get("day", 0)),
            number=int(item.get("number", 1)),
            paused=bool(item.get("paused", False)),
        )
        for item in data["schedules"]
    )
    claims = {
        (_read_key(item), date.fromisoformat(item["date"])): Claim(
            state=State(item["state"]),
            at=float(item["at"]),
            message_id=None if item["message_id"] is None else int(item["message_id"]),
            offline=None if item["offline"] is None else (float(item["offline"][0]), float(item["offline"][1])),
            # Files of before have none.
            reason=None if item.get("reason") is None else str(item["reason"]),
            told=None if item.get("told") is None else _read_memory(item["told"]),
        )
        for item in data["claims"]
    }
    told = {_read_key(item): _read_memory(item) for item in data.get("told", ())}
    alive_at = data["alive_at"]
    return Book(schedules, claims, None if alive_at is None else float(alive_at), told)


def _read_key(item: Any) -> Key:  # noqa: ANN401 - as above
    return int(item["guild_id"]), int(item["channel_id"]), Kind(item.get("kind", Kind.DAILY))


def _read_memory(item: Any) -> Memory:  # noqa: ANN401 - as above
    told = {
        (str(one["operation"]), str(one["change"])): Told(float(one["worst"]), float(one["seen"]))
        for one in item["changes"]
    }
    return Memory(float(item["at"]), told)
