"""Interactions: what a person set off, how the bot answered it, and by when it had to."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox import errors
from sandbox.limits.messages import LOADING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.chat import Chat
    from sandbox.clock import Clock
    from sandbox.events import EventBus
    from sandbox.jsontypes import Json
    from sandbox.messages import Message
    from sandbox.snowflake import SnowflakeFactory

COMMAND = 2
COMPONENT = 3
AUTOCOMPLETE = 4
MODAL_SUBMIT = 5

TOKEN_SECONDS = 15 * 60.0
"""How long after its start an interaction can be answered further."""

KEPT = 1000
"""Interactions that are remembered; older ones are unknown."""

SENT, THINKING, DONE, FAILED = "sent", "thinking", "done", "failed"

_NO_ANSWER = {
    COMMAND: "The application did not respond",
    COMPONENT: "This interaction failed",
    AUTOCOMPLETE: "Loading options failed",
    MODAL_SUBMIT: "Something went wrong. Try again.",
}


@dataclass(slots=True, eq=False)
class Interaction:
    """One interaction and all that became of it.

    Attributes:
        type: `COMMAND`, `COMPONENT`, `AUTOCOMPLETE` or `MODAL_SUBMIT`.
        nonce: The page's own mark for it.
        command: The command's full name, such as "perf recent".
        options: What the person gave: option values, select values or a modal's texts.
        custom_id: Of the component or the modal.
        message: The message whose component was used.
        parent: For a submitted modal, the interaction that opened it.
        payload: What the bot was sent.
        state: "sent", "thinking" (deferred), "done" or "failed".
        reason: Why it failed, as Discord shows it.
        answer_type: The type of the first answer.
        ack_seconds: How long the first answer took.
        original: The message that "@original" means.
        modal: The modal that the bot opened.
        choices: The choices of an autocomplete.
        focused_type: The type of the option that an autocomplete is for.
    """

    id: str
    token: str
    type: int
    user_id: str
    channel_id: str
    created: float
    nonce: str | None = None
    command: str | None = None
    options: Json = field(default_factory=dict)
    custom_id: str | None = None
    message: Message | None = None
    parent: Interaction | None = None
    payload: Json = field(default_factory=dict)
    state: str = SENT
    reason: str | None = None
    answer_type: int | None = None
    ack_seconds: float | None = None
    original: Message | None = None
    modal: Json | None = None
    modal_open: bool = False
    choices: list[Json] | None = None
    focused_type: int = 0
    _look: Callable[[Interaction], list[Json]] = field(default=lambda _: [], repr=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def messages(self) -> list[Json]:
        """What the person now sees of it: the messages that answer it, or that it changed, oldest first."""
        return self._look(self)

    async def wait(self, timeout: float = 10.0) -> Interaction:  # noqa: ASYNC109 - a test says how patient it is
        """Return this interaction once it is done or has failed.

        Args:
            timeout: Real seconds to wait at most.

        Raises:
            TimeoutError: It still was neither.
        """
        return await self.wait_for(lambda record: record.state in (DONE, FAILED), timeout)

    async def wait_for(
        self,
        wanted: Callable[[Interaction], object],
        timeout: float = 10.0,  # noqa: ASYNC109 - a test says how patient it is
    ) -> Interaction:
        """Return this interaction once `wanted(interaction)` is true; asked anew at everything the bot does with it.

        Args:
            wanted: The condition.
            timeout: Real seconds to wait at most.

        Raises:
            TimeoutError: It was not met in time.
        """
        async with asyncio.timeout(timeout):
            while not wanted(self):
                self._changed.clear()
                await self._changed.wait()
        return self

    def touch(self) -> None:
        """Wake whoever waits for a change."""
        self._changed.set()

    def json(self) -> Json:
        """The record as the page's API shows it."""
        return {
            "id": self.id,
            "type": self.type,
            "user": self.user_id,
            "channel": self.channel_id,
            "command": self.command,
            "custom_id": self.custom_id,
            "options": self.options,
            "nonce": self.nonce,
            "created": self.created,
            "state": self.state,
            "reason": self.reason,
            "answer_type": self.answer_type,
            "ack_seconds": self.ack_seconds,
            "modal": self.modal,
            "choices": self.choices,
            "messages": [message["id"] for message in self.messages],
        }


class Interactions:
    """All interactions, their tokens and their clocks.

    Args:
        chat: Where their messages are.
        clock: What decides that an answer is late.
        ids: Where new ids come from.
        bus: Where the pages hear of changes.
        ack_seconds: How long the bot has for the first answer.
    """

    def __init__(self, chat: Chat, clock: Clock, ids: SnowflakeFactory, bus: EventBus, ack_seconds: float) -> None:
        self.records: dict[str, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self._chat = chat
        self._clock = clock
        self._ids = ids
        self._bus = bus
        self._ack_seconds = ack_seconds
        self._timers: set[asyncio.Task[None]] = set()

    def new(self, kind: int, user_id: str, channel_id: str, nonce: str | None) -> Interaction:
        """A new interaction, which the bot has not been told of yet."""
        return Interaction(
            id=self._ids.next(),
            token=secrets.token_urlsafe(96),
            type=kind,
            user_id=user_id,
            channel_id=channel_id,
            created=self._clock.time(),
            nonce=nonce,
            _look=self._messages,
        )

    def start(self, record: Interaction) -> None:
        """Let the three seconds and the fifteen minutes run."""
        self.records[record.id] = record
        self._by_token[record.token] = record
        if len(self.records) > KEPT:
            oldest = next(iter(self.records.values()))
            del self.records[oldest.id], self._by_token[oldest.token]
        self._publish(record)
        task = asyncio.create_task(self._watch(record), name=f"sandbox-interaction-{record.id}")
        self._timers.add(task)
        task.add_done_callback(self._timers.discard)

    def unanswered(self, interaction_id: str, token: str) -> Interaction:
        """The interaction that waits for its first answer.

        Raises:
            ApiError: 10062 unknown or too late, 50027 wrong token, 40060 already answered.
        """
        record = self.records.get(interaction_id)
        if record is None:
            raise errors.unknown_interaction()
        if record.token != token:
            raise errors.invalid_webhook_token()
        if record.answer_type is not None:
            raise errors.already_acknowledged()
        if self._clock.time() - record.created > self._ack_seconds:
            self.fail(record, _NO_ANSWER[record.type])
            raise errors.unknown_interaction()
        return record

    def answered(self, application_id: str, token: str) -> Interaction:
        """The interaction whose webhook this is.

        Raises:
            ApiError: 10015 not this application's, or no first answer yet; 50027 wrong or expired token.
        """
        if application_id != self._chat.world.application_id:
            raise errors.unknown_webhook()
        record = self._by_token.get(token)
        if record is None or self._clock.time() - record.created > TOKEN_SECONDS:
            raise errors.invalid_webhook_token()
        if record.answer_type is None or record.type == AUTOCOMPLETE:
            raise errors.unknown_webhook()
        return record

    def acknowledge(self, record: Interaction, answer_type: int, state: str) -> None:
        """Note the first answer."""
        record.answer_type = answer_type
        record.ack_seconds = self._clock.time() - record.created
        self.move(record, state)

    def move(self, record: Interaction, state: str) -> None:
        """Bring an interaction into a state and tell so; repeating a state only wakes those who wait."""
        if record.state not in (state, FAILED):
            record.state = state
            self._publish(record)
        record.touch()

    def fail(self, record: Interaction, reason: str) -> None:
        """Show the person that it failed."""
        if record.state in (SENT, THINKING):
            record.state, record.reason = FAILED, reason
            self._publish(record)
        record.touch()

    def open_modal(self, record: Interaction, modal: Json) -> None:
        """Show a modal to the person."""
        record.modal, record.modal_open = modal, True
        event = {"t": "modal", "interaction_id": record.id, "nonce": record.nonce, "modal": modal}
        self._bus.publish(event, lambda user_id: user_id == record.user_id)

    async def close(self) -> None:
        """Stop all clocks."""
        for task in self._timers:
            task.cancel()
        await asyncio.gather(*self._timers, return_exceptions=True)

    async def _watch(self, record: Interaction) -> None:
        await self._clock.sleep(record.created + self._ack_seconds - self._clock.time())
        if record.answer_type is None:
            self.fail(record, _NO_ANSWER[record.type])
            return
        await self._clock.sleep(record.created + TOKEN_SECONDS - self._clock.time())
        if record.original is not None and record.original.flags & LOADING:
            self.fail(record, _NO_ANSWER[COMMAND])

    def _messages(self, record: Interaction) -> list[Json]:
        found = self._chat.of_interaction(record.id)
        if record.original is not None and not record.original.deleted and record.original not in found:
            found.insert(0, record.original)
        return [self._chat.json(message) for message in found if self._chat.sees(record.user_id, message)]

    def _publish(self, record: Interaction) -> None:
        event = {
            "t": "interaction",
            "id": record.id,
            "nonce": record.nonce,
            "state": record.state,
            "reason": record.reason,
        }
        self._bus.publish(event, lambda user_id: user_id == record.user_id)
