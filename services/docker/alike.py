"""Names like the one that was typed, for "Did you mean …?"."""

from __future__ import annotations

import asyncio
import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SUGGESTIONS = 3


async def alike(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Find the names that are most like one that nothing has; in a thread, for of thousands that takes long.

    Args:
        name: What was typed.
        known: The names there are, of those alone that the asker may see.

    Returns:
        Three at most, the likest first.
    """
    return tuple(await asyncio.to_thread(difflib.get_close_matches, name, list(known), _SUGGESTIONS))
