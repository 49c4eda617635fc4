"""What is remembered is bounded, so that a sandbox can stay open for days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox import chat, interactions, recorder
from sandbox.clock import ManualClock
from sandbox.errors import ApiError
from sandbox.hub import Hub
from sandbox.recorder import Recorder

if TYPE_CHECKING:
    from sandbox.chat import Chat


def write(into: Chat, text: str) -> str:
    world = into.world
    message = into.new(next(iter(world.channels.values())), world.owner_id)
    message.content = text
    into.post(message)
    return message.id


def test_old_messages_are_forgotten() -> None:
    hub = Hub(token="t", clock=ManualClock(1_700_000_000))  # noqa: S106 - no secret
    ids = [write(hub.chat, str(number)) for number in range(chat.KEPT + 1)]

    assert hub.chat.find(ids[0]) is None
    assert hub.chat.find(ids[1]) is not None


async def test_old_interactions_are_unknown() -> None:
    hub = Hub(token="t", clock=ManualClock(1_700_000_000))  # noqa: S106 - no secret
    records = [
        hub.interactions.new(interactions.COMMAND, hub.world.owner_id, "1", None) for _ in range(interactions.KEPT + 1)
    ]
    for record in records:
        hub.interactions.start(record)
    codes = []
    for record in records[:2]:
        try:
            hub.interactions.unanswered(record.id, record.token)
        except ApiError as error:
            codes.append(error.code)
    await hub.interactions.close()

    assert codes == [10062]


def test_old_requests_are_forgotten_and_numbers_go_on() -> None:
    kept = Recorder()
    for _ in range(recorder.KEPT + 5):
        kept.start(0.0, "GET", "/gateway", "/gateway", {})

    assert len(kept.since()) == recorder.KEPT
    assert [record.n for record in kept.since(recorder.KEPT + 4)] == [recorder.KEPT + 5]
