"""What runs: for whoever asks for help, or answers."""

from __future__ import annotations

import platform
from contextlib import suppress
from importlib import metadata

import discord


def versions() -> tuple[str, ...]:
    """Name Python, discord.py and, where it is installed as a package, ddc-perf; reads files."""
    named = [f"Python {platform.python_version()}", f"discord.py {discord.__version__}"]
    with suppress(metadata.PackageNotFoundError):  # copied into another bot
        named.append(f"ddc-perf {metadata.version('ddc-perf')}")
    return tuple(named)
