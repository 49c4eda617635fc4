"""Containers' logs: read within bounds, followed for a while, and made fit to be shown."""

from .asked import NotUnderstood, Words
from .demux import Source
from .follow import End, Following, Heard, Pace, TooManyFollowed
from .logs import Logs
from .reader import DEFAULT_LINES, MOST_LINES, Bound, Limits, LogPage, LogReader, NotKept
from .tidy import LONGEST_LINE, LogLine

__all__ = [
    "DEFAULT_LINES",
    "LONGEST_LINE",
    "MOST_LINES",
    "Bound",
    "End",
    "Following",
    "Heard",
    "Limits",
    "LogLine",
    "LogPage",
    "LogReader",
    "Logs",
    "NotKept",
    "NotUnderstood",
    "Pace",
    "Source",
    "TooManyFollowed",
    "Words",
]
