"""What an engine says of one container may name another. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.docker.model import Container

_SHORT = 12
OTHER = "[another container]"


def conceal(message: str, unseen: Iterable[Container]) -> str:
    """Take names and ids of containers out of an engine's message that its reader may not see.

    Args:
        message: Such as "cannot link to a non running container: /vault AS /web/vault".
        unseen: The containers.
    """
    said = {word for one in unseen for word in (one.name, one.id[:_SHORT]) if word in message}
    words = sorted(said, key=len, reverse=True)
    if not words:
        return message
    # A name goes as a whole word only, or "web" would go from "web-db", too, and tell that there is one.
    pattern = rf"(?<![\w.-])(?:{'|'.join(map(re.escape, words))})(?![\w-]|\.\w)"
    return re.sub(pattern, OTHER, message)
