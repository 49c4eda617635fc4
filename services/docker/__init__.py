"""Docker: containers listed, looked at, started, stopped and restarted, in turn, in time, and measured."""

from .access import ALL, BOT, Actor, Policy, Right, Rule, find_own_container
from .errors import (
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
    Stopping,
    Why,
)
from .labels import Condition, Dependency, Membership
from .model import Action, ActionResult, Container, ContainerInfo, Health, Port, State
from .service import DockerService

__all__ = [
    "ALL",
    "BOT",
    "Action",
    "ActionResult",
    "Actor",
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
    "Forbidden",
    "GroupBusy",
    "GroupNotFound",
    "Health",
    "Interrupted",
    "InvalidName",
    "Membership",
    "OperationTimeout",
    "Policy",
    "Port",
    "Right",
    "Rule",
    "State",
    "Stopping",
    "Why",
    "find_own_container",
]
