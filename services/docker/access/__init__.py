"""Who may do what with which container: decided here, in the service, so that no way in can forget to ask."""

from .actor import BOT, Actor, Right
from .conceal import conceal
from .cooldowns import Cooldowns, Key
from .own import find_own_container
from .policy import Policy
from .rule import ALL, Rule

__all__ = ["ALL", "BOT", "Actor", "Cooldowns", "Key", "Policy", "Right", "Rule", "conceal", "find_own_container"]
