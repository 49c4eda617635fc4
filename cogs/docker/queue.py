"""The queue in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.perf.kit import LOOK, PLAIN, Report
from utils.metrics.format import count, duration
from utils.metrics.words import plural

if TYPE_CHECKING:
    import discord

    from services.docker import QueueStats


def queue_embed(stats: QueueStats, for_containers: int) -> discord.Embed:
    """What is at work, what waits for what, and what passed since the start.

    Args:
        stats: Of the service's queue.
        for_containers: How many wait for a container that something is done with already.
    """
    waiting = stats.waiting + stats.background + for_containers
    title = f"Docker queue · {stats.in_use} of {stats.in_use + stats.free} places taken"
    report = Report(title, LOOK if stats.waiting else PLAIN)
    if waiting:
        report.line(f"Waiting for a place: {count(stats.waiting)}, in the background {count(stats.background)}")
        report.line(f"Waiting for a container being acted on: {count(for_containers)}")
    else:
        report.line("Nothing waits.")
    if not stats.total:
        report.field("Since the bot's start", "nothing was asked of Docker")
        return report.build()
    waited = (
        f"{count(stats.waited)} waited, {duration(stats.average_wait)} on average"
        if stats.waited
        else "none waited for a place"
    )
    report.field(
        "Since the bot's start",
        f"{plural(stats.total, 'operation')}, {waited}\n"
        f"longest line {count(stats.largest_line)}\n"
        f"{count(stats.timeouts)} timed out · {count(stats.refused)} refused",
    )
    return report.footer("/perf recent docker_operation shows each").build()
