"""The settings of the part that acts on containers."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from .access import CooldownSettings, PermissionRule
from .kinds import Pattern, Patterns, Snowflake

Seconds = Annotated[float, msgspec.Meta(gt=0, le=600)]


class AlertSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What of the engine's events is told, where, and how often."""

    channel_id: Annotated[
        Snowflake | None,
        msgspec.Meta(description="Where alerts are posted; null: nowhere. `/docker alerts` sets it, too, and wins"),
    ] = None
    kinds: Annotated[
        tuple[Literal["died", "oom", "unhealthy", "restart_loop"], ...],
        msgspec.Meta(description="What is told; all of it is measured in any case"),
    ] = ("died", "oom", "unhealthy", "restart_loop")
    cooldown_minutes: Annotated[
        float, msgspec.Meta(ge=0, le=10_080, description="How long the same of the same container is not told again")
    ] = 15.0
    loop_count: Annotated[
        int, msgspec.Meta(ge=2, le=100, description="So many restarts by Docker itself are a restart loop")
    ] = 3
    loop_minutes: Annotated[
        float, msgspec.Meta(gt=0, le=1_440, description="Within this time, to be a restart loop")
    ] = 10.0
    group_seconds: Annotated[
        float, msgspec.Meta(ge=1, le=600, description="What happens within this time becomes one message")
    ] = 10.0


class DockerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the bot reaches and treats Docker."""

    host: Annotated[
        str | None,
        msgspec.Meta(description="Address of the engine; null: DOCKER_HOST, else unix:///var/run/docker.sock"),
    ] = None
    operator_role_ids: Annotated[
        tuple[Snowflake, ...], msgspec.Meta(description="Roles that may use /docker besides administrators")
    ] = ()
    permissions: Annotated[
        tuple[PermissionRule, ...],
        msgspec.Meta(max_length=200, description="Who else may do what with which containers; without a rule nothing"),
    ] = ()
    hidden: Annotated[Patterns, msgspec.Meta(description="Containers that only admins see, whatever a rule opens")] = ()
    protected: Annotated[
        Patterns, msgspec.Meta(description="Containers that nobody may stop; the bot's own is always one of them")
    ] = ()
    cooldown_seconds: Annotated[
        CooldownSettings,
        msgspec.Meta(description="Seconds before one person may do the same with the same container again"),
    ] = CooldownSettings()
    timeout_seconds: Annotated[
        Seconds | None,
        msgspec.Meta(description="How long one action may take; null: 30, or what a container needs to stop"),
    ] = None
    fast_timeout_seconds: Annotated[
        Seconds, msgspec.Meta(description="How long a look at a container, or its figures, may take")
    ] = 45.0
    slow_timeout_seconds: Annotated[
        Seconds, msgspec.Meta(description="The same for media servers, databases and web servers")
    ] = 60.0
    timeouts: Annotated[
        dict[Pattern, Seconds],
        msgspec.Meta(description="Seconds for all that is done with some containers, by name or pattern"),
    ] = {}
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=50, description="Docker actions at the same time")] = 3
    group_label: Annotated[
        str, msgspec.Meta(min_length=1, max_length=200, description="Label whose value names a container's groups")
    ] = "ddc.group"
    group_wait_seconds: Annotated[
        float,
        msgspec.Meta(gt=0, le=600, description="How long a group waits for one container to become healthy or done"),
    ] = 120.0
    status_poll_seconds: Annotated[
        float, msgspec.Meta(ge=2, le=600, description="How often containers are looked at for status messages")
    ] = 30.0
    status_figures: Annotated[
        bool, msgspec.Meta(description="Whether status messages show CPU and memory, which keeps them measured")
    ] = True
    log_follow_seconds: Annotated[
        float, msgspec.Meta(ge=1, le=780, description="How long `Follow` under a log goes on before it ends by itself")
    ] = 300.0
    alerts: AlertSettings = AlertSettings()
