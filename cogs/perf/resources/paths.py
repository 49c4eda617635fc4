"""Files of the code as a report names them: short, and without the folders of the machine."""

from __future__ import annotations

import sys
import sysconfig
from functools import lru_cache
from pathlib import Path

_PACKAGES = ("/site-packages/", "/dist-packages/")


@lru_cache(maxsize=4096)
def short(path: str) -> str:
    """Shorten a file's path.

    Args:
        path: As the interpreter knows it; what is in angle brackets is no file.

    Returns:
        Its path within the package folder, the standard library, or a folder that modules are searched in; else the
        last two of its parts.
    """
    plain = path.replace("\\", "/")
    if plain.startswith("<"):
        return plain
    for folder in _PACKAGES:
        if folder in plain:
            return plain.rpartition(folder)[2]
    for root in _roots():
        if plain.startswith(root):
            return plain.removeprefix(root)
    return "/".join(plain.split("/")[-2:])


def ending(place: str, width: int) -> str:
    """Cut a path from its beginning: its end tells more.

    Args:
        place: The path.
        width: The most signs it may have, at least 2.
    """
    return place if len(place) <= width else f"…{place[1 - width :]}"


def _roots() -> list[str]:
    """The folders that modules are in, longest first; with a slash at their ends."""
    found = {sysconfig.get_path("stdlib"), str(Path.cwd()), *sys.path}
    return sorted((f"{root.rstrip('/')}/" for root in found if len(root) > 1), key=len, reverse=True)
