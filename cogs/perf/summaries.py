"""Posts each summary exactly once: across restarts, crashes and times when Discord takes nothing.

How:
1. Before a summary is posted, a claim for its server, channel, kind and local date is saved. Without it nothing is
   posted. What it will have told is saved with the claim, and counts as told once the claim is confirmed.
2. The message carries a mark in its footer and a nonce made of the claim. Discord takes a nonce once within a few
   minutes. Before posting, the channel's messages since a day before are searched for the mark, so that a message whose
   answer was lost, or whose claim was, is found and not posted again.
3. After the post the claim is confirmed with the message's id. If that can't be saved, memory knows it until it can be.
4. What fails is tried again with growing pauses until it is 6 hours late. Then a last look tells whether it is there;
   if not it is given up, which the log and the next summary tell, with the reason.
5. When the channel can't be searched and a post may have gone through longer ago than Discord remembers a nonce, it is
   given up rather than risked twice.
6. After the clock jumped nothing is done until a second look confirms it. Pauses don't follow the wall clock.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .clocks import Clocks
from .keeper import Keeper
from .pauses import Pauses
from .posting import PostError, nonce_of, remembered, searched_from
from .schedule import CATCH_UP, Decision, Kind, Schedule, State, Verdict, decide, marker
from .schedule_store import Book, Claim, ScheduleStoreError
from .zones import NoSuchZone, zone_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    from .posting import Channel, Drawn
    from .schedule_store import Key, Memory, ScheduleStore

ALIVE_EVERY = 300.0
"""Seconds between two notes that the bot runs; so exact is what is said about when it was offline."""
_GOES_ON = "I try again; a summary that is 6 h late is given up."
_LAST = {Kind.DAILY: "Yesterday's", Kind.WEEKLY: "Last week's", Kind.MONTHLY: "Last month's"}
_LOG = logging.getLogger(__name__)


class Summaries:
    """The schedules and what became of each day.

    Args:
        open_store: Makes the store; called once, in a thread.
        channel: The port to Discord.
        draw: Makes the message for a decision, with the lines to begin it with and what was told before.
        clock: Unix seconds.
        monotonic: Seconds on a clock that is never set.
    """

    def __init__(
        self,
        open_store: Callable[[], ScheduleStore],
        channel: Channel,
        draw: Callable[[Schedule, Decision, list[str], Memory | None], Awaitable[Drawn]],
        clock: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keeper = Keeper(open_store, Book(), _joined)
        self._channel = channel
        self._draw = draw
        self._clocks = Clocks(clock, monotonic)
        self._ticking = asyncio.Lock()
        self._offline: tuple[float, float] | None = None
        self._pauses: Pauses[tuple[Key, date]] = Pauses(monotonic)
        self._problems: dict[Key, str] = {}

    async def book(self) -> Book:
        """Give the present book; once it was read this waits for nothing.

        Raises:
            ScheduleStoreError: It can't be read.
        """
        return await self._keeper.load()

    def problem(self, schedule: Schedule) -> str | None:
        """Say what last went wrong for a schedule, until it goes well again."""
        return self._problems.get(schedule.key) or self._keeper.damage

    @property
    def damage(self) -> str | None:
        """What an admin has to know of a file that was not understood."""
        return self._keeper.damage

    async def set(self, schedule: Schedule) -> Schedule:
        """Set a schedule; setting what is set already changes nothing.

        Returns:
            The schedule as it is kept.

        Raises:
            ScheduleStoreError: It could not be saved, so nothing was changed.
        """

        def put(book: Book) -> Book:
            present = book.find(schedule.key)
            if present is not None and replace(schedule, since=present.since, number=present.number) == present:
                return book
            return replace(book.with_schedule(schedule), alive_at=self._clocks.wall())

        kept = (await self._keeper.change(put)).find(schedule.key) or schedule
        if kept.since == schedule.since:
            self._problems.pop(schedule.key, None)
            self._keeper.damage = None
        return kept

    async def remove(self, schedule: Schedule) -> bool:
        """Remove a schedule.

        Returns:
            Whether it was there.

        Raises:
            ScheduleStoreError: It could not be saved, so nothing was changed.
        """
        if (await self._keeper.load()).find(schedule.key) is None:
            return False
        await self._keeper.change(lambda book: book.without_schedule(schedule))
        self._problems.pop(schedule.key, None)
        return True

    async def tick(self) -> None:
        """Do what is due. It never raises but for being cancelled: what fails is logged and tried again."""
        try:
            async with self._ticking:
                await self._keeper.load()
                # `ddc-perf setup` may have set one meanwhile.
                await self._keeper.take_up()
                if not self._clocks.settled():
                    return
                await self._note_alive()
                for schedule in self._keeper.book.schedules:
                    if not schedule.paused:
                        await self._serve_safely(schedule)
        except ScheduleStoreError as error:
            _LOG.warning("Summaries wait: %s", error)
        except Exception:  # noqa: BLE001 - a tick that raises would end the loop, and with it all summaries
            _LOG.exception("Summaries wait for the next tick")

    async def close(self) -> None:
        """Note when the bot stopped, so that a late summary can say it."""
        async with self._ticking:
            if not self._keeper.loaded or not self._keeper.book.schedules or not self._clocks.settled():
                return
            try:
                await self._keeper.note(self._alive)
            except ScheduleStoreError as error:
                _LOG.warning("The stop could not be noted: %s", error)

    def _alive(self, book: Book) -> Book:
        return replace(book, alive_at=self._clocks.wall())

    async def _note_alive(self) -> None:
        now, before = self._clocks.wall(), self._keeper.book.alive_at
        if not self._keeper.book.schedules:
            return
        if before is not None and now - before > 2 * ALIVE_EVERY:
            self._offline = (before, now)
        try:
            if before is None or abs(now - before) >= ALIVE_EVERY:
                await self._keeper.note(self._alive)
            else:
                await self._keeper.save_rest()
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
        # It may be changed or removed while Discord keeps this waiting.
        while schedule in self._keeper.book.schedules:
            now = self._clocks.wall()
            claims = {day: claim.state for day, claim in self._keeper.book.claims_of(schedule).items()}
            decision = decide(schedule, zone, claims, datetime.fromtimestamp(now, UTC))
            if decision.verdict is Verdict.WAIT or self._pauses.lasts((schedule.key, decision.day)):
                return
            if decision.verdict is Verdict.SKIP:
                away = self._away(decision.moment, decision.moment)
                await self._close_day(schedule, decision, Claim(State.SKIPPED, now, offline=away))
                _LOG.warning("The summary of %s was missed by more than 6 h", decision.day)
            else:
                await self._settle(schedule, decision, now)

    async def _settle(self, schedule: Schedule, decision: Decision, now: float) -> None:
        """Bring a claimed day to its end, or raise what keeps it open."""
        await self._keeper.save_rest()
        claim = self._keeper.book.claims_of(schedule).get(decision.day)
        if claim is None:
            claim = Claim(State.CLAIMED, now)
            claimed = claim
            await self._keeper.change(lambda book: book.with_claim(schedule, decision.day, claimed))
        try:
            final = await self._deliver(schedule, decision, claim, now)
        except Exception as error:
            self._pauses.begin((schedule.key, decision.day))
            await self._remember(schedule, decision, error)
            raise
        await self._close_day(schedule, decision, final)
        if final.state is State.POSTED:
            self._problems.pop(schedule.key, None)
            _LOG.info("The summary of %s is in channel %s", decision.day, schedule.channel_id)
        else:
            _LOG.error("The summary of %s was given up: %s", decision.day, final.reason or "the bot was not there")

    async def _deliver(self, schedule: Schedule, decision: Decision, claim: Claim, now: float) -> Claim:
        """Find or post the message, or give it up where it is too late or not safe."""
        over = decision.verdict is Verdict.GIVE_UP
        found = None
        try:
            after = searched_from(decision, claim)
            found = await self._channel.find(schedule.channel_id, marker(schedule.kind, decision.day), after)
        except PostError as error:
            if not error.refused:
                raise
            if over or (decision.retry and not remembered(claim, now)):
                why = f"whether a try got through can't be told: {_clause(error.reason)}"
                return Claim(State.GIVEN_UP, now, reason=why)
        if found is None and over:
            away = self._away(decision.moment, decision.moment + CATCH_UP)
            return Claim(State.GIVEN_UP, now, offline=away, reason=claim.reason)
        if found is None:
            before = self._keeper.book.told.get(schedule.key)
            drawn = await self._draw(schedule, decision, self._notes(schedule, decision, now), before)
            if drawn.told != claim.told:
                claim = replace(claim, told=drawn.told)
                promised = claim
                await self._keeper.change(lambda book: book.with_claim(schedule, decision.day, promised))
            nonce = nonce_of(schedule, decision.day)
            found = await self._channel.post(schedule.channel_id, drawn.embed, nonce, drawn.files)
        return Claim(State.POSTED, self._clocks.wall(), found, told=claim.told)

    async def _remember(self, schedule: Schedule, decision: Decision, error: Exception) -> None:
        """Keep why the last try failed, so that giving up can tell it after a restart, too."""
        claim = self._keeper.book.claims_of(schedule)[decision.day]
        why = f"the last try failed: {_clause(error.reason) if isinstance(error, PostError) else type(error).__name__}"
        if why == claim.reason:
            return
        try:
            await self._keeper.note(lambda book: book.with_claim(schedule, decision.day, replace(claim, reason=why)))
        except ScheduleStoreError as failure:
            _LOG.warning("The schedules could not be saved: %s", failure)

    async def _close_day(self, schedule: Schedule, decision: Decision, claim: Claim) -> None:
        """Note a final decision: in memory at once, on disk now or later."""
        self._pauses.forget((schedule.key, decision.day))
        await self._keeper.note(lambda book: book.with_claim(schedule, decision.day, claim))

    def _report(self, schedule: Schedule, told: str, error: Exception | None = None) -> None:
        """Tell what is in the way of a schedule; the log hears it once, not at each tick.

        Args:
            schedule: The schedule.
            told: What an admin reads.
            error: Whose traceback the log needs.
        """
        if self._problems.get(schedule.key) != told:
            _LOG.warning("The summary for channel %s waits: %s", schedule.channel_id, told, exc_info=error)
        self._problems[schedule.key] = told

    def _away(self, first: datetime, last: datetime) -> tuple[float, float] | None:
        """Say when the bot was away, if that was at `first` or began before `last`."""
        if self._offline is None:
            return None
        began, ended = self._offline
        return self._offline if began <= last.timestamp() and first.timestamp() <= ended else None

    def _notes(self, schedule: Schedule, decision: Decision, now: float) -> list[str]:
        notes = []
        last = self._keeper.book.claims_of(schedule).get(schedule.before(decision.day))
        if last is not None and last.state in (State.SKIPPED, State.GIVEN_UP):
            deed = "missed" if last.state is State.SKIPPED else "given up"
            notes.append(f"{_LAST[schedule.kind]} summary was {deed} ({last.reason or _absence(last.offline)}).")
        if decision.is_late(datetime.fromtimestamp(now, UTC)):
            due = f"<t:{int(decision.moment.timestamp())}:t>"
            away = self._away(decision.moment, decision.moment)
            why = _absence(away) if away else "it could not be posted before"
            notes.append(f"This summary is late: it was due at {due} ({why}).")
        return notes


def _joined(ours: Book, theirs: Book) -> Book:
    """Take the schedules of another program; what became of them nobody knows better than we."""
    return replace(
        ours,
        schedules=theirs.schedules,
        claims={**theirs.claims, **ours.claims},
        told={**theirs.told, **ours.told},
    )


def _clause(sentence: str) -> str:
    return sentence.removesuffix(".")


def _absence(offline: tuple[float, float] | None) -> str:
    if offline is None:
        return "the bot was offline or could not post"
    return f"the bot was offline from <t:{int(offline[0])}:f> to <t:{int(offline[1])}:f>"
