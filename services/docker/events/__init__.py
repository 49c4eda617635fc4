"""What happens to containers by itself: heard from the engine, judged, counted, and handed on to be told."""

from .book import BookError
from .model import Alert, Bulletin, Kind, Rules
from .watcher import AlertPlan, AlertState, Watcher

__all__ = ["Alert", "AlertPlan", "AlertState", "BookError", "Bulletin", "Kind", "Rules", "Watcher"]
