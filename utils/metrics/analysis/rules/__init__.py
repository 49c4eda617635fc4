"""The rules of the advice, one module for each matter; `RULES` puts them together, what is most urgent first."""

from .commands import RULES as _COMMANDS
from .docker import RULES as _DOCKER
from .lookups import RULES as _LOOKUPS
from .process import RULES as _PROCESS

RULES = (*_PROCESS, *_COMMANDS, *_DOCKER, *_LOOKUPS)

__all__ = ["RULES"]
