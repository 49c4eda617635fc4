"""Everything that can go wrong with Docker, each with its outcome for the metrics and words for a person.

Messages are built from fields, so that callers test fields and never parse text. `user_message` holds no secret: what
an engine said passes through the redactor on its way in. Whatever comes from outside stands between back ticks, with
its own taken out, so that it shows as it is in a chat and is quoted on a console.
"""

from .base import DockerError
from .course import Busy, GroupBusy, Interrupted, OperationTimeout, Stopping
from .reach import BadAddress, EngineError, EngineUnreachable, Why
from .refusals import (
    AdminsOnly,
    AuditUnreadable,
    ContainerNotFound,
    Forbidden,
    GroupNotFound,
    InvalidName,
    Protected,
    TooSoon,
    Unseen,
)

__all__ = [
    "AdminsOnly",
    "AuditUnreadable",
    "BadAddress",
    "Busy",
    "ContainerNotFound",
    "DockerError",
    "EngineError",
    "EngineUnreachable",
    "Forbidden",
    "GroupBusy",
    "GroupNotFound",
    "Interrupted",
    "InvalidName",
    "OperationTimeout",
    "Protected",
    "Stopping",
    "TooSoon",
    "Unseen",
    "Why",
]
