"""How the audit is shown."""

from .views import AuditPages

__all__ = ["AuditPages"]
