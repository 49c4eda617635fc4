"""The subcommands of /docker, one module for each matter; `cogs/docker/cog.py` puts them together."""

from .alerts import AlertCommands
from .audit import AuditCommands
from .board import BoardCommands
from .containers import ContainerCommands
from .groups import GroupCommands
from .logs import LogCommands
from .queue import QueueCommands
from .stats import StatsCommands

__all__ = [
    "AlertCommands",
    "AuditCommands",
    "BoardCommands",
    "ContainerCommands",
    "GroupCommands",
    "LogCommands",
    "QueueCommands",
    "StatsCommands",
]
