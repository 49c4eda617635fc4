"""What every room of the Discord surface uses: safe text, embeds within the limits, owned views, answers to errors.

It measures nothing and knows no Docker, so that other cogs may use it, too.
"""

from .access import Denied, denied, is_admin, is_home, lacking_permissions
from .errors import answer_error, explain, reply_error
from .report import BAD, FINE, LOOK, PLAIN, Report
from .text import clean, code, cut, label, plain, units
from .views import ConfirmView, OwnedView, show

__all__ = [
    "BAD",
    "FINE",
    "LOOK",
    "PLAIN",
    "ConfirmView",
    "Denied",
    "OwnedView",
    "Report",
    "answer_error",
    "clean",
    "code",
    "cut",
    "denied",
    "explain",
    "is_admin",
    "is_home",
    "label",
    "lacking_permissions",
    "plain",
    "reply_error",
    "show",
    "units",
]
