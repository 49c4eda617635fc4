"""From the settings to what the Docker service judges by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.docker import ALL, Action, Policy, Right, Rule, Timeouts
from services.docker.events import AlertPlan, Kind, Rules

if TYPE_CHECKING:
    from pathlib import Path

    from services.config.access import PermissionRule
    from services.config.docker import DockerSettings


def docker_policy(settings: DockerSettings, own_container: str = "") -> Policy:
    """Make the policy.

    Args:
        settings: What the user set, checked.
        own_container: The id of the container that the bot runs in, or its beginning; empty for none.
    """
    return Policy(
        operator_role_ids=frozenset(settings.operator_role_ids),
        rules=tuple(map(_rule, settings.permissions)),
        hidden=settings.hidden,
        protected=settings.protected,
        own_container=own_container,
    )


def docker_cooldowns(settings: DockerSettings) -> dict[Action, float]:
    """Seconds before one person may do the same with the same container again."""
    given = settings.cooldown_seconds
    return {Action.START: given.start, Action.STOP: given.stop, Action.RESTART: given.restart}


def docker_timeouts(settings: DockerSettings) -> Timeouts:
    """How long what may take."""
    return Timeouts(
        settings.timeout_seconds,
        fast=settings.fast_timeout_seconds,
        slow=settings.slow_timeout_seconds,
        named=settings.timeouts,
    )


def docker_alerts(settings: DockerSettings, file: Path | None) -> AlertPlan:
    """How alerts are wanted.

    Args:
        settings: What the user set, checked.
        file: Where it is kept what was set in the chat; None for nowhere.
    """
    given = settings.alerts
    rules = Rules(
        kinds=frozenset(map(Kind, given.kinds)),
        cooldown=given.cooldown_minutes * 60,
        loop_count=given.loop_count,
        loop_seconds=given.loop_minutes * 60,
        group=given.group_seconds,
    )
    return AlertPlan(rules, given.channel_id, file)


def _rule(given: PermissionRule) -> Rule:
    return Rule(
        rights=ALL if given.actions == "all" else frozenset(map(Right, given.actions)),
        containers=given.containers,
        projects=given.projects,
        role_ids=frozenset(given.roles),
        user_ids=frozenset(given.users),
        channel_ids=frozenset(given.channels),
    )
