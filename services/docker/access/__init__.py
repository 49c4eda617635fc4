"""Who may do what with which container: decided here, in the service, so that no way in can forget to ask."""

from .actor import BOT, Actor, Right
from .guard import Guard
from .own import find_own_container
from .policy import Policy
from .rule import ALL, Rule

__all__ = ["ALL", "BOT", "Actor", "Guard", "Policy", "Right", "Rule", "find_own_container"]
