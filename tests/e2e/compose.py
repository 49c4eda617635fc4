"""Reads compose.yaml, and runs its services with the plain client: what is tried is what people start."""

from __future__ import annotations

import re
from typing import Any

import yaml  # type: ignore[import-untyped] # its types are a package of their own, for these few lines

from tests.e2e.bot_process import ROOT

FILE = ROOT / "compose.yaml"
_VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")
_LIMITS = {
    "user": "--user",
    "mem_limit": "--memory",
    "cpus": "--cpus",
    "pids_limit": "--pids-limit",
}
_LISTS = {"tmpfs": "--tmpfs", "cap_drop": "--cap-drop", "security_opt": "--security-opt"}
_FLAGS = {"read_only": "--read-only", "init": "--init"}
_ELSEWHERE = {
    "image", "build", "environment", "volumes", "networks", "depends_on", "secrets", "restart", "stop_grace_period",
    "logging",
}  # fmt: skip


def read(**environment: str) -> dict[str, Any]:
    """The file, with its variables replaced as compose does it.

    Args:
        environment: What `.env` says.
    """
    text = _VARIABLE.sub(lambda found: environment.get(found[1], found[2]), FILE.read_text(encoding="utf-8"))
    assert "${" not in text, "a variable in a form that is not known here"
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def options(service: dict[str, Any]) -> list[str]:
    """The options of `docker run` for how a service is held; where it is and what it is told come from the test."""
    unknown = service.keys() - _LIMITS.keys() - _LISTS.keys() - _FLAGS.keys() - _ELSEWHERE
    assert not unknown, f"{unknown}: say here how `docker run` is told"
    found = [flag for key, flag in _FLAGS.items() if service.get(key)]
    found += [f"{flag}={service[key]}" for key, flag in _LIMITS.items() if key in service]
    found += [f"{flag}={value}" for key, flag in _LISTS.items() for value in service.get(key, ())]
    return found
