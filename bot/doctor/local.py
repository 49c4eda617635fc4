"""What can be seen without asking anybody: settings, processes. Everything here blocks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bot.health.ask import ask
from bot.health.place import socket_path
from cogs.perf.doctor import Finding
from services.config import DEFAULT_PATH, Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_HEALTH_PATIENCE = 5.0
_PROGRAM = re.compile(r"(^|/)ddc-perf$")


def settings_path(environment: Mapping[str, str]) -> Path:
    """Say which file the settings are in."""
    return Path(environment.get("DDC_CONFIG") or DEFAULT_PATH)


def settings(environment: Mapping[str, str]) -> tuple[Settings, list[Finding]]:
    """Read the settings as the bot would.

    Args:
        environment: The environment variables.

    Returns:
        The settings, or the defaults when they can't be used; and a finding for each thing that is wrong.
    """
    path, check = settings_path(environment), "Settings"
    try:
        found, warnings = load_settings(path, environment)
    except SettingsError as error:
        return Settings(), [
            Finding.fail(check, problem, "The bot won't start like this.") for problem in error.problems
        ]
    if warnings:
        return found, [Finding.warn(check, f"{one}.", "Mend the name, or remove the line.") for one in warnings]
    said = f"{path} is fine." if path.exists() else f"There is no {path}: the defaults count."
    return found, [Finding.ok(check, said)]


def running(environment: Mapping[str, str], metrics_folder: Path) -> Finding:
    """Ask whether the bot runs, and how it is."""
    answer = ask(socket_path(environment, metrics_folder), _HEALTH_PATIENCE)
    line = str(answer["line"])
    if answer["healthy"] is True:
        return Finding.ok("Bot", f"It runs: {line}.")
    if "not running" in line:
        return Finding.ok("Bot", "It doesn't run now.")
    return Finding.warn("Bot", f"It runs, but is {line}.", "See its log.")


def twins(commands: Iterable[Sequence[str]] | None = None) -> Finding:
    """Count the bots on this machine, as far as one can see them.

    Args:
        commands: Command lines of processes; by default those that run.
    """
    if commands is None:
        commands = [one.info["cmdline"] or () for one in psutil.process_iter(["cmdline"])]
    number = sum(map(_is_bot, commands))
    if number <= 1:
        return Finding.ok("Second bot", "None is seen on this machine.")
    said = f"{number} processes look like this bot."
    return Finding.warn("Second bot", said, "With one token each press is answered by both: stop one of them.")


def _is_bot(words: Sequence[str]) -> bool:
    for at, word in enumerate(words):
        if _PROGRAM.search(word) or (word == "bot" and at and words[at - 1] == "-m"):
            return not words[at + 1 :] or words[at + 1] in ("run", "--sandbox")
    return False
