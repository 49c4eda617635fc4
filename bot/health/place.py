"""Where the bot can be asked. Standard library only: a health check runs every half minute, and is to cost little."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "DDC_HEALTH_SOCKET"


def socket_path(environment: Mapping[str, str], metrics_folder: Path) -> Path:
    """Say where the socket is: in the data folder, unless the environment names another place.

    Args:
        environment: The environment variables. DDC_HEALTH_SOCKET is for a data folder on a network share, or on another
            file system that takes no sockets.
        metrics_folder: Where the measurements are kept; its parent is the data folder.
    """
    named = environment.get(VARIABLE, "").strip()
    return Path(named) if named else metrics_folder.absolute().parent / "health.sock"
