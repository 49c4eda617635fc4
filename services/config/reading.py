"""From a file's text and the environment to checked settings, with all that is wrong told at once."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any, TypeGuard

import msgspec

from .cures import CURES
from .errors import SettingsError
from .settings import ENVIRONMENT, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def load_settings(path: Path, environment: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """Read the settings.

    Args:
        path: The JSON file; one that does not exist stands for an empty one.
        environment: The environment variables.

    Returns:
        The settings, and warnings about keys that nothing reads.

    Raises:
        SettingsError: With every problem found, not only the first.
    """
    return check(parse(read(path), path), path, environment)


def read(path: Path) -> bytes | None:
    """Read the file; None when there is none.

    Raises:
        SettingsError: It is there, but can't be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError([f"{path} can't be read: {error}. Mend it or remove it; the defaults work."]) from None


def parse(content: bytes | None, path: Path) -> dict[str, Any]:
    """Put a file's content into a dictionary, which keeps its order.

    Args:
        content: As `read` gave it.
        path: For the words of an error.

    Raises:
        SettingsError: It is no JSON object.
    """
    if content is None:
        return {}
    try:
        raw = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError([f"{path} can't be read: {error}. Mend it or remove it; the defaults work."]) from None
    except RecursionError:
        raise SettingsError([f"{path}: nested too deeply. Compare it with config.example.json."]) from None
    except json.JSONDecodeError as error:
        where = f"{path}, line {error.lineno}, column {error.colno}"
        raise SettingsError([f"{where}: not valid JSON ({error.msg}). Compare it with config.example.json."]) from None
    except ValueError as error:  # a number of thousands of digits
        raise SettingsError([f"{path}: not valid JSON ({error}). Compare it with config.example.json."]) from None
    if not isinstance(raw, dict):
        raise SettingsError([f"{path}: the file must hold one JSON object {{…}}, not {type(raw).__name__}."])
    return raw


def check(raw: dict[str, Any], path: Path, environment: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """Check what a file holds; what the environment sets goes over it, and into `raw`.

    Args:
        raw: As `parse` gave it.
        path: For the words of errors and warnings.
        environment: The environment variables.

    Returns:
        The settings, and warnings about keys that nothing reads.

    Raises:
        SettingsError: With every problem found.
    """
    problems, warnings = [], _unknown_keys(raw, path)
    sources: dict[str, str] = {}
    for variable, keys in ENVIRONMENT.items():
        value = environment.get(variable, "").strip()
        if value:
            put(raw, keys, [part.strip() for part in value.split(",")] if keys[-1].endswith("_ids") else value)
            sources[".".join(keys)] = variable
    # Each key by itself, so that one wrong value does not hide the next.
    for dotted, kind, value in _leaves(Settings, raw, ""):
        try:
            msgspec.convert(value, kind, strict=False)
        except msgspec.ValidationError as error:
            place = sources.get(dotted) or f"{path}, key `{dotted}`"
            problems.append(f"{place}: {error} (it is {json.dumps(value)}). {CURES[dotted]}")
    if problems:
        raise SettingsError(problems)
    return msgspec.convert(raw, Settings, strict=False), warnings


def put(raw: dict[str, Any], keys: tuple[str, ...], value: object) -> None:
    """Set a key in a section within sections; what is missing or no section on the way is made one."""
    for key in keys[:-1]:
        inner = raw.get(key)
        raw[key] = raw = inner if isinstance(inner, dict) else {}
    raw[keys[-1]] = value


def flat(settings: Settings) -> dict[str, object]:
    """Return settings by their dotted names: what the bot's advice shows of them."""
    return dict(_flattened(msgspec.to_builtins(settings), Settings, ""))


def differences(old: Settings, new: Settings) -> frozenset[str]:
    """Name the keys whose values differ, dotted."""
    before, after = flat(old), flat(new)
    return frozenset(key for key in after if before[key] != after[key])


def known_keys() -> frozenset[str]:
    """Every key that can be set, dotted, without the sections themselves."""
    return frozenset(flat(Settings()))


def _flattened(raw: dict[str, Any], section: type[msgspec.Struct], prefix: str) -> Iterator[tuple[str, object]]:
    for key, kind in _fields(section).items():
        if _is_section(kind):
            yield from _flattened(raw[key], kind, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", raw[key]


def _is_section(kind: object) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _fields(struct: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.encode_name: field.type for field in msgspec.structs.fields(struct)}


def _leaves(section: type[msgspec.Struct], raw: dict[str, Any], prefix: str) -> list[tuple[str, Any, Any]]:
    """Dotted key, type and value of every key that we know."""
    found = []
    for key, kind in _fields(section).items():
        if key not in raw:
            continue
        if _is_section(kind) and isinstance(raw[key], dict):
            found += _leaves(kind, raw[key], f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", kind, raw[key]))
    return found


def _unknown_keys(raw: dict[str, Any], path: Path) -> list[str]:
    return [
        f"{path}: nothing reads the key `{prefix}{key}`" + (f"; did you mean `{prefix}{near[0]}`?" if near else "")
        for prefix, key, near in _strangers(Settings, raw, "")
    ]


def _strangers(section: type[msgspec.Struct], raw: dict[str, Any], prefix: str) -> list[tuple[str, str, list[str]]]:
    """Where, the key that nothing reads, and the one that may have been meant."""
    known = _fields(section)
    found = [
        (prefix, key, difflib.get_close_matches(key, known, n=1))
        for key in raw
        if key not in known and (prefix or key != "$schema")
    ]
    for key, kind in known.items():
        if _is_section(kind) and isinstance(raw.get(key), dict):
            found += _strangers(kind, raw[key], f"{prefix}{key}.")
    return found
