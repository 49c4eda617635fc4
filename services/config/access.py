"""The settings of who may do what with which containers.

An unknown key is an error here and not a warning, for a misspelt one would open more than was meant.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from .kinds import Patterns, Snowflakes

Right = Literal["see", "logs", "start", "stop", "restart"]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=3600)]


class PermissionRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lets someone do something with some containers. Each kind that is given must fit; a role or a user suffices.

    Raises:
        ValueError: It names no container or nobody; msgspec makes a ValidationError of it.
    """

    containers: Annotated[Patterns, msgspec.Meta(description="Which containers, by name")] = ()
    projects: Annotated[Patterns, msgspec.Meta(description="Which containers, by compose project")] = ()
    actions: Annotated[
        Literal["all"] | Annotated[tuple[Right, ...], msgspec.Meta(min_length=1)],
        msgspec.Meta(description='What may be done; each of them lets see, too. "all" for everything'),
    ]
    roles: Annotated[Snowflakes, msgspec.Meta(description="Whoever has one of these roles")] = ()
    users: Annotated[Snowflakes, msgspec.Meta(description="These people")] = ()
    channels: Annotated[Snowflakes, msgspec.Meta(description="In these channels and their threads alone")] = ()

    def __post_init__(self) -> None:
        if not (self.containers or self.projects):
            raise ValueError('the rule names neither `containers` nor `projects`; `"containers": ["*"]` is all of them')
        if not (self.roles or self.users or self.channels):
            raise ValueError("the rule names no `roles`, `users` or `channels`, so it would hold for nobody")


class CooldownSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seconds before one person may do the same with the same container again; 0 for none."""

    start: Seconds = 10.0
    stop: Seconds = 10.0
    restart: Seconds = 15.0
