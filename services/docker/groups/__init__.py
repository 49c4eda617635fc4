"""Groups of containers: compose projects and labels as targets, acted on in the order of their dependencies."""

from .afterwards import caught_up
from .groups import Groups
from .plan import Held, Plan, Step
from .progress import Cause, Fate, Member, Progress, Reason
from .target import Group, Kind, Target

__all__ = [
    "Cause",
    "Fate",
    "Group",
    "Groups",
    "Held",
    "Kind",
    "Member",
    "Plan",
    "Progress",
    "Reason",
    "Step",
    "Target",
    "caught_up",
]
