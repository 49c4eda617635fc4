from __future__ import annotations

import asyncio
from pathlib import Path

import discord
import pytest

from cogs.perf.resources.paths import ending, short


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (asyncio.events.__file__, "asyncio/events.py"),
        (str(discord.http.__file__), "discord/http.py"),
        (str(Path.cwd() / "cogs/fun.py"), "cogs/fun.py"),
        ("/home/ada/secret project/bot/main.py", "bot/main.py"),
        ("main.py", "main.py"),
        ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap>"),
        ("<string>", "<string>"),
    ],
)
def test_a_path_is_told_without_the_folders_of_the_machine(path: str, shown: str) -> None:
    assert short(path) == shown


def test_a_long_path_keeps_its_end() -> None:
    assert ending("utils/metrics/engine/recall.py:62", 20) == "…engine/recall.py:62"
    assert ending("a.py:1", 20) == "a.py:1"
