"""From the settings to what the Docker service judges by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.docker import ALL, Action, Policy, Right, Rule

if TYPE_CHECKING:
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


def _rule(given: PermissionRule) -> Rule:
    return Rule(
        rights=ALL if given.actions == "all" else frozenset(map(Right, given.actions)),
        containers=given.containers,
        projects=given.projects,
        role_ids=frozenset(given.roles),
        user_ids=frozenset(given.users),
        channel_ids=frozenset(given.channels),
    )
