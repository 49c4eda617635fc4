"""Who may do what with which container: decided here, in the service, so that no way in can forget to ask."""

from .actor import BOT, Actor, Right
from .policy import Policy

__all__ = ["BOT", "Actor", "Policy", "Right"]
