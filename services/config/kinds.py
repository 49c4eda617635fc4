"""Kinds of values that several sections have."""

from __future__ import annotations

from typing import Annotated

import msgspec

Snowflake = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1, description="A Discord id")]
Snowflakes = Annotated[tuple[Snowflake, ...], msgspec.Meta(max_length=500)]
Pattern = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=255,
        pattern="^[A-Za-z0-9_.*?-]+$",
        description="A name; * stands for any signs, ? for one. Case matters",
    ),
]
Patterns = Annotated[tuple[Pattern, ...], msgspec.Meta(max_length=500)]
