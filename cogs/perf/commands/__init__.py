"""The subcommands of /perf, one module for each matter; `cogs/perf/cog.py` puts them together."""

from .compare import CompareCommands
from .reports import ReportCommands
from .summaries import SummaryCommands
from .upkeep import UpkeepCommands

__all__ = ["CompareCommands", "ReportCommands", "SummaryCommands", "UpkeepCommands"]
