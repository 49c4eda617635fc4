"""The page of the settings, from the model that reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from services.config import json_schema
from services.config.settings import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# Settings

Environment variables go over config/config.json, and that over the defaults. `config/config.example.json` is a file to
begin with, and `config/config.schema.json` tells an editor what can be written where. A wrong value stops the start,
and the message names the file, the key, the value and what would be right, all of them at once.

| Key | Variable | Default | |
| --- | --- | --- | --- |
"""

_OTHERS = """
## Variables without a key

| Variable | Default | |
| --- | --- | --- |
| `DISCORD_BOT_TOKEN` | | the bot's token |
| `DDC_CONFIG` | config/config.json | the settings file |
| `DDC_METRICS_DIR` | `data/metrics` | where the measurements are kept |
| `DDC_METRICS_MEMORY_MB` | no limit | megabytes to know the measurements; above it old percentiles are good to 1 % |
| `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH` | | TLS to a `tcp://` engine, see [reach](docker.md#reach) |
| `DDC_DISCORD_API`, `DDC_DISCORD_GATEWAY` | discord.com | another Discord: a sandbox that runs already |
"""


def settings_page() -> str:
    """Write the page."""
    schema = json_schema()
    variables = {".".join(keys): name for name, keys in ENVIRONMENT.items()}
    rows = [
        f"| `{key}` | {_code(variables.get(key))} | {_default(one)} | {_text(one)} |\n"
        for key, one in _leaves(schema, schema["$defs"]["Settings"], "")
    ]
    return _HEAD + "".join(rows) + _OTHERS


def _leaves(schema: dict[str, Any], section: dict[str, Any], prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, one in section["properties"].items():
        if name == "$schema":
            continue
        inner = schema["$defs"].get(str(one.get("$ref", "")).removeprefix("#/$defs/"))
        if inner is not None and "properties" in inner:
            yield from _leaves(schema, inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", one


def _code(text: str | None) -> str:
    return f"`{text}`" if text else ""


def _default(one: dict[str, Any]) -> str:
    return f"`{json.dumps(one['default'])}`" if "default" in one else ""


def _text(one: dict[str, Any]) -> str:
    text = str(one.get("description", "")).replace("|", "\\|")
    choices = ", ".join(f"`{choice}`" for choice in one.get("enum", ()))
    return f"{text}: {choices}" if choices else text
