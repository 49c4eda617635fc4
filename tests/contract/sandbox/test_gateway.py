"""The gateway's protocol, spoken by hand."""

from __future__ import annotations

import asyncio
import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AsyncExitStack

    import aiohttp

    from sandbox.server import Sandbox

Socket = ClientWebSocketResponse


@pytest.fixture
def connect(http: aiohttp.ClientSession, stack: AsyncExitStack) -> Callable[..., Awaitable[Socket]]:
    """Opens a socket to the gateway and takes its hello."""

    async def start(sandbox: Sandbox, query: str = "?v=10&encoding=json") -> Socket:
        socket = await stack.enter_async_context(http.ws_connect(sandbox.gateway_url + query))
        assert (await socket.receive_json())["op"] == 10
        return socket

    return start


def identify(sandbox: Sandbox, **changes: object) -> dict[str, Any]:
    data = {"token": sandbox.token, "intents": 1, "properties": {"os": "linux", "browser": "t", "device": "t"}}
    return {"op": 2, "d": data | changes}


async def close_code(socket: Socket) -> int | None:
    async with asyncio.timeout(10):
        while (message := await socket.receive()).type is WSMsgType.TEXT:
            pass
    assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
    return socket.close_code


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("{", 4002),
        ("[]", 4002),
        (json.dumps({"op": 1, "d": "x" * 5000}), 4002),
        (json.dumps({"op": 2, "d": None}), 4002),
        (json.dumps({"op": 8, "d": {}}), 4003),
        (json.dumps({"op": 2, "d": {"token": "wrong", "intents": 1, "properties": {}}}), 4004),
        (json.dumps({"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}), 4004),
    ],
)
async def test_a_payload_that_discord_does_not_take_closes_the_socket_with_its_code(
    sandbox: Sandbox, connect: Callable[..., Awaitable[Socket]], payload: str, code: int
) -> None:
    socket = await connect(sandbox)
    await socket.send_str(payload)

    assert await close_code(socket) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"intents": None}, 4013),
        ({"intents": 1 << 40}, 4013),
        ({"intents": 1 << 15}, 4014),
        ({"properties": None}, 4002),
    ],
)
async def test_an_identify_with_wrong_intents_is_refused(
    sandbox: Sandbox, connect: Callable[..., Awaitable[Socket]], changes: dict[str, object], code: int
) -> None:
    socket = await connect(sandbox)
    await socket.send_json(identify(sandbox, **changes))

    assert await close_code(socket) == code


async def test_ready_and_the_guild_come_after_identify_and_a_second_one_is_refused(
    sandbox: Sandbox, connect: Callable[..., Awaitable[Socket]]
) -> None:
    socket = await connect(sandbox)
    await socket.send_json(identify(sandbox))

    ready, guild = await socket.receive_json(), await socket.receive_json()
    assert (ready["t"], ready["s"], guild["t"], guild["s"]) == ("READY", 1, "GUILD_CREATE", 2)
    assert ready["d"]["resume_gateway_url"] == sandbox.gateway_url
    assert ready["d"]["guilds"] == [{"id": sandbox.guild_id, "unavailable": True}]
    await socket.send_json(identify(sandbox))
    assert await close_code(socket) == 4005


async def test_an_unknown_opcode_is_refused_and_a_presence_is_taken(
    sandbox: Sandbox, connect: Callable[..., Awaitable[Socket]]
) -> None:
    socket = await connect(sandbox)
    await socket.send_json(identify(sandbox))
    await socket.send_json({"op": 3, "d": {"status": "idle", "since": None, "activities": [], "afk": False}})
    await socket.send_json({"op": 99, "d": None})

    assert await close_code(socket) == 4001


async def test_a_heartbeat_is_acknowledged(sandbox: Sandbox, connect: Callable[..., Awaitable[Socket]]) -> None:
    socket = await connect(sandbox)
    await socket.send_json({"op": 1, "d": None})

    assert await socket.receive_json() == {"op": 11, "d": None}


async def test_a_bot_without_heartbeats_is_cut_off(
    open_sandbox: Callable[..., Awaitable[Sandbox]], connect: Callable[..., Awaitable[Socket]]
) -> None:
    socket = await connect(await open_sandbox(heartbeat_interval=0.2))

    assert await close_code(socket) == 4009


async def test_more_than_a_hundred_and_twenty_payloads_a_minute_are_too_many(
    sandbox: Sandbox, connect: Callable[..., Awaitable[Socket]]
) -> None:
    socket = await connect(sandbox)
    for _ in range(125):
        await socket.send_json({"op": 1, "d": None})

    assert await close_code(socket) == 4008


async def test_a_resume_brings_what_was_missed_in_order(
    sandbox: Sandbox, connect: Callable[..., Awaitable[Socket]]
) -> None:
    first = await connect(sandbox)
    await first.send_json(identify(sandbox, intents=1 << 9))
    ready = await first.receive_json()
    await first.close(code=4000)
    await sandbox.until(lambda: not sandbox.hub.gateway.online)
    for text in ("one", "two"):
        sandbox.write("Max", "general", text)

    second = await connect(sandbox)
    resume = {"token": sandbox.token, "session_id": ready["d"]["session_id"], "seq": ready["s"]}
    await second.send_json({"op": 6, "d": resume})
    events = [await second.receive_json() for _ in range(3)]
    assert [event["t"] for event in events] == ["MESSAGE_CREATE", "MESSAGE_CREATE", "RESUMED"]
    assert [event["s"] for event in events] == [2, 3, 4]


async def test_a_resume_of_an_unknown_session_is_invalid_and_of_a_number_not_yet_sent_is_refused(
    sandbox: Sandbox, connect: Callable[..., Awaitable[Socket]]
) -> None:
    socket = await connect(sandbox)
    await socket.send_json({"op": 6, "d": {"token": sandbox.token, "session_id": "gone", "seq": 1}})
    assert await socket.receive_json() == {"op": 9, "d": False}

    await socket.send_json(identify(sandbox, intents=0))
    ready = await socket.receive_json()
    other = await connect(sandbox)
    resume = {"token": sandbox.token, "session_id": ready["d"]["session_id"], "seq": 99}
    await other.send_json({"op": 6, "d": resume})
    assert await close_code(other) == 4007


async def test_a_session_that_was_closed_for_good_cannot_be_resumed(
    sandbox: Sandbox, connect: Callable[..., Awaitable[Socket]]
) -> None:
    socket = await connect(sandbox)
    await socket.send_json(identify(sandbox, intents=0))
    await socket.receive_json()
    await socket.close(code=1000)

    await sandbox.until(lambda: not sandbox.hub.gateway.sessions)


async def test_compressed_payloads_are_one_zlib_stream(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    inflate = zlib.decompressobj()
    async with http.ws_connect(sandbox.gateway_url + "?v=10&encoding=json&compress=zlib-stream") as socket:
        await socket.send_json(identify(sandbox))
        names = []
        for _ in range(3):
            data = await socket.receive_bytes()
            assert data.endswith(b"\x00\x00\xff\xff")
            names.append(json.loads(inflate.decompress(data)).get("t"))
    assert names == [None, "READY", "GUILD_CREATE"]


async def test_a_compression_that_is_not_known_is_answered_in_plain_text(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    async with http.ws_connect(sandbox.gateway_url + "?v=10&encoding=json&compress=zstd-stream") as socket:
        assert (await socket.receive_json())["op"] == 10


async def test_an_old_version_of_the_gateway_is_not_there(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with http.ws_connect(sandbox.gateway_url + "?v=6") as socket:
        assert await close_code(socket) == 4012
