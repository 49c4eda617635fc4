"""A few questions to Discord by its REST API alone: no gateway, no cache, nothing is tried many times.

For `ddc-perf setup`, `doctor` and `token check`, which want an answer or the reason why there is none, and soon.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BASE = "https://discord.com/api/v10"
BASE_VARIABLE = "DDC_DISCORD_API"
_PATIENCE = 10.0
_LONGEST_WAIT = 5.0
_SERVER_ERRORS = 500
_STRANGE = "what answered is not Discord"


class DiscordError(Exception):
    """Discord gave no answer, or another one than was hoped for.

    Args:
        status: Of the answer; None when there was none.
        said: What happened, in one sentence. It never holds the token.
        cure: What to do.
    """

    def __init__(self, status: int | None, said: str, cure: str) -> None:
        super().__init__(f"{said} {cure}")
        self.status = status
        self.said = said
        self.cure = cure

    @property
    def is_refusal(self) -> bool:
        """Whether Discord refused the token."""
        return self.status == HTTPStatus.UNAUTHORIZED


@dataclass(frozen=True, slots=True)
class Account:
    """A bot's user.

    Attributes:
        id: Its id.
        name: Its name, which anybody may have chosen.
    """

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Guild:
    """A server that the bot is in.

    Attributes:
        id: Its id.
        name: Its name.
    """

    id: int
    name: str


class DiscordRest:
    """Asks Discord: ``async with DiscordRest(token) as discord:`` and then its questions.

    Args:
        token: The bot's.
        base: The API's address; DDC_DISCORD_API by default, else discord.com's.
        now: Unix seconds by this machine's clock.

    Attributes:
        ahead: Seconds that this machine's clock is ahead of Discord's, as the last answer told; None before one.
    """

    def __init__(self, token: str, base: str | None = None, now: Callable[[], float] = time.time) -> None:
        self._token = token
        self._base = (base or os.environ.get(BASE_VARIABLE) or BASE).rstrip("/")
        self._now = now
        self._session: aiohttp.ClientSession | None = None
        self.ahead: float | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_PATIENCE))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def me(self) -> Account:
        """The bot's user."""
        told = await self.get("/users/@me")
        try:
            return Account(int(told["id"]), str(told["username"]))
        except (KeyError, TypeError, ValueError):
            raise _unreachable(self._base, _STRANGE) from None

    async def application(self) -> dict[str, Any]:
        """The bot's application."""
        return await self.get("/applications/@me")  # type: ignore[no-any-return]

    async def guilds(self) -> list[Guild]:
        """The servers that the bot is in; at most 200 of them."""
        return [Guild(int(one["id"]), str(one["name"])) for one in await self.get("/users/@me/guilds")]

    async def guild(self, guild_id: int) -> dict[str, Any]:
        """A server with its roles."""
        return await self.get(f"/guilds/{guild_id}")  # type: ignore[no-any-return]

    async def channels(self, guild_id: int) -> list[dict[str, Any]]:
        """A server's channels, also those that the bot can't see, with their overwrites."""
        return await self.get(f"/guilds/{guild_id}/channels")  # type: ignore[no-any-return]

    async def member(self, guild_id: int, user_id: int) -> dict[str, Any]:
        """A member of a server."""
        return await self.get(f"/guilds/{guild_id}/members/{user_id}")  # type: ignore[no-any-return]

    async def commands(self, application_id: int, guild_id: int | None = None) -> list[dict[str, Any]]:
        """The commands that Discord has of the bot, everywhere or of one server."""
        where = f"/guilds/{guild_id}" if guild_id else ""
        return await self.get(f"/applications/{application_id}{where}/commands")  # type: ignore[no-any-return]

    async def get(self, path: str) -> Any:  # noqa: ANN401 - whatever Discord answers
        """Ask.

        Args:
            path: Below the API's address.

        Raises:
            DiscordError: There was no answer, or no good one.
        """
        status, body, headers = await self._asked(path)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            await asyncio.sleep(min(_LONGEST_WAIT, _seconds(headers.get("Retry-After"))))
            status, body, headers = await self._asked(path)
        if status == HTTPStatus.OK:
            return body
        raise _error(status, path)

    async def _asked(self, path: str) -> tuple[int, Any, Mapping[str, str]]:
        if self._session is None:
            raise RuntimeError("use it with `async with`")
        headers = {"Authorization": f"Bot {self._token}", "User-Agent": "DiscordBot (ddc-perf, 1)"}
        try:
            async with self._session.get(self._base + path, headers=headers, allow_redirects=False) as response:
                body = await response.json(content_type=None) if response.status == HTTPStatus.OK else None
                self._look_at_clock(response.headers.get("Date"))
                return response.status, body, response.headers
        except TimeoutError:
            raise _unreachable(self._base, f"no answer within {_PATIENCE:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            # Not its text: some of these hold the headers of the request.
            raise _unreachable(self._base, _reason(error)) from None
        except ValueError:
            raise _unreachable(self._base, _STRANGE) from None

    def _look_at_clock(self, date: str | None) -> None:
        if date:
            # The header has whole seconds: half of one is over on average.
            self.ahead = self._now() - parsedate_to_datetime(date).timestamp() - 0.5


def _seconds(text: str | None) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 1.0


def _reason(error: Exception) -> str:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if not isinstance(cause, OSError) or cause.errno is None:
        return type(error).__name__
    # asyncio's own text of a refused connection names the address alone; those of DNS have numbers below 0.
    return os.strerror(cause.errno) if cause.errno > 0 else str(cause.strerror)


def _unreachable(base: str, why: str) -> DiscordError:
    return DiscordError(
        None, f"Discord can't be reached at {base}: {why}.", "Check this machine's network, DNS, firewall and clock."
    )


def _error(status: int, path: str) -> DiscordError:
    if status == HTTPStatus.UNAUTHORIZED:
        return DiscordError(
            status,
            "Discord refused the token.",
            "Copy it again from the Developer Portal (Bot, Reset Token), without quotes and without the word Bot.",
        )
    if status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
        return DiscordError(status, f"Discord refused {path} ({status}).", "Check that the bot is in the server.")
    if status >= _SERVER_ERRORS:
        said = f"Discord is in trouble itself ({status})."
        return DiscordError(status, said, "See discordstatus.com, then try again.")
    return DiscordError(status, f"Discord answered {status} to {path}.", "Try again in a minute.")
