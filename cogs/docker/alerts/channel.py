"""The port to the alert channel, on discord.py."""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

import discord

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNKNOWN_MESSAGE = 10008


class PostError(Exception):
    """Discord did not take a message.

    Args:
        reason: A sentence for an admin.
        refused: Whether it will stay so until somebody changes something.
    """

    def __init__(self, reason: str, *, refused: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refused = refused


class MessageGoneError(PostError):
    """Somebody deleted the message that was to be edited."""

    def __init__(self) -> None:
        super().__init__("The message is gone.", refused=True)


class Channel(Protocol):
    """Where alerts go. Every failure is a `PostError`."""

    async def post(self, channel_id: int, embed: discord.Embed, nonce: str) -> int:
        """Post a message with a nonce that Discord takes once, and return its id."""
        ...

    async def edit(self, channel_id: int, message_id: int, embed: discord.Embed) -> None:
        """Put an embed in place of a message's.

        Raises:
            MessageGoneError: There is no such message any more.
        """
        ...


class DiscordChannel:
    """The channels of a real Discord.

    Args:
        client: Logged in.
    """

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def post(self, channel_id: int, embed: discord.Embed, nonce: str) -> int:
        """See `Channel`."""
        with _in_words():
            message = await self._client.get_partial_messageable(channel_id).send(
                embed=embed, nonce=nonce, allowed_mentions=discord.AllowedMentions.none()
            )
        return message.id

    async def edit(self, channel_id: int, message_id: int, embed: discord.Embed) -> None:
        """See `Channel`."""
        with _in_words():
            message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
            await message.edit(embed=embed, allowed_mentions=discord.AllowedMentions.none())


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except discord.Forbidden as error:
        raise PostError(
            "I may not write to the channel. I need there: View Channel, Send Messages, Embed Links.", refused=True
        ) from error
    except discord.NotFound as error:
        if error.code == _UNKNOWN_MESSAGE:
            raise MessageGoneError from error
        raise PostError("The channel is gone. Choose another one.", refused=True) from error
    except discord.HTTPException as error:
        later = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status == HTTPStatus.TOO_MANY_REQUESTS
        raise PostError(f"Discord answered {error.status}.", refused=not later) from error
    except Exception as error:  # the network's errors have no common base that is importable here
        raise PostError(f"Discord could not be reached ({type(error).__name__}).", refused=False) from error
