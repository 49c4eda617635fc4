"""Where it is kept which channels have a status message, and which message it is: one small JSON file.

`utils.metrics.books` has the rules of such a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from services.books import StructBookFile
from utils.metrics.books import BookError

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "status_messages.json"


class StoreError(BookError):
    """The book of status messages could not be read or saved."""

    what = "The book of status messages"


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """The status message of one channel.

    A post is claimed before it is sent: `message_id` is None then, and `nonce` names the try. A bot that crashed
    between the two looks for the message first.

    Attributes:
        guild_id: The server.
        channel_id: The channel.
        message_id: The message; None while it is still to be posted.
        previous_id: The message before it, which could not be edited any more; None for the first.
        nonce: What Discord takes once, of the last try to post.
        claimed_at: Unix seconds of that try.
        losses: How often in a row the message was deleted soon after it was posted.
        stopped: Why nothing is posted or edited any more, until it is set again; None while all is well.
    """

    guild_id: int
    channel_id: int
    message_id: int | None = None
    previous_id: int | None = None
    nonce: str = ""
    claimed_at: float = 0.0
    losses: int = 0
    stopped: str | None = None


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept.

    Attributes:
        version: Of the file's form.
        posts: At most one a channel.
    """

    version: Literal[1] = 1
    posts: tuple[Post, ...] = ()

    def of_channel(self, channel_id: int) -> Post | None:
        """Find a channel's post."""
        return next((post for post in self.posts if post.channel_id == channel_id), None)

    def with_post(self, post: Post) -> Book:
        """Put a post in its place, or at the end."""
        if self.of_channel(post.channel_id) is None:
            return Book(posts=(*self.posts, post))
        return Book(posts=tuple(post if one.channel_id == post.channel_id else one for one in self.posts))

    def without(self, channel_id: int) -> Book:
        """Remove a channel's post."""
        return Book(posts=tuple(post for post in self.posts if post.channel_id != channel_id))


class BoardStore(StructBookFile[Book]):
    """The file.

    Args:
        path: Where it is or will be; missing folders are made at the first save.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            Book,
            problem=StoreError,
            lost="The file with the status messages was damaged. It was kept as {}; set them again.",
        )
