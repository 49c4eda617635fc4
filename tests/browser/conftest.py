"""A sandbox with the show bot in it, and a browser, shared by all tests of the chat page."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from sandbox.server import Sandbox
from tests.browser.browser import DESKTOP, Chat, find_browser, launch
from tests.needs import missing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from playwright.async_api import Browser

BOT = Path(__file__).with_name("show_bot.py")
ACK_SECONDS = 1.0
"""Discord gives a bot three seconds; the tests that see it miss them need not wait so long."""


@dataclass
class Stage:
    """What the tests play on. Pages wait in `idle` for the next test, by window size: loading one anew is quicker."""

    sandbox: Sandbox
    browser: Browser
    idle: dict[tuple[int, int], list[Chat]] = field(default_factory=dict)


@asynccontextmanager
async def running_bot(sandbox: Sandbox) -> AsyncIterator[asyncio.subprocess.Process]:
    """The show bot in a process of its own, ready when the context begins."""
    environment = {
        **os.environ,
        "SANDBOX_API": sandbox.api_base,
        "SANDBOX_GATEWAY": sandbox.gateway_url,
        "SANDBOX_TOKEN": sandbox.token,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(BOT), env=environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def clear(sandbox: Sandbox) -> None:
    """Take all messages away, so that each test begins in empty channels."""
    hub = sandbox.hub
    for channel in hub.world.channels.values():
        for user in hub.world.people:
            for message in hub.chat.history(channel, user.id):
                hub.chat.delete(message)


@pytest.fixture(scope="session")
def browser_path() -> str:
    path = find_browser()
    if path is None:
        missing("no Chromium or Chrome here to show the chat page in")
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(browser_path: str) -> AsyncIterator[Stage]:
    async with (
        Sandbox(ack_seconds=ACK_SECONDS) as sandbox,
        running_bot(sandbox),
        launch(browser_path) as browser,
    ):
        yield Stage(sandbox, browser)


@pytest_asyncio.fixture(loop_scope="session")
async def open_chat(stage: Stage) -> AsyncIterator[Callable[..., Awaitable[Chat]]]:
    """Opens chat pages, `await open_chat(user="Max")`, that log no error."""
    clear(stage.sandbox)
    opened: list[tuple[tuple[int, int], Chat]] = []

    async def opener(user: str = "Ada", channel: str = "bot-commands", size: tuple[int, int] = DESKTOP) -> Chat:
        idle = stage.idle.setdefault(size, [])
        if idle:
            chat = idle.pop()
            chat.problems.clear()
            await chat.go(stage.sandbox.url, user=user, channel=channel)
        else:
            chat = await Chat.open(stage.browser, stage.sandbox.url, user=user, channel=channel, size=size)
        opened.append((size, chat))
        return chat

    yield opener
    for size, chat in opened:
        stage.idle[size].append(chat)
    assert [problem for _, chat in opened for problem in chat.problems] == []


@pytest_asyncio.fixture(loop_scope="session")
async def chat(open_chat: Callable[..., Awaitable[Chat]]) -> Chat:
    """Ada's page."""
    return await open_chat()
