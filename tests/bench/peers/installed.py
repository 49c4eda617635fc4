"""Finds the peers that are installed; they are no part of what the tests need."""

from __future__ import annotations

import importlib
from typing import Any


def load(module: str) -> Any | None:  # noqa: ANN401 - a module that the type checker need not find
    """Import a peer's module by name; None when it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError:
        return None
