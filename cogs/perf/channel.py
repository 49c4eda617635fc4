"""The port to Discord's channels, on discord.py."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import discord

from .posting import PostError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime


class DiscordChannel:
    """Finds and posts summaries.

    Args:
        client: Logged in.
    """

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def find(self, channel_id: int, mark: str, after: datetime) -> int | None:
        """Search the bot's own messages for a mark; see `posting.Channel`."""
        own = self._client.user
        channel = self._client.get_partial_messageable(channel_id)
        with _in_words("look into"):
            # What is searched for is most often among the newest; how much others wrote since must not matter.
            async for message in channel.history(limit=None, after=after, oldest_first=False):
                if own is not None and message.author.id == own.id and _carries(message, mark):
                    return message.id
        return None

    async def post(self, channel_id: int, embed: discord.Embed, nonce: str, files: Sequence[discord.File] = ()) -> int:
        """Post a message with a nonce that Discord takes once; see `posting.Channel`."""
        channel = self._client.get_partial_messageable(channel_id)
        with _in_words("write to"):
            nobody = discord.AllowedMentions.none()
            message = await channel.send(embed=embed, nonce=nonce, files=list(files), allowed_mentions=nobody)
        return message.id


def _carries(message: discord.Message, mark: str) -> bool:
    return any(mark in (embed.footer.text or "").split(" · ") for embed in message.embeds)


@contextmanager
def _in_words(deed: str) -> Iterator[None]:
    try:
        yield
    except discord.Forbidden as error:
        raise PostError(f"I may not {deed} the channel.", refused=True) from error
    except discord.NotFound as error:
        raise PostError("The channel is gone.", refused=True) from error
    except discord.HTTPException as error:
        raise PostError(f"Discord answered {error.status}.", refused=False) from error
    except Exception as error:  # the network's errors have no common base that is importable here
        raise PostError(f"Discord could not be reached ({type(error).__name__}).", refused=False) from error
