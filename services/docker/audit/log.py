"""Keeps the audit from an event loop: lines in order, written on a thread, and no action fails because a disk does."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from services.docker.errors import AuditUnreadable, Unseen
from utils.metrics.outcome import Outcome, outcome_of

from .entry import AuditEntry, to_line
from .file import append, newest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from services.docker.access import Actor
    from services.docker.model import Action

_LOG = logging.getLogger(__name__)
# Far more than ever wait while a disk is well; one that hangs must not fill the memory.
_MOST_WAITING = 10_000


@dataclass(slots=True)
class Attempt:
    """An action under way.

    Attributes:
        actor: Who does it.
        action: What they do.
        container: The container's name; until it is known, what was asked for.
        began: A reading of the monotonic clock.
    """

    actor: Actor
    action: Action
    container: str
    began: float


class AuditLog:
    """The audit of one bot.

    A line is handed to a thread at the end of an action, which doesn't wait for it. What can't be written is counted
    and logged. What is noted in the last moments before the process is killed may be missing.

    Args:
        path: The file; None keeps nothing, for a service that nobody audits.
        limit: Bytes that the file may have before it is put aside; the one put aside before goes.

    Attributes:
        lost: How many lines could not be written, or not for certain.
    """

    def __init__(self, path: Path | None, limit: int = 5_000_000) -> None:
        self._path = path
        self._limit = limit
        self.lost = 0
        self._waiting: list[AuditEntry] = []
        self._writer: asyncio.Task[None] | None = None
        self._failing = False
        self._file = threading.Lock()

    @contextmanager
    def attempt(
        self, actor: Actor, action: Action, container: str, *, refusals_alone: bool = False
    ) -> Iterator[Attempt]:
        """Leave a line about what is done inside, whatever comes of it.

        Args:
            actor: Who does it.
            action: What they do.
            container: What they asked for, until it is known which container that is.
            refusals_alone: Leave a line only when they may not do it: it is not about to be done yet.
        """
        attempt = Attempt(actor, action, container, time.monotonic())
        try:
            yield attempt
        except BaseException as error:
            # What is not for them they are told as not found; the audit tells it as it was.
            real = error.__cause__ if isinstance(error.__cause__, Unseen) else error
            outcome = outcome_of(real)
            if outcome is Outcome.DENIED:
                attempt.container = getattr(real, "container", "") or attempt.container
            if outcome is Outcome.DENIED or not refusals_alone:
                self._note(attempt, outcome, type(real).__name__)
            raise
        if not refusals_alone:
            self._note(attempt, Outcome.OK)

    async def read(
        self, limit: int, *, container: str | None = None, user_id: int | None = None
    ) -> tuple[AuditEntry, ...]:
        """Read entries, the newest first.

        Args:
            limit: How many at most.
            container: Of this container alone, by its name.
            user_id: Of this person alone.

        Raises:
            AuditUnreadable: The file is there but can't be read.
        """
        path = self._path
        if path is None:
            return ()

        def wanted(entry: AuditEntry) -> bool:
            return container in (None, entry.container) and user_id in (None, entry.user_id)

        def work() -> tuple[AuditEntry, ...]:
            with self._file:
                return newest(path, limit, wanted)

        await self.flush()
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            raise AuditUnreadable((error.strerror or type(error).__name__).lower()) from error

    async def flush(self, patience: float = 2.0) -> bool:
        """Wait until what was noted stands in the file.

        Args:
            patience: Seconds to wait at most.

        Returns:
            Whether nothing waits any more.
        """
        if self._writer is not None:
            await asyncio.wait([self._writer], timeout=patience)
        return self._writer is None

    def _note(self, attempt: Attempt, outcome: Outcome, error: str | None = None) -> None:
        if self._path is None:
            return
        if len(self._waiting) >= _MOST_WAITING:
            self.lost += 1
            return
        self._waiting.append(
            AuditEntry(
                time=datetime.now(UTC),
                user_id=attempt.actor.user_id,
                name=attempt.actor.name,
                guild=attempt.actor.guild_id,
                channel=attempt.actor.channel_id,
                action=attempt.action.value,
                container=attempt.container,
                outcome=outcome.value,
                error_type=error,
                seconds=round(time.monotonic() - attempt.began, 3),
            )
        )
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(self._path), name="docker-audit")

    async def _write(self, path: Path) -> None:
        """Write until nothing waits; one batch at a time, so that lines stay in order."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                try:
                    await asyncio.to_thread(self._append, path, batch)
                except Exception as error:  # noqa: BLE001 - whatever it is, it must not end the writing for good
                    self._missed(len(batch), error)
                else:
                    self._written()
        finally:
            self._writer = None

    def _append(self, path: Path, batch: list[AuditEntry]) -> None:
        lines = b"".join(map(to_line, batch))
        with self._file:
            append(path, lines, self._limit)

    def _missed(self, count: int, error: Exception) -> None:
        self.lost += count
        if not self._failing:
            self._failing = True
            reason = getattr(error, "strerror", None) or type(error).__name__
            _LOG.error("The audit could not be written (%s). Actions go on; what is missing is counted.", reason)

    def _written(self) -> None:
        if self._failing:
            self._failing = False
            _LOG.warning("The audit is written again; %d lines are missing.", self.lost)
