"""Reads the settings folder of DockerDiscordControl 2, and says what of it becomes which setting, and what does not.

Rules:
1. Nothing of DDC's is changed, and no secret is read further than to say that it is there.
2. A channel's flags become rules: who is in a control channel may do what each container allows, who is in a status
   channel may see. DDC's admins may do everything. That is what DDC lets them do; nobody gets more.
3. What can't be taken over is named with the reason. One bad file spoils no other.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}")
_LARGEST_ID = 2**63 - 1
_ACTIONS = {"status": "see", "start": "start", "stop": "stop", "restart": "restart"}
_SOCKET = "/var/run/docker.sock"
_NOT_TAKEN = {
    "timezone": "the zone of the daily summary is set with /perf schedule",
    "language": "there is English alone",
    "bot_token": "the token is never copied: give it anew: ddc-perf token set",
    "channels_config.json": "spam protection: cooldowns are docker.cooldown_seconds here",
    "container_timeouts.json": "its limits are for figures alone; docker.timeouts holds for everything",
    "tasks.json": "there are no scheduled actions",
    "auth.json": "there is no web page",
    "web_ui.json": "there is no web page",
}


@dataclass(slots=True)
class Migration:
    """What was found.

    Attributes:
        changes: Dotted key of ours, and its value.
        taken: What was taken over, a clause each.
        left: What was not, and why, a clause each.
    """

    changes: dict[str, object] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def take(self, key: str, value: object, told: str) -> None:
        """Take a setting over."""
        self.changes[key] = value
        self.taken.append(f"{told} → {key}")


def read_ddc(folder: Path) -> Migration:
    """Read a settings folder.

    Args:
        folder: DDC's own folder, or the folder `config` in it.

    Raises:
        OSError: There is no such folder, or it is none of DDC's.
    """
    if (folder / "config").is_dir():
        folder /= "config"
    found = Migration()
    main = _object(folder / "config.json", found)
    sections = [folder / name for name in ("containers", "channels") if (folder / name).is_dir()]
    if main is None and not sections:
        raise FileNotFoundError(f"{folder} holds no settings of DockerDiscordControl: no config.json, no containers/")
    _general(main or {}, _object(folder / "docker_settings.json", found) or {}, found)
    containers = _containers(folder / "containers", found)
    rules = [*_channel_rules(folder / "channels", containers, found), *_admin_rules(folder / "admins.json", found)]
    if rules:
        found.changes["docker.permissions"] = rules
    found.left += [f"{name}: {why}" for name, why in _NOT_TAKEN.items() if (folder / name).is_file()]
    return found


def _general(main: dict[str, Any], docker: dict[str, Any], found: Migration) -> None:
    if main.get("guild_id"):
        guild = _id(main["guild_id"])
        if guild is None:
            found.left.append("guild_id: it is no id of a server")
        else:
            found.take("guild_id", guild, "guild_id")
    if main.get("scheduler_debug_mode"):
        found.take("scheduler_debug_mode", value=True, told="scheduler_debug_mode")
    socket = next((each["docker_socket_path"] for each in (docker, main) if each.get("docker_socket_path")), _SOCKET)
    if isinstance(socket, str) and socket.startswith("/") and socket.isprintable():
        if socket != _SOCKET:
            found.take("docker.host", f"unix://{socket}", "docker_socket_path")
    else:
        found.left.append("docker_socket_path: it is no path")
    found.left += [f"{key}: {_NOT_TAKEN[key]}" for key in ("bot_token", "timezone", "language") if main.get(key)]


def _containers(folder: Path, found: Migration) -> dict[str, tuple[str, ...]]:
    """Each active container's actions, in the order of DDC; those that are not active are hidden."""
    active: list[tuple[float, str, tuple[str, ...]]] = []
    hidden: list[str] = []
    for where, raw in _objects(folder, found):
        name = raw.get("docker_name") or raw.get("container_name")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            found.left.append(f"{where}: it names no container")
        elif raw.get("active", True):
            allowed = raw.get("allowed_actions", ["status"])
            rights = [_ACTIONS[one] for one in _ACTIONS if isinstance(allowed, list) and one in allowed]
            order = raw.get("order")
            active.append((order if isinstance(order, int) else 999, name, tuple(rights)))
        else:
            hidden.append(name)
    if hidden:
        found.take("docker.hidden", sorted(hidden), f"{len(hidden)} inactive container(s)")
    return {name: rights for _, name, rights in sorted(active)}


def _channel_rules(folder: Path, containers: dict[str, tuple[str, ...]], found: Migration) -> Iterator[dict[str, Any]]:
    seeing, controlling = _channels(folder, found)
    only_seeing = {name: tuple(right for right in rights if right == "see") for name, rights in containers.items()}
    for channels, allowed, word in ((seeing, only_seeing, "status"), (controlling, containers, "control")):
        alike: dict[tuple[str, ...], list[str]] = {}
        for name, rights in allowed.items():
            if rights and channels:
                alike.setdefault(rights, []).append(name)
        if alike:
            count = sum(map(len, alike.values()))
            found.taken.append(f"{len(channels)} {word} channel(s), {count} container(s) → docker.permissions")
        for rights, names in alike.items():
            yield {"containers": names, "actions": list(rights), "channels": channels}
    if containers and not (seeing or controlling):
        found.left.append(f"{len(containers)} container(s): no channel may see them, so only admins do")


def _channels(folder: Path, found: Migration) -> tuple[list[int], list[int]]:
    """The channels in which containers are seen alone, and those in which they are acted on, too."""
    seeing, controlling = [], []
    for where, raw in _objects(folder, found):
        channel = _id(raw.get("channel_id") or where.rpartition("/")[2].removesuffix(".json"))
        flags = raw.get("commands")
        if where.endswith("/default.json"):
            found.left.append(f"{where}: a channel that is not named may nothing here")
        elif channel is None or not isinstance(flags, dict):
            found.left.append(f"{where}: it is no channel")
        elif flags.get("control"):
            controlling.append(channel)
        elif flags.get("serverstatus") or flags.get("ss"):
            seeing.append(channel)
    return seeing, controlling


def _admin_rules(path: Path, found: Migration) -> Iterator[dict[str, Any]]:
    raw = _object(path, found) or {}
    given = raw.get("discord_admin_users")
    users = [user for user in map(_id, given if isinstance(given, list) else []) if user is not None]
    if users:
        found.taken.append(f"{len(users)} admin(s) → docker.permissions")
        yield {"containers": ["*"], "actions": "all", "users": users}


def _objects(folder: Path, found: Migration) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.glob("*.json")):
        raw = _object(path, found)
        if raw is not None:
            yield f"{folder.name}/{path.name}", raw


def _object(path: Path, found: Migration) -> dict[str, Any] | None:
    """What a file holds; None when there is none, or no object in it, which is told."""
    try:
        raw = json.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return None
    except OSError as error:
        found.left.append(f"{path.name}: it can't be read ({error.strerror})")
        return None
    except (ValueError, RecursionError):
        found.left.append(f"{path.name}: it is damaged")
        return None
    if isinstance(raw, dict):
        return raw
    found.left.append(f"{path.name}: it is damaged")
    return None


def _id(value: object) -> int | None:
    text = str(value).strip() if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(_LARGEST_ID))):
        return None
    number = int(text)
    return number if 0 < number <= _LARGEST_ID else None
