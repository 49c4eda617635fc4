"""`python -m sandbox` as a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import OPERATOR_ROLE_ID

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    import aiohttp

ROOT = Path(__file__).parents[3]
PIPE = asyncio.subprocess.PIPE


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[asyncio.subprocess.Process]]]:
    started: list[asyncio.subprocess.Process] = []

    async def start(*arguments: str) -> asyncio.subprocess.Process:
        command = (sys.executable, "-m", "sandbox", *arguments)
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE, stderr=PIPE)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def first_line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    return dict(json.loads(await asyncio.wait_for(process.stdout.readline(), 20)))


async def test_it_tells_where_it_serves_and_stops_on_a_signal(
    serve: Callable[..., Awaitable[asyncio.subprocess.Process]], http: aiohttp.ClientSession
) -> None:
    process = await serve("--port", "0")
    told = await first_line(process)

    assert set(told) == {"url", "api", "gateway", "token", "guild_id", "operator_role_id"}
    assert told["operator_role_id"] == OPERATOR_ROLE_ID
    async with http.get(f"{told['api']}/users/@me", headers={"Authorization": f"Bot {told['token']}"}) as response:
        assert (await response.json())["bot"] is True
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_a_busy_port_is_told_in_one_line(serve: Callable[..., Awaitable[asyncio.subprocess.Process]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await serve("--port", str(port))
        out, err = await asyncio.wait_for(process.communicate(), 20)

    assert (process.returncode, out) == (1, b"")
    assert err.decode() == f"sandbox: port {port} is in use; give another one with --port, or 0 for any.\n"


async def test_it_ends_when_the_parent_that_it_was_told_has_gone(
    serve: Callable[..., Awaitable[asyncio.subprocess.Process]],
) -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=PIPE)
    process = await serve("--port", "0", "--parent", str(parent.pid))
    await first_line(process)
    await parent.communicate(b"\n")

    assert await asyncio.wait_for(process.wait(), 20) == 0
