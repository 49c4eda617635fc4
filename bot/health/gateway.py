"""When Discord last answered on the gateway, read from discord.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import discord


def last_heard(client: discord.Client) -> float | None:
    """Return when the last heartbeat was answered, or the connection made, on the clock of `time.perf_counter`.

    Args:
        client: A client without shards.

    Returns:
        None while there is no connection.
    """
    # Private: discord.py shows how long the last answer took (`latency`), not when it came, and goes on showing it when
    # no more comes. tests/contract/test_discordpy_hooks.py holds it.
    keeper = getattr(getattr(client, "ws", None), "_keep_alive", None)
    heard: float | None = getattr(keeper, "_last_ack", None)
    return heard
