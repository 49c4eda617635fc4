"""The subcommands of /perf, one module for each matter; `cogs/perf/cog.py` puts them together."""

from .chart import ChartCommands
from .compare import CompareCommands
from .debug import DebugCommands
from .doctor import DoctorCommands
from .explain import ExplainCommands
from .goals import GoalCommands
from .live import LiveCommands
from .memory import MemoryCommands
from .profile import ProfileCommands
from .reports import ReportCommands
from .schedule import ScheduleCommands
from .spent import TimeCommands
from .system import SystemCommands
from .upkeep import UpkeepCommands

__all__ = [
    "ChartCommands",
    "CompareCommands",
    "DebugCommands",
    "DoctorCommands",
    "ExplainCommands",
    "GoalCommands",
    "LiveCommands",
    "MemoryCommands",
    "ProfileCommands",
    "ReportCommands",
    "ScheduleCommands",
    "SystemCommands",
    "TimeCommands",
    "UpkeepCommands",
]
