"""What every room of the Discord surface uses: safe text, embeds within the limits, owned views, answers to errors.

It knows no metrics and no Docker, so that other cogs may use it, too.
"""

from .access import Denied, is_admin
from .errors import answer_error, explain, reply_error
from .report import BAD, FINE, LOOK, PLAIN, Report
from .text import code, cut, label, plain, units
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
    "code",
    "cut",
    "explain",
    "is_admin",
    "label",
    "plain",
    "reply_error",
    "show",
    "units",
]
