"""How a container's state reads: a sign and a word, never a colour alone, short enough for a phone. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cogs.perf.kit import cut, plain
from services.docker import Action, Health, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.docker import Container, Port

SIGNS: Mapping[State, str] = {
    State.RUNNING: "●",
    State.RESTARTING: "↻",
    State.PAUSED: "◐",
    State.CREATED: "○",
    State.EXITED: "○",
    State.REMOVING: "✗",
    State.DEAD: "✗",
    State.REMOVED: "✗",
    State.UNKNOWN: "?",
}

DOING: Mapping[Action, str] = {Action.START: "Starting", Action.STOP: "Stopping", Action.RESTART: "Restarting"}
DONE: Mapping[Action, str] = {Action.START: "Started", Action.STOP: "Stopped", Action.RESTART: "Restarted"}

_STATUS = re.compile(r"(?:up|exited|restarting|created)\b\s*(?:\((?P<code>-?\d+)\))?\s*(?P<age>.*)", re.IGNORECASE)
_NOTE = re.compile(r"\s*\([^)]*\)\s*$")
_UNITS = (("less than a second", "1 s"), ("about an hour", "1 h"), ("about a minute", "1 min"))
_SHORT = re.compile(r"\b(second|minute|hour)s?\b")
_SHORTER = {"second": "s", "minute": "min", "hour": "h"}
_AGE_LENGTH = 20


def sign_and_word(state: State) -> str:
    """A state for a line of text, such as "● running"."""
    return f"{SIGNS[state]} {state}"


def exit_code(container: Container) -> int | None:
    """Read what a container ended with out of the engine's words; None when they tell none."""
    found = _parts(container)
    return int(found["code"]) if found and found["code"] is not None else None


def _parts(container: Container) -> re.Match[str] | None:
    return _STATUS.fullmatch(_NOTE.sub("", container.status)) if container.status else None


def summary(container: Container) -> str:
    """What a container does, since when and how well, such as "running 3 min · healthy" or "exited 2 h ago (137)"."""
    words: str = container.state
    found = _parts(container)
    if found:
        age = found["age"].lower()
        for long, short in _UNITS:
            age = age.replace(long, short)
        age = _SHORT.sub(lambda unit: _SHORTER[unit[1]], age)
        words += f" {plain(cut(age, _AGE_LENGTH))}" if age else ""
        words += f" ({found['code']})" if found["code"] not in (None, "0") else ""
    if container.health is not Health.NONE:
        words += " · ⚠ unhealthy" if container.health is Health.UNHEALTHY else f" · {_health(container.health)}"
    return words


def _health(health: Health) -> str:
    return "health check begins" if health is Health.STARTING else health.value


def health_words(health: Health) -> str:
    """A health check's verdict in words; empty without a health check."""
    match health:
        case Health.NONE:
            return ""
        case Health.UNHEALTHY:
            return "⚠ unhealthy"
        case _:
            return _health(health)


def port_line(port: Port) -> str:
    """A port as in "8080 → 80/tcp": the host's side first."""
    inside = f"{port.private}/{port.protocol}"
    if port.public is None:
        return f"{inside}, not published"
    address = f"[{port.address}]" if ":" in port.address else port.address
    return f"{address}:{port.public} → {inside}" if address else f"{port.public} → {inside}"
