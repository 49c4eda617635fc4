"""From the engine's JSON to our values. Pure, and forgiving: engines differ (Docker, Podman), and fields go missing.

What is not read here stays out of the program: environments, command lines and labels other than those of groups.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from . import labels
from .errors import InvalidName
from .model import Container, ContainerInfo, Health, Port, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}")
_SHORT = 12
_YEAR_OF_NEVER = 1
_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - read, not bound to
_STATUS_HEALTH = re.compile(r"\((?:health: )?(starting|healthy|unhealthy)\)")


def check_name(text: str) -> str:
    """Let a container's name or id through.

    Args:
        text: What someone typed. Blanks around it are dropped.

    Returns:
        The name: 1 to 255 letters, digits, dots, dashes and underscores, the first a letter or a digit, which is what
        engines allow.

    Raises:
        InvalidName: For anything else, which could lead a request elsewhere.
    """
    name = text.strip()
    if not _NAME.fullmatch(name):
        raise InvalidName(name)
    return name


def container_from_list(row: Mapping[str, Any], group_label: str = labels.GROUP_LABEL) -> Container:
    """Read one row of `GET /containers/json`.

    Args:
        row: The row's JSON.
        group_label: Which label names the user's own groups.

    Raises:
        KeyError: The row has no id.
        TypeError: A field is of a wrong kind.
        ValueError: A field can't be read.
    """
    identity = str(row["Id"])
    status = str(row.get("Status") or "")
    created = row.get("Created")
    return Container(
        id=identity,
        name=_name(row.get("Names") or (), identity),
        image=_image(str(row.get("Image") or "")),
        state=_state(row.get("State")),
        status=status,
        health=_health_in(status),
        created=datetime.fromtimestamp(created, UTC) if isinstance(created, int) and created > 0 else None,
        ports=_sorted(
            Port(
                private=int(port["PrivatePort"]),
                protocol=str(port.get("Type") or "tcp"),
                public=int(port["PublicPort"]) if port.get("PublicPort") else None,
                address=_address(port.get("IP")),
            )
            for port in row.get("Ports") or ()
        ),
        project=labels.project(row.get("Labels")),
        membership=labels.membership(row.get("Labels"), group_label),
    )


def info_from_inspect(data: Mapping[str, Any], group_label: str = labels.GROUP_LABEL) -> ContainerInfo:
    """Read the answer of `GET /containers/{id}/json`.

    Args:
        data: The answer's JSON.
        group_label: Which label names the user's own groups.

    Raises:
        KeyError: It has no id.
        TypeError: A field is of a wrong kind.
        ValueError: A field can't be read.
    """
    identity = str(data["Id"])
    state: Mapping[str, Any] = data.get("State") or {}
    config: Mapping[str, Any] = data.get("Config") or {}
    tags = config.get("Labels")
    now = _state(state.get("Status"))
    started = moment(state.get("StartedAt"))
    return ContainerInfo(
        container=Container(
            id=identity,
            name=_name((str(data.get("Name") or ""),), identity),
            image=_image(str(config.get("Image") or data.get("Image") or "")),
            state=now,
            health=_health((state.get("Health") or {}).get("Status")),
            created=moment(data.get("Created")),
            ports=_inspected_ports(data),
            project=labels.project(tags),
            membership=labels.membership(tags, group_label),
        ),
        started=started,
        finished=moment(state.get("FinishedAt")),
        exit_code=int(state.get("ExitCode") or 0) if started and not now.is_up else None,
        oom_killed=bool(state.get("OOMKilled")),
        restart_count=int(data.get("RestartCount") or 0),
        restart_policy=_policy((data.get("HostConfig") or {}).get("RestartPolicy") or {}),
        memory_limit=_memory_limit((data.get("HostConfig") or {}).get("Memory")),
        stop_timeout=_stop_timeout(config.get("StopTimeout")),
        terminal=bool(config.get("Tty")),
    )


def _name(names: Iterable[str], identity: str) -> str:
    """Take a container's own name: those with a second slash are what other containers call it by old-style links."""
    plain = [str(name).removeprefix("/") for name in names]
    return next((name for name in plain if name and "/" not in name), identity[:_SHORT])


def _image(text: str) -> str:
    digest = text.removeprefix("sha256:")
    return digest[:_SHORT] if digest != text else text or "unknown"


def _state(word: object) -> State:
    try:
        return State(str(word).lower())
    except ValueError:
        return State.UNKNOWN


def _health(word: object) -> Health:
    try:
        return Health(str(word or Health.NONE).lower())
    except ValueError:
        return Health.NONE


def _health_in(status: str) -> Health:
    found = _STATUS_HEALTH.search(status)
    return Health(found[1]) if found else Health.NONE


def moment(text: object) -> datetime | None:
    """Read a time such as 2025-11-24T05:34:00.123456789Z; the year 1 is the engine's word for never.

    Raises:
        ValueError: It can't be read.
    """
    if not isinstance(text, str) or not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.year <= _YEAR_OF_NEVER:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _policy(policy: Mapping[str, Any]) -> str:
    name = str(policy.get("Name") or "no")
    most = int(policy.get("MaximumRetryCount") or 0)
    return f"{name}:{most}" if name == "on-failure" and most else name


def _memory_limit(given: object) -> int | None:
    return given if isinstance(given, int) and given >= 0 else None


def _stop_timeout(seconds: object) -> float:
    """Read the time to end that a container has before the engine kills it: 10 s unless set, for ever when negative."""
    if not isinstance(seconds, int):
        return 10.0
    return math.inf if seconds < 0 else float(seconds)


def _address(text: object) -> str:
    address = str(text or "")
    return "" if address in _EVERYWHERE else address


def _inspected_ports(data: Mapping[str, Any]) -> tuple[Port, ...]:
    """Read the ports in force, or, of a container that doesn't run, those it asks for."""
    bound = (data.get("NetworkSettings") or {}).get("Ports") or (data.get("HostConfig") or {}).get("PortBindings") or {}
    found: list[Port] = []
    for inside, bindings in bound.items():
        private, _, protocol = str(inside).partition("/")
        publics = [
            Port(int(private), protocol or "tcp", int(binding["HostPort"]), _address(binding.get("HostIp")))
            for binding in bindings or ()
            if binding.get("HostPort")
        ]
        found.extend(publics or [Port(int(private), protocol or "tcp")])
    return _sorted(found)


def _sorted(ports: Iterable[Port]) -> tuple[Port, ...]:
    return tuple(sorted(set(ports), key=lambda port: (port.private, port.protocol, port.public or 0, port.address)))
