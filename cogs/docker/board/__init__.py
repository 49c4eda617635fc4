"""The status message: one message in a channel that shows what the containers do, edited when it changes."""

from .board import Board
from .buttons import StatusButtons
from .lookout import Lookout
from .outlet import Outlet

__all__ = ["Board", "Lookout", "Outlet", "StatusButtons"]
