"""What the chat shows of groups: lists, plans, a run while it goes on, and how it ended."""

from .choices import group_choices
from .plans import group_embed, groups_embed, idle_embed, question_embed, untouchable_embed
from .views import GroupConfirm

__all__ = [
    "GroupConfirm",
    "group_choices",
    "group_embed",
    "groups_embed",
    "idle_embed",
    "question_embed",
    "untouchable_embed",
]
