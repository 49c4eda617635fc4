"""Docker: containers listed, looked at, started, stopped and restarted, in turn, in time, and measured."""

from .errors import (
    BadAddress,
    Busy,
    ContainerNotFound,
    DockerError,
    EngineError,
    EngineUnreachable,
    Interrupted,
    InvalidName,
    OperationTimeout,
    Stopping,
    Why,
)
from .model import Action, ActionResult, Container, ContainerInfo, Health, Port, State
from .service import DockerService

__all__ = [
    "Action",
    "ActionResult",
    "BadAddress",
    "Busy",
    "Container",
    "ContainerInfo",
    "ContainerNotFound",
    "DockerError",
    "DockerService",
    "EngineError",
    "EngineUnreachable",
    "Health",
    "Interrupted",
    "InvalidName",
    "OperationTimeout",
    "Port",
    "State",
    "Stopping",
    "Why",
]
