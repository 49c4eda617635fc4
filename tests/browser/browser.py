"""Drive the sandbox's chat page in headless Chromium as a person would: by typing and pressing.

The tests use it, and whoever wants a picture of the page::

    python -m tests.browser.browser http://127.0.0.1:8765 out.png --run "docker list" --run "perf recent limit:5"
    python -m tests.browser.browser http://127.0.0.1:8765 out.png --run "perf stats" --message --phone
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from playwright.async_api import Browser, Locator, Page, async_playwright, expect
from playwright.async_api import Error as PlaywrightError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
INTERRUPTED = "ERR_NETWORK_CHANGED"
"""What Chromium says when a container's network interface came or went meanwhile; the page then tries again itself."""

DESKTOP = (1280, 800)
PHONE = (390, 844)


def find_browser() -> str | None:
    """Path of an installed Chromium or Chrome; None when there is none."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


@asynccontextmanager
async def launch(executable: str | None = None) -> AsyncIterator[Browser]:
    """A headless browser for the time of the context.

    Args:
        executable: Its path; looked for when left out.

    Raises:
        FileNotFoundError: There is no browser.
    """
    path = executable or find_browser()
    if path is None:
        raise FileNotFoundError(f"no browser: looked for {', '.join(BROWSERS)}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS, headless=True)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Chat:
    """One open chat page.

    Attributes:
        page: Playwright's page, for everything that has no method here.
        problems: What the page's console said at level error, and exceptions that nobody caught.
        interrupted: Whether the machine's network broke something off since the page was loaded.
    """

    page: Page
    problems: list[str] = field(default_factory=list)
    interrupted: bool = False

    @classmethod
    async def open(
        cls,
        browser: Browser,
        url: str,
        *,
        user: str = "Ada",
        channel: str = "bot-commands",
        size: tuple[int, int] = DESKTOP,
        scale: float = 1,
    ) -> Self:
        """Open the page as a user, and wait until it is connected.

        Args:
            browser: From `launch`.
            url: The sandbox's address.
            user: Name of the user to play.
            channel: Name of the channel to show.
            size: Width and height of the window, CSS pixels.
            scale: Device pixels for each of them: 2 gives pictures that stay sharp on dense screens.
        """
        width, height = size
        page = await browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
        chat = cls(page)
        page.on("pageerror", lambda error: chat.note(str(error)))
        page.on("console", lambda message: chat.note(message.text) if message.type == "error" else None)
        await chat.go(url, user=user, channel=channel)
        return chat

    def note(self, problem: str) -> None:
        """Remember a problem, but not what the machine's own network did."""
        if INTERRUPTED in problem:
            self.interrupted = True
        else:
            self.problems.append(problem)

    async def go(self, url: str, *, user: str = "Ada", channel: str = "bot-commands") -> None:
        """Load the page anew as a user, and wait until it is connected."""
        address = f"{url}/?{urlencode({'user': user, 'channel': channel})}"
        connected = self.page.locator("body[data-connected=true]")
        for last in (False, False, False, True):
            self.interrupted = False
            try:
                await self.page.goto(address)
                await expect(connected).to_be_attached()
            except (PlaywrightError, AssertionError) as error:
                # The page itself or one of its parts: those of a page that is loading are not fetched again by it.
                if last or not (self.interrupted or INTERRUPTED in str(error)):
                    raise
            else:
                return

    def at(self, testid: str) -> Locator:
        """Everything with that `data-testid`."""
        return self.page.get_by_test_id(testid)

    @property
    def composer(self) -> Locator:
        """The field at the bottom."""
        return self.at("composer")

    async def type(self, text: str) -> None:
        """Type into the composer's field."""
        await self.composer.click()
        await self.page.keyboard.type(text)

    async def keys(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def run(self, line: str) -> Locator:
        """Run a command as one types it, and wait for its answer.

        Args:
            line: Command and options: "perf recent operation:docker_operation limit:5", without the slash.

        Returns:
            The message that answers, thinking or not; for a command that failed the line that says so.
        """
        await self.type(f"/{line} ")
        if await self.at("suggest").is_visible():
            await self.keys("Escape")
        form = self.at("composer-form")
        before = await form.get_attribute("data-sent") or ""
        await self.keys("Enter")
        await expect(form).not_to_have_attribute("data-sent", before)
        identity = await form.get_attribute("data-sent")
        answer = self.page.locator(f'[data-interaction="{identity}"]:not([data-testid="pending"])').first
        await expect(answer).to_be_visible()
        return answer

    async def finished(self, line: str) -> Locator:
        """Run a command and wait until the bot has stopped thinking about it; the answer."""
        answer = await self.run(line)
        await expect(answer.get_by_test_id("thinking")).to_have_count(0, timeout=30_000)
        return answer

    async def press(self, label: str, within: Locator | None = None) -> None:
        """Press the last button with that label, of a message if one is given."""
        await (within or self.page.locator("body")).get_by_test_id(f"button-{label}").last.click()

    async def pick(self, custom_id: str, *labels: str) -> None:
        """Open the last select with that custom id, pick the options with these labels and close it."""
        select = self.at(f"select-{custom_id}").last
        await select.click()
        options = self.page.locator(".select", has=select).get_by_test_id("select-option")
        for label in labels:
            await options.filter(has=self.page.get_by_text(label, exact=True)).click()
        if await select.get_attribute("aria-expanded") == "true":
            await self.keys("Escape")

    async def screenshot(self, path: Path, message: Locator | None = None) -> None:
        """Save a picture of the window, or of one message.

        Args:
            path: A .png file; its folder is made if need be.
            message: What `run` returned.
        """
        await self.page.mouse.move(0, 0)
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        if message is None:
            await self.page.screenshot(path=path, animations="disabled")
        else:
            await message.screenshot(path=path, animations="disabled")


async def _main(arguments: argparse.Namespace) -> None:
    async with launch() as browser:
        chat = await Chat.open(
            browser,
            arguments.url,
            user=arguments.user,
            channel=arguments.channel,
            size=PHONE if arguments.phone else DESKTOP,
            scale=2,
        )
        answer = None
        for line in arguments.run:
            answer = await chat.finished(line)
        for label in arguments.press:
            await chat.press(label)
        await chat.page.wait_for_load_state("networkidle")
        await chat.screenshot(arguments.picture, answer if arguments.message else None)


def main() -> None:
    """Take a picture of the page after some commands."""
    parser = argparse.ArgumentParser(description="Take a picture of the sandbox's chat page.")
    parser.add_argument("url", help="the sandbox's address")
    parser.add_argument("picture", type=Path, help="the .png to write")
    parser.add_argument("--run", action="append", default=[], help="a command to run first; can be given again")
    parser.add_argument("--press", action="append", default=[], help="a button to press then; can be given again")
    parser.add_argument("--user", default="Ada", help="whom to play")
    parser.add_argument("--channel", default="bot-commands", help="which channel to show")
    parser.add_argument("--phone", action="store_true", help="a window as narrow as a phone")
    parser.add_argument("--message", action="store_true", help="only the message that answers the last command")
    asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
