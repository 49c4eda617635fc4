"""What the commands about status messages answer. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.perf.kit import FINE, LOOK, PLAIN, Report, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from .messenger import Messenger
    from .store import Post


def message_set(messenger: Messenger) -> discord.Embed:
    """The answer to `set`."""
    post = messenger.post
    if post.stopped is None and messenger.problem is None and post.message_id is not None:
        report = Report("Status message set", FINE)
        report.line(f"It is in <#{post.channel_id}>: {_link(post)}. I edit it when a container changes.")
        return report.line(
            "Everyone who reads the channel sees it; the buttons serve those who have the right."
        ).build()
    report = Report("Status message set, but not there yet", LOOK)
    return report.line(_state(messenger)).build()


def message_removed(channel: str, *, was_there: bool, problem: str | None) -> discord.Embed:
    """The answer to `remove`.

    Args:
        channel: Its mention.
        was_there: Whether there was a status message.
        problem: Why the message itself could not be deleted.
    """
    if not was_there:
        return Report("Nothing to remove").line(f"{channel} has no status message.").build()
    report = Report("Status message removed", LOOK if problem else FINE)
    report.line(f"I keep none in {channel} any more.")
    if problem:
        report.line(f"The message itself is still there: {plain(problem)} Delete it by hand.")
    return report.build()


def list_of_messages(messengers: Sequence[Messenger], damage: str | None) -> discord.Embed:
    """The answer to `list`.

    Args:
        messengers: One a channel.
        damage: What an admin has to know of a damaged file.
    """
    bad = damage or any(one.problem or one.post.stopped for one in messengers)
    report = Report("Status messages", LOOK if bad else PLAIN)
    if damage:
        report.line(f"⚠ {plain(damage)}")
    if not messengers:
        return report.line("There are none. `/docker status-message set` makes one.").build()
    for messenger in messengers:
        report.line(f"<#{messenger.post.channel_id}> · {_state(messenger)}")
    return report.build()


def _state(messenger: Messenger) -> str:
    post = messenger.post
    if post.stopped is not None:
        return f"⚠ stopped: {plain(post.stopped)} Set it again when that is mended."
    if messenger.problem is not None:
        return f"⚠ waits: {plain(messenger.problem)} I try again."
    if post.message_id is None or messenger.edited_at is None:
        return "will be there in a moment"
    return f"{_link(post)}, updated <t:{int(messenger.edited_at)}:R>"


def _link(post: Post) -> str:
    return f"[open it](https://discord.com/channels/{post.guild_id}/{post.channel_id}/{post.message_id})"
