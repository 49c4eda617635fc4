"""Logs in the chat: in a code block, as a file, and followed for a while."""

from .desk import LogDesk
from .query import Query

__all__ = ["LogDesk", "Query"]
