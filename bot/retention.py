"""Removes measurements that are too old or too many, once an hour, and says so in the log."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from discord.ext import tasks

from utils.metrics.errors import MetricsError
from utils.metrics.format import size
from utils.metrics.retention import Done, Policy, keep

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from services.config.settings import MetricsSettings
    from utils.performance_metrics import PerformanceMetrics

_log = logging.getLogger(__name__)
_MB = 1_000_000


def policy_of(settings: MetricsSettings) -> Policy:
    """Put the settings into a policy: 0 and null both mean no limit."""
    return Policy(settings.retention_days or None, round((settings.max_file_mb or 0) * _MB) or None)


class Retention:
    """Looks after the file of the measurements while the bot runs.

    Args:
        metrics: Whose file it is.
        policy: What is kept.
        ready: Returns when the first look may begin; the start has enough to do.
    """

    def __init__(self, metrics: PerformanceMetrics, policy: Policy, ready: Callable[[], Awaitable[None]]) -> None:
        self._metrics = metrics
        self._policy = policy
        self._ready = ready

    def start(self) -> None:
        """Look as soon as all is ready, and each hour from then on; not at all when everything is kept."""
        if not self._policy.keeps_all:
            self.check.start()

    def adjust(self, policy: Policy) -> None:
        """Keep something else from the next look on."""
        self._policy = policy
        if policy.keeps_all:
            self.check.cancel()
        elif not self.check.is_running():
            self.check.start()

    def stop(self) -> None:
        """Look no more. A removal under way ends by itself, in its thread."""
        self.check.cancel()

    @tasks.loop(hours=1)
    async def check(self) -> None:
        """Remove what must go, beside the loop."""
        try:
            done = await asyncio.to_thread(keep, self._metrics, self._policy)
        except MetricsError as error:
            _log.warning("%s The next try is in an hour.", error.user_message)
            return
        if isinstance(done, Done):
            _log.info("%s", done)
        if (done.cut if isinstance(done, Done) else done).hopeless:
            _log.warning(
                "%s is over its greatest size (%s), and not because of its entries: it holds other lines, or entries "
                "with a date in the future. Look into it, move it away, or raise metrics.max_file_mb.",
                self._metrics.path,
                size(self._policy.max_bytes or 0),
            )

    @check.before_loop
    async def _until_ready(self) -> None:
        await self._ready()
