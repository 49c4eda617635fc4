"""Docker: containers listed, looked at, started, stopped and restarted, in turn, in time, and measured."""

from .access import BOT, Actor, Policy, Right
from .errors import (
    BadAddress,
    Busy,
    ContainerNotFound,
    DockerError,
    EngineError,
    EngineUnreachable,
    Forbidden,
    Interrupted,
    InvalidName,
    OperationTimeout,
    Stopping,
    Why,
)
from .model import Action, ActionResult, Container, ContainerInfo, Health, Port, State
from .service import DockerService

__all__ = [
    "BOT",
    "Action",
    "ActionResult",
    "Actor",
    "BadAddress",
    "Busy",
    "Container",
    "ContainerInfo",
    "ContainerNotFound",
    "DockerError",
    "DockerService",
    "EngineError",
    "EngineUnreachable",
    "Forbidden",
    "Health",
    "Interrupted",
    "InvalidName",
    "OperationTimeout",
    "Policy",
    "Port",
    "Right",
    "State",
    "Stopping",
    "Why",
]
