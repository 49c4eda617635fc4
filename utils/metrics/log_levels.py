"""Lets the program's own loggers tell everything for as long as somebody wants it.

Several may want it at once, each for a reason of its own; they are quiet again when the last reason is gone. Only the
loggers named here are touched. The root's would let libraries speak, too, and discord.py's DEBUG writes out addresses
with the tokens of interactions in them.
"""

from __future__ import annotations

import logging

OWN = ("bot", "cogs", "services", "utils")
"""The packages that are ours; in another bot those of the same names, and with them its own commands."""
_reasons: set[str] = set()


def want_debug(reason: str, *, wanted: bool = True) -> None:
    """Raise the level of our loggers to DEBUG, or take that back.

    Args:
        reason: Who wants it.
        wanted: Whether they still do.
    """
    if wanted:
        _reasons.add(reason)
    else:
        _reasons.discard(reason)
    for name in OWN:
        logging.getLogger(name).setLevel(logging.DEBUG if _reasons else logging.NOTSET)
