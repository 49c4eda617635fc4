"""Charts: what they show (pure numbers), and one process beside the bot that draws them."""

from .files import NAME, attach, chart_file
from .painter import PAINTER, ChartError

__all__ = ["NAME", "PAINTER", "ChartError", "attach", "chart_file"]
