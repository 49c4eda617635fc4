"""An index small enough to be loaded in pieces, and its thread in the background."""

from __future__ import annotations

import threading
import time

from utils.metrics.engine.sizes import Sizes

SMALL = Sizes(piece=20_000, at_once=10_000, checkpoint=1_000, unsaved=1_000, unsaved_at_close=1_000)
ENTRIES = 5_000
PATIENCE = 30.0


def wait_for_keeper() -> None:
    """Let the thread in the background come to its end."""
    deadline = time.monotonic() + PATIENCE
    while any(thread.name == "metrics-index" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.001)
