"""The bot's log: what its lines look like, where they go, how much is said."""

from .install import Logs
from .lines import JsonLines, TextLines

__all__ = ["JsonLines", "Logs", "TextLines"]
