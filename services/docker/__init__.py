"""Docker: containers listed, looked at, started, stopped and restarted, in turn, in time, and measured."""

from .access import ALL, BOT, Actor, Policy, Right, Rule, find_own_container
from .aftermath import PATIENCE
from .audit import AuditEntry, AuditLog
from .errors import (
    AdminsOnly,
    AuditUnreadable,
    BadAddress,
    Busy,
    ContainerNotFound,
    DockerError,
    EngineError,
    EngineUnreachable,
    Forbidden,
    GroupBusy,
    GroupNotFound,
    Interrupted,
    InvalidName,
    OperationTimeout,
    Protected,
    Stopping,
    TooSoon,
    Unseen,
    Why,
)
from .labels import Condition, Dependency, Membership
from .model import Action, ActionResult, Container, ContainerInfo, Health, Later, Port, State
from .queue import QueueStats
from .reach import EngineVersion
from .service import DockerService
from .timeouts import Limit, Source, Timeouts

__all__ = [
    "ALL",
    "BOT",
    "PATIENCE",
    "Action",
    "ActionResult",
    "Actor",
    "AdminsOnly",
    "AuditEntry",
    "AuditLog",
    "AuditUnreadable",
    "BadAddress",
    "Busy",
    "Condition",
    "Container",
    "ContainerInfo",
    "ContainerNotFound",
    "Dependency",
    "DockerError",
    "DockerService",
    "EngineError",
    "EngineUnreachable",
    "EngineVersion",
    "Forbidden",
    "GroupBusy",
    "GroupNotFound",
    "Health",
    "Interrupted",
    "InvalidName",
    "Later",
    "Limit",
    "Membership",
    "OperationTimeout",
    "Policy",
    "Port",
    "Protected",
    "QueueStats",
    "Right",
    "Rule",
    "Source",
    "State",
    "Stopping",
    "Timeouts",
    "TooSoon",
    "Unseen",
    "Why",
    "find_own_container",
]
