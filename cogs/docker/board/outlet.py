"""The port to the one message in a channel, on discord.py."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .store import Post

_SEARCHED = timedelta(hours=24)
"""How long before its claim a message is looked for: Discord's clock stamps the messages, and ours may be wrong."""


class TroubleError(Exception):
    """Discord did not do it now; trying again later may help.

    Args:
        reason: In words for an admin.
        retry_after: Seconds that Discord wants to be left alone.
    """

    def __init__(self, reason: str, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class RefusedError(Exception):
    """Discord won't do it until somebody changes something.

    Args:
        reason: In words for an admin.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChannelGoneError(Exception):
    """The channel does not exist any more."""


class LostError(Exception):
    """The message can't be edited any more.

    Args:
        deleted: Somebody deleted it; otherwise it is there, but too old or not ours.
        ours: It is there and our own, so that it should be taken away before there is another.
    """

    def __init__(self, *, deleted: bool, ours: bool = False) -> None:
        super().__init__("deleted" if deleted else "not editable")
        self.deleted = deleted
        self.ours = ours


_BY_CODE: dict[int, Callable[[], Exception]] = {
    10003: ChannelGoneError,  # unknown channel
    10008: partial(LostError, deleted=True),  # unknown message
    30046: partial(LostError, deleted=False, ours=True),  # an old message was edited too often
    50005: partial(LostError, deleted=False),  # somebody else's message
}
"""What Discord's own codes of errors mean here."""


class Outlet:
    """Posts, edits, finds and deletes status messages.

    Args:
        client: Logged in.
        buttons: What stands under each message. It lasts (no timeout) and has custom ids that begin with `mark`.
        mark: How a status message is known again.
    """

    def __init__(self, client: discord.Client, buttons: discord.ui.View, mark: str) -> None:
        self._client = client
        self._buttons = buttons
        self._mark = mark

    async def find(self, post: Post) -> int | None:
        """Search the channel for a status message of ours that is not the post's previous one, newest first.

        Raises:
            TroubleError: As all methods here, and RefusedError and ChannelGoneError.
        """
        own = self._client.user
        after = datetime.fromtimestamp(post.claimed_at, UTC) - _SEARCHED
        with _in_words("read the history of"):
            channel = self._client.get_partial_messageable(post.channel_id)
            async for message in channel.history(limit=None, after=after, oldest_first=False):
                if post.previous_id is not None and message.id <= post.previous_id:
                    return None
                if own is not None and message.author.id == own.id and self._is_marked(message):
                    return message.id
        return None

    async def post(self, channel_id: int, embed: discord.Embed, nonce: str) -> int:
        """Post a message with a nonce that Discord takes once, and return its id."""
        with _in_words("write to"):
            message = await self._client.get_partial_messageable(channel_id).send(
                embed=embed, view=self._buttons, nonce=nonce, allowed_mentions=discord.AllowedMentions.none()
            )
        return message.id

    async def edit(self, channel_id: int, message_id: int, embed: discord.Embed) -> None:
        """Show something else in a message.

        Raises:
            LostError: It can't be edited any more.
        """
        with _in_words("write to"):
            message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
            await message.edit(embed=embed, view=self._buttons, allowed_mentions=discord.AllowedMentions.none())

    async def delete(self, channel_id: int, message_id: int) -> None:
        """Delete a message; one that is gone already is no error."""
        try:
            with _in_words("write to"):
                await self._client.get_partial_messageable(channel_id).get_partial_message(message_id).delete()
        except LostError as error:
            if not error.deleted:
                raise RefusedError("The message is not mine.") from error

    def _is_marked(self, message: discord.Message) -> bool:
        items = [item for row in message.components if isinstance(row, discord.ActionRow) for item in row.children]
        return any((item.custom_id or "").startswith(self._mark) for item in items)


@contextmanager
def _in_words(deed: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise in_words(error, deed) from error


def in_words(error: Exception, deed: str) -> Exception:
    """Tell what a failure means for a status message.

    Args:
        error: What discord.py raised.
        deed: What was tried, such as "write to".

    Returns:
        TroubleError, RefusedError, ChannelGoneError or LostError.
    """
    if isinstance(error, discord.RateLimited):
        return TroubleError("Discord asked for a pause.", error.retry_after)
    if not isinstance(error, discord.HTTPException):
        # The network's errors have no common base that is importable here.
        return TroubleError(f"Discord could not be reached ({type(error).__name__}).")
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]()
    if error.status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
        return RefusedError(f"I may not {deed} the channel.")
    return TroubleError(f"Discord answered {error.status}.")
