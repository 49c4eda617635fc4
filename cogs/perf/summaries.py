"""Posts each day's summary exactly once: across restarts, crashes and times when Discord takes nothing.

How:
1. Before a summary is posted, a claim for its server, channel and local date is saved. Without it nothing is posted.
2. The message carries a mark in its footer and a nonce made of the claim. Discord takes a nonce once within a few
   minutes. Before posting, the channel's messages since then are searched for the mark, so that a message whose
   answer was lost, or whose claim was, is found and not posted again.
3. After the post the claim is confirmed with the message's id. If that can't be saved, memory knows it until it can be.
4. What fails is tried again with growing pauses until it is 6 hours late, then given up, which the log and the next
   summary tell.
5. When the channel can't be searched and a post may have gone through longer ago than Discord remembers a nonce, it is
   given up rather than risked twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from .schedule import Decision, Schedule, State, Verdict, decide, marker
from .schedule_store import Book, Claim, ScheduleStore, ScheduleStoreError
from .zones import NoSuchZone, zone_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    import discord

ALIVE_EVERY = 300.0
"""Seconds between two notes that the bot runs; so exact is what is said about when it was offline."""
FIRST_PAUSE = 30.0
LONGEST_PAUSE = 900.0
NONCE_MEMORY = 120.0
"""Seconds for which Discord surely remembers a nonce."""
_SEARCH_MARGIN = timedelta(minutes=1)
_GOES_ON = "I try again until the summary is 6 h late."
_LOG = logging.getLogger(__name__)


class PostError(Exception):
    """Discord did not take or show something now.

    Args:
        reason: In words for an admin.
        refused: Whether it will stay so until somebody changes something, such as a permission.
    """

    def __init__(self, reason: str, *, refused: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refused = refused


class Channel(Protocol):
    """The port to Discord's channels. Every failure is a `PostError`."""

    async def find(self, channel_id: int, mark: str, after: datetime) -> int | None:
        """Search the bot's own messages for a mark in a footer.

        Args:
            channel_id: Where.
            mark: A whole part of the footer.
            after: No message before this.

        Returns:
            The message's id, or None when there is none.
        """
        ...

    async def post(self, channel_id: int, embed: discord.Embed, nonce: str) -> int:
        """Post a message with a nonce that Discord takes once, and return its id."""
        ...


class Summaries:
    """The schedules and what became of each day.

    Args:
        open_store: Makes the store; called once, in a thread.
        channel: The port to Discord.
        draw: Makes the embed for a decision, with the lines to begin it with.
        clock: Unix seconds.
    """

    def __init__(
        self,
        open_store: Callable[[], ScheduleStore],
        channel: Channel,
        draw: Callable[[Schedule, Decision, list[str]], Awaitable[discord.Embed]],
        clock: Callable[[], float],
    ) -> None:
        self._open_store = open_store
        self._channel = channel
        self._draw = draw
        self._clock = clock
        self._lock = asyncio.Lock()
        self._store: ScheduleStore | None = None
        self._book = Book()
        self._unsaved = False
        self._offline: tuple[float, float] | None = None
        self._pauses: dict[tuple[int, int, date], tuple[float, float]] = {}
        self._problems: dict[int, str] = {}
        self._damage: str | None = None

    async def book(self) -> Book:
        """Give the present book.

        Raises:
            ScheduleStoreError: It can't be read.
        """
        async with self._lock:
            await self._load()
            return self._book

    def problem(self, guild_id: int) -> str | None:
        """Say what last went wrong for a server, until it goes well again."""
        return self._problems.get(guild_id) or self._damage

    async def set(self, schedule: Schedule) -> Schedule:
        """Set a server's schedule; setting what is set already changes nothing.

        Returns:
            The schedule as it is kept.

        Raises:
            ScheduleStoreError: It could not be saved, so nothing was changed.
        """
        async with self._lock:
            await self._load()
            present = self._book.of_guild(schedule.guild_id)
            if present is not None and replace(schedule, since=present.since) == present:
                return present
            await self._save(replace(self._book.with_schedule(schedule), alive_at=self._clock()))
            self._problems.pop(schedule.guild_id, None)
            self._damage = None
            return schedule

    async def remove(self, guild_id: int) -> bool:
        """Remove a server's schedule.

        Returns:
            Whether there was one.

        Raises:
            ScheduleStoreError: It could not be saved, so nothing was changed.
        """
        async with self._lock:
            await self._load()
            if self._book.of_guild(guild_id) is None:
                return False
            await self._save(self._book.without_schedule(guild_id))
            self._problems.pop(guild_id, None)
            return True

    async def tick(self) -> None:
        """Do what is due. It never raises but for being cancelled: what fails is logged and tried again."""
        try:
            async with self._lock:
                await self._load()
                await self._note_alive()
                for schedule in self._book.schedules:
                    await self._serve_safely(schedule)
        except ScheduleStoreError as error:
            _LOG.warning("Summaries wait: %s", error)
        except Exception:  # noqa: BLE001 - a tick that raises would end the loop, and with it all summaries
            _LOG.exception("Summaries wait for the next tick")

    async def close(self) -> None:
        """Note when the bot stopped, so that a late summary can say it."""
        async with self._lock:
            if self._store is None or not self._book.schedules:
                return
            self._book = replace(self._book, alive_at=self._clock())
            self._unsaved = True
            try:
                await self._save_rest()
            except ScheduleStoreError as error:
                _LOG.warning("The stop could not be noted: %s", error)

    async def _load(self) -> None:
        if self._store is not None:
            return
        store = await asyncio.to_thread(self._open_store)
        self._book, self._damage = await asyncio.to_thread(store.load)
        self._store = store
        if self._damage:
            _LOG.error("%s", self._damage)

    async def _save(self, book: Book) -> None:
        """Save a book and take it over; on failure the present one stays."""
        if self._store is not None:
            await asyncio.to_thread(self._store.save, book)
        self._book = book
        self._unsaved = False

    async def _save_rest(self) -> None:
        if self._unsaved:
            await self._save(self._book)

    async def _note_alive(self) -> None:
        now, before = self._clock(), self._book.alive_at
        if not self._book.schedules:
            return
        if before is not None and now - before > 2 * ALIVE_EVERY:
            self._offline = (before, now)
        if before is None or abs(now - before) >= ALIVE_EVERY:
            self._book = replace(self._book, alive_at=now)
            self._unsaved = True
        try:
            await self._save_rest()
        except ScheduleStoreError as error:
            _LOG.warning("The schedules could not be saved: %s", error)

    async def _serve_safely(self, schedule: Schedule) -> None:
        try:
            await self._serve(schedule)
        except PostError as error:
            self._report(schedule, f"{error.reason} {_GOES_ON}")
        except ScheduleStoreError as error:
            self._report(schedule, f"{error} {_GOES_ON}")
        except NoSuchZone as error:
            self._report(schedule, error.user_message)
        except Exception as error:  # noqa: BLE001 - one channel's trouble must not keep the others waiting
            told = f"The last try failed with {type(error).__name__}; see the bot's log."
            self._report(schedule, told, error)

    async def _serve(self, schedule: Schedule) -> None:
        zone = await asyncio.to_thread(zone_of, schedule.zone)
        while True:
            now = self._clock()
            claims = {day: claim.state for day, claim in self._book.claims_of(schedule).items()}
            decision = decide(schedule, zone, claims, datetime.fromtimestamp(now, UTC))
            match decision.verdict:
                case Verdict.WAIT:
                    return
                case Verdict.SKIP:
                    away = self._away_at(decision)
                    await self._close_day(schedule, decision, Claim(State.SKIPPED, now, offline=away))
                    _LOG.warning("The summary of %s was missed by more than 6 h", decision.day)
                case Verdict.GIVE_UP:
                    await self._close_day(schedule, decision, Claim(State.GIVEN_UP, now))
                    _LOG.error("The summary of %s was given up after 6 h of trying", decision.day)
                case Verdict.POST:
                    key = (schedule.guild_id, schedule.channel_id, decision.day)
                    if now < self._pauses.get(key, (0.0, 0.0))[1]:
                        return
                    await self._post(schedule, decision, now)
                    self._problems.pop(schedule.guild_id, None)

    async def _post(self, schedule: Schedule, decision: Decision, now: float) -> None:
        await self._save_rest()
        claim = self._book.claims_of(schedule).get(decision.day)
        if claim is None:
            claim = Claim(State.CLAIMED, now)
            await self._save(self._book.with_claim(schedule, decision.day, claim))
        try:
            message_id = await self._deliver(schedule, decision, claim, now)
        except Exception:
            self._pause(schedule, decision, now)
            raise
        if message_id is None:
            await self._close_day(schedule, decision, Claim(State.GIVEN_UP, now))
            _LOG.error("The summary of %s was given up: no look into the channel is allowed", decision.day)
        else:
            await self._close_day(schedule, decision, Claim(State.POSTED, self._clock(), message_id))
            _LOG.info("The summary of %s is in channel %s", decision.day, schedule.channel_id)

    async def _deliver(self, schedule: Schedule, decision: Decision, claim: Claim, now: float) -> int | None:
        """Find or post the message; None when neither is safe."""
        after = min(decision.moment, datetime.fromtimestamp(claim.at, UTC)) - _SEARCH_MARGIN
        try:
            found = await self._channel.find(schedule.channel_id, marker(decision.day), after)
        except PostError as error:
            if not error.refused:
                raise
            if decision.retry and now - claim.at > NONCE_MEMORY:
                return None
            found = None
        if found is not None:
            return found
        embed = await self._draw(schedule, decision, self._notes(schedule, decision, now))
        return await self._channel.post(schedule.channel_id, embed, nonce_of(schedule, decision.day))

    async def _close_day(self, schedule: Schedule, decision: Decision, claim: Claim) -> None:
        """Note a final decision: in memory at once, on disk now or later."""
        self._book = self._book.with_claim(schedule, decision.day, claim)
        self._unsaved = True
        self._pauses.pop((schedule.guild_id, schedule.channel_id, decision.day), None)
        await self._save_rest()

    def _pause(self, schedule: Schedule, decision: Decision, now: float) -> None:
        key = (schedule.guild_id, schedule.channel_id, decision.day)
        last, _ = self._pauses.get(key, (FIRST_PAUSE / 2, 0.0))
        pause = min(last * 2, LONGEST_PAUSE)
        self._pauses[key] = (pause, now + pause)

    def _report(self, schedule: Schedule, told: str, error: Exception | None = None) -> None:
        """Tell what is in the way of a schedule; the log hears it once, not at each tick.

        Args:
            schedule: The schedule.
            told: What an admin reads.
            error: Whose traceback the log needs.
        """
        if self._problems.get(schedule.guild_id) != told:
            _LOG.warning("The summary for channel %s waits: %s", schedule.channel_id, told, exc_info=error)
        self._problems[schedule.guild_id] = told

    def _away_at(self, decision: Decision) -> tuple[float, float] | None:
        if self._offline is not None and self._offline[0] <= decision.moment.timestamp() <= self._offline[1]:
            return self._offline
        return None

    def _notes(self, schedule: Schedule, decision: Decision, now: float) -> list[str]:
        notes = []
        yesterday = self._book.claims_of(schedule).get(decision.day - timedelta(days=1))
        if yesterday is not None and yesterday.state is State.SKIPPED:
            notes.append(f"Yesterday's summary was missed ({_away(yesterday.offline)}).")
        elif yesterday is not None and yesterday.state is State.GIVEN_UP:
            notes.append("Yesterday's summary was missed (Discord did not take it for 6 hours).")
        if decision.is_late(datetime.fromtimestamp(now, UTC)):
            due = f"<t:{int(decision.moment.timestamp())}:t>"
            away = self._away_at(decision)
            why = _away(away) if away else "it could not be posted before"
            notes.append(f"This summary is late: it was due at {due} ({why}).")
        return notes


def nonce_of(schedule: Schedule, day: date) -> str:
    """Name a claim in at most 25 characters, as Discord takes nonces."""
    key = f"{schedule.guild_id}/{schedule.channel_id}/{day.isoformat()}"
    return hashlib.sha256(key.encode()).hexdigest()[:24]


def _away(offline: tuple[float, float] | None) -> str:
    if offline is None:
        return "the bot was offline or could not post"
    return f"the bot was offline from <t:{int(offline[0])}:f> to <t:{int(offline[1])}:f>"
