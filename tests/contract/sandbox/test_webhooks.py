"""Interactions' webhooks, called by hand where discord.py would not let one do the wrong thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import aiohttp

    from sandbox.interactions import Interaction
    from sandbox.server import Sandbox


@pytest.fixture
async def record(sandbox: Sandbox) -> Interaction:
    """An interaction that waits for its first answer."""
    hub = sandbox.hub
    command = {"name": "ping", "description": "d", "type": 1}
    hub.commands.replace_all(hub.world.application_id, None, [command])
    return sandbox.run_command("Max", "general", "ping")


@pytest.fixture
def call(sandbox: Sandbox, http: aiohttp.ClientSession) -> Callable[..., Awaitable[tuple[int, Any]]]:
    """Sends a request without the bot token; the status and the JSON, or the error's code."""

    async def send(method: str, path: str, body: object = None) -> tuple[int, Any]:
        async with http.request(method, sandbox.api_base + path, json=body) as response:
            told: Any = None if response.status == 204 else await response.json()
            return response.status, told["code"] if response.status >= 400 else told

    return send


def callback(record: Interaction, token: str = "") -> str:
    return f"/interactions/{record.id}/{token or record.token}/callback"


def webhook(sandbox: Sandbox, record: Interaction, rest: str = "") -> str:
    return f"/webhooks/{sandbox.hub.world.application_id}/{record.token}{rest}"


async def test_without_with_response_an_answer_has_no_body(
    record: Interaction, call: Callable[..., Awaitable[tuple[int, Any]]]
) -> None:
    assert await call("POST", callback(record), {"type": 4, "data": {"content": "x"}}) == (204, None)
    assert record.state == "done"


async def test_with_response_tells_of_the_interaction_and_the_message(
    record: Interaction, call: Callable[..., Awaitable[tuple[int, Any]]]
) -> None:
    status, told = await call("POST", callback(record) + "?with_response=true", {"type": 5, "data": {"flags": 64}})

    assert status == 200
    assert told["interaction"]["response_message_loading"] is True
    assert told["interaction"]["response_message_ephemeral"] is True
    assert told["resource"]["message"]["id"] == told["interaction"]["response_message_id"]


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 10, 99, None])
async def test_a_command_takes_no_answer_that_is_meant_for_something_else(
    record: Interaction, call: Callable[..., Awaitable[tuple[int, Any]]], kind: int | None
) -> None:
    assert await call("POST", callback(record), {"type": kind, "data": {}}) == (400, 50035)
    assert record.state == "sent"


async def test_an_unknown_interaction_and_a_wrong_token_are_told_apart(
    record: Interaction, call: Callable[..., Awaitable[tuple[int, Any]]]
) -> None:
    assert await call("POST", "/interactions/1/x/callback", {"type": 5}) == (404, 10062)
    assert await call("POST", callback(record, "wrong"), {"type": 5}) == (401, 50027)


async def test_a_webhook_needs_the_right_application_the_right_token_and_a_first_answer(
    sandbox: Sandbox, record: Interaction, call: Callable[..., Awaitable[tuple[int, Any]]]
) -> None:
    application = sandbox.hub.world.application_id

    assert await call("POST", webhook(sandbox, record), {"content": "x"}) == (404, 10015)
    assert await call("GET", webhook(sandbox, record, "/messages/@original")) == (404, 10015)
    assert await call("POST", f"/webhooks/{application}/wrong", {"content": "x"}) == (401, 50027)
    assert await call("POST", f"/webhooks/1/{record.token}", {"content": "x"}) == (404, 10015)


async def test_a_webhook_reaches_only_its_own_messages(
    sandbox: Sandbox, record: Interaction, call: Callable[..., Awaitable[tuple[int, Any]]]
) -> None:
    foreign = sandbox.write("Max", "general", "mine")["id"]
    await call("POST", callback(record), {"type": 4, "data": {"content": "x"}})

    for method in ("GET", "PATCH", "DELETE"):
        path = webhook(sandbox, record, f"/messages/{foreign}")
        assert await call(method, path, {"content": "y"}) == (404, 10008)


async def test_a_deferral_that_is_deleted_ends_the_thinking(
    sandbox: Sandbox, record: Interaction, call: Callable[..., Awaitable[tuple[int, Any]]]
) -> None:
    await call("POST", callback(record), {"type": 5})
    assert record.state == "thinking"
    assert await call("DELETE", webhook(sandbox, record, "/messages/@original")) == (204, None)

    assert (record.state, record.messages) == ("done", [])


async def test_an_interaction_s_webhook_needs_no_bot_token_and_a_channel_does(
    sandbox: Sandbox, record: Interaction, call: Callable[..., Awaitable[tuple[int, Any]]]
) -> None:
    assert (await call("POST", callback(record), {"type": 4, "data": {"content": "x"}}))[0] == 204
    assert (await call("GET", webhook(sandbox, record, "/messages/@original")))[0] == 200
    assert await call("GET", f"/channels/{record.channel_id}") == (401, 0)
