"""What the running bot adds to the checks of `/perf doctor`: its settings, its channels, Docker."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from bot.doctor.channels import posting_places
from bot.doctor.engine import docker_findings
from bot.doctor.local import settings as look_at_settings
from cogs.perf.doctor import Finding
from cogs.perf.doctor.within import channel_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.app import DdcBot
    from cogs.perf.doctor import Check


def own_checks(bot: DdcBot) -> dict[str, Check]:
    """Give the checks, by what they look at.

    Args:
        bot: Whose.
    """

    async def settings() -> Sequence[Finding]:
        # The file as it is now: a change that would not survive a restart is told before there is one.
        _, found = await asyncio.to_thread(look_at_settings, os.environ)
        if waiting := bot.config.needs_restart:
            keys = ", ".join(waiting)
            found.append(
                Finding.warn("Settings", f"Changed since the start: {keys}.", "A restart of the bot applies it.")
            )
        return found

    async def channels() -> Sequence[Finding]:
        folder = bot.metrics.path.parent
        places, found = await asyncio.to_thread(posting_places, folder, bot.config.settings, summaries=False)
        return [*found, *(channel_of(bot, one.channel_id, one.what_for, one.set_anew) for one in places)]

    async def docker() -> Sequence[Finding]:
        return await docker_findings(bot.settings.docker.host, os.environ)

    return {"Settings": settings, "Channels": channels, "Docker": docker}
