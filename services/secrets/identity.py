"""Asks Discord whose token it is."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import aiohttp

from utils.metrics.redact import redact

DISCORD = "https://discord.com/api/v10"
_PATIENCE = aiohttp.ClientTimeout(total=15)


class TokenRefused(Exception):  # noqa: N818 - it says what happened
    """Discord knows no such token."""


class NotReached(Exception):  # noqa: N818 - as above
    """Discord gave no answer to use; the text says why, without a secret."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token is.

    Attributes:
        id: The bot's account.
        name: Its name, which anybody may have chosen.
    """

    id: int
    name: str


async def who_is(token: str, base: str = DISCORD) -> Identity:
    """Ask who the bot is.

    Args:
        token: Its token.
        base: Address of the API.

    Raises:
        TokenRefused: Discord does not know it.
        NotReached: The network or Discord has a trouble.
    """
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE, headers={"Authorization": f"Bot {token}"}) as session,
            # No redirects: they might carry the token elsewhere.
            session.get(f"{base}/users/@me", allow_redirects=False) as answer,
        ):
            if answer.status == HTTPStatus.UNAUTHORIZED:
                raise TokenRefused
            if answer.status != HTTPStatus.OK:
                raise NotReached(f"it answered {answer.status}")
            told = await answer.json()
            return Identity(int(told["id"]), str(told["username"]))
    except TimeoutError:
        raise NotReached("no answer in time") from None
    except (aiohttp.ClientError, OSError) as error:
        raise NotReached(redact(str(error) or type(error).__name__)) from None
    except (KeyError, TypeError, ValueError):
        raise NotReached("its answer makes no sense") from None
