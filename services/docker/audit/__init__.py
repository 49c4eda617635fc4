"""Who did what to which container, and how it ended: one line each in a file that only ever grows."""

from .entry import AuditEntry
from .log import Attempt, AuditLog

__all__ = ["Attempt", "AuditEntry", "AuditLog"]
