"""New settings reach what runs, without a restart; which ones, is written here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.policy import docker_alerts, docker_cooldowns, docker_policy, docker_timeouts
from bot.retention import policy_of
from services.config import flat

if TYPE_CHECKING:
    from bot.app import DdcBot
    from bot.logs import Logs
    from services.config import Settings
    from services.config.service import Listener

LIVE = frozenset(
    {
        "log_level",
        "scheduler_debug_mode",
        "log.format",
        "docker.operator_role_ids",
        "docker.permissions",
        "docker.hidden",
        "docker.protected",
        "docker.cooldown_seconds",
        "docker.timeout_seconds",
        "docker.fast_timeout_seconds",
        "docker.slow_timeout_seconds",
        "docker.timeouts",
        "docker.alerts.channel_id",
        "docker.alerts.kinds",
        "docker.alerts.cooldown_minutes",
        "docker.alerts.loop_count",
        "docker.alerts.loop_minutes",
        "docker.alerts.group_seconds",
        "metrics.retention_days",
        "metrics.max_file_mb",
    }
)
"""The keys that :func:`listener` applies. A key that is not here needs a restart, and whoever changes it is told."""


def listener(bot: DdcBot, logs: Logs) -> Listener:
    """Make what takes up new settings.

    Args:
        bot: Whose parts get them.
        logs: The process's log.
    """

    def take_up(settings: Settings, changed: frozenset[str]) -> None:
        logs.apply(settings)
        bot.perf_settings = flat(settings)
        if any(key.startswith("docker.") for key in changed & LIVE):
            bot.docker.adjust(
                policy=docker_policy(settings.docker, bot.docker.policy.own_container),
                timeouts=docker_timeouts(settings.docker),
                cooldowns=docker_cooldowns(settings.docker),
                alerts=docker_alerts(settings.docker, None),
            )
            bot.show_commands()
        bot.retention.adjust(policy_of(settings.metrics))

    return take_up
