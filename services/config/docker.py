"""The settings of the part that acts on containers."""

from __future__ import annotations

from typing import Annotated

import msgspec

Snowflake = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1, description="A Discord id")]


class DockerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the bot reaches and treats Docker."""

    host: Annotated[
        str | None,
        msgspec.Meta(description="Address of the engine; null: DOCKER_HOST, else unix:///var/run/docker.sock"),
    ] = None
    operator_role_ids: Annotated[
        tuple[Snowflake, ...], msgspec.Meta(description="Roles that may use /docker besides administrators")
    ] = ()
    timeout_seconds: Annotated[float, msgspec.Meta(gt=0, le=600, description="How long one Docker action may take")] = (
        30.0
    )
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=50, description="Docker actions at the same time")] = 3
