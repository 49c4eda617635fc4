"""Nothing of ours may block the event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from blockbuster import blockbuster_ctx

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _nothing_blocks_the_loop() -> Iterator[None]:
    """Whatever of ours blocks the event loop (a file, a lock, a sleep) raises."""
    with blockbuster_ctx(["services", "cogs"]):
        yield
