"""Shows what the bot answers in the sandbox's page, wide and as narrow as a phone, and finds what is wrong with it."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.browser.browser import Chat, launch
from tests.e2e.world import CHANNEL, soon

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Locator

    from sandbox.interactions import Interaction
    from tests.e2e.world import World

SIZES = {"wide": (1280, 2_400), "phone": (390, 2_400)}
"""As wide as a desk's and a phone's window, and so high that each answer is on the picture as a whole."""
WRONG = "That didn't work"
_LONGEST = 60.0
"""Seconds for an answer: a report over a million entries that are being loaded, on a busy machine."""
_PATIENCE_MS = 15_000
_PAUSE = 0.05
_TIMES = 60
_LOADED = "message => [...message.querySelectorAll('img')].every(image => image.complete && image.naturalWidth > 0)"
_FAULTS = """message => [
  ...[document.documentElement, message.closest("[data-testid=messages]"), message,
      ...message.querySelectorAll("[data-testid=embed], pre, button")]
    .filter(element => element.scrollWidth > element.clientWidth + 1)
    .map(element => `${element.tagName} ${element.className}: ${element.scrollWidth} px in ${element.clientWidth}`),
  ...[...message.querySelectorAll("img")].filter(image => !image.alt.trim()).map(image => `no words for ${image.src}`),
]"""


@dataclass
class Looks:
    """A person before the page who looks at one answer after the other.

    Attributes:
        world: Where the bot is.
        chat: The page.
        folder: Where the pictures go.
        faults: What was wrong so far: the picture's name and the fault.
    """

    world: World
    chat: Chat
    folder: Path
    faults: list[str] = field(default_factory=list)

    async def ask(self, name: str, command: str, **options: object) -> Interaction:
        """Run a command and look at its answer."""
        return await self.see(name, self.world.sandbox.run_command("Ada", CHANNEL, command, options))

    async def press(self, name: str, answer: Interaction, label: str) -> Interaction:
        """Press a button of an answer, and look at what became of it."""
        before = json.dumps(answer.messages)
        await self.world.press(answer, label)
        await soon(lambda: json.dumps(answer.messages) != before)
        return await self.see(name, answer)

    async def see(self, name: str, answer: Interaction) -> Interaction:
        """Look at an answer in both sizes: a picture of each, and a note of what is wrong.

        Args:
            name: Of the pictures.
            answer: What is awaited, and looked at.
        """
        await answer.wait(_LONGEST)
        for size, (width, height) in SIZES.items():
            await self.chat.page.set_viewport_size({"width": width, "height": height})
            message = await self.find(answer)
            await self.chat.screenshot(self.folder / f"{name}-{size}.png", message)
            found = await message.evaluate(_FAULTS)
            if WRONG in await message.inner_text():
                found.append(WRONG)
            self.faults += [f"{name}-{size}: {fault}" for fault in found]
        return answer

    async def find(self, answer: Interaction) -> Locator:
        """Return the last message of an answer, with its pictures loaded."""
        message = self.chat.page.locator(f'[data-message-id="{answer.messages[-1]["id"]}"]')
        await expect(message).to_be_visible()
        await expect(message.get_by_test_id("thinking")).to_have_count(0, timeout=_PATIENCE_MS)
        await self.chat.page.wait_for_function(_LOADED, arg=await message.element_handle(), timeout=_PATIENCE_MS)
        shown = ""
        for _ in range(_TIMES):  # the page may be about to draw what has just changed
            if shown == (shown := await message.inner_html()):
                break
            await asyncio.sleep(_PAUSE)
        return message


@asynccontextmanager
async def looking(world: World, folder: Path, *, scale: float = 1) -> AsyncIterator[Looks]:
    """Open the page before a world; at the end nothing may have been wrong.

    Args:
        world: Where the bot is.
        folder: Where the pictures go.
        scale: Device pixels for each pixel of the page.
    """
    async with launch() as browser:
        looks = Looks(world, await Chat.open(browser, world.sandbox.url, scale=scale), folder)
        yield looks
    assert looks.chat.problems == []
    assert looks.faults == []
