"""The page of the settings, from the model that reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.live import LIVE
from services.config import json_schema
from services.config.settings import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# Settings

Environment variables go over config/config.json, and that over the defaults. `config/config.example.json` is a file to
begin with, and `config/config.schema.json` tells an editor what can be written where. A wrong value stops the start,
and the message names the file, the key, the value and what would be right, all of them at once.

A running bot looks at the file every two seconds. What the last column says so of holds *at once*; for the rest
the log and `/perf system` say that it waits for a *restart*. A file that became unusable changes nothing: both say
why, and the last good settings stay in force. Whatever the bot itself saves keeps unknown keys and their order,
and the file from before stays as `config.json.bak`.

| Key | Variable | Default | | Holds |
| --- | --- | --- | --- | --- |
"""

_OTHERS = """
## The log

It goes to standard error, and into `log.file`, too, when that is set; that file is begun anew at `log.max_mb`, and
`log.keep` former ones stay as `.1`, `.2`, …. With `log.format` set to `json`, a line is one object:

```json
{"time": "2026-03-01T08:00:00.123Z", "level": "ERROR", "logger": "cogs.perf.kit.errors", "message": "Error 1A2B",
 "error_id": "1A2B", "traceback": "…"}
```

`error_id` is the number that the chat showed, and `traceback` is there where there is one. `DEBUG` is for the
bot's own parts alone: libraries stay at `INFO`, for some of them write secrets out. `/perf debug` raises the level
for some minutes; a restart ends it, too.

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
        f"| `{key}` | {_code(variables.get(key))} | {_default(one)} | {_text(one)} | {_holds(key)} |\n"
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


def _holds(key: str) -> str:
    return "at once" if any(key == live or key.startswith(f"{live}.") for live in LIVE) else "restart"


def _code(text: str | None) -> str:
    return f"`{text}`" if text else ""


def _default(one: dict[str, Any]) -> str:
    return f"`{json.dumps(one['default'])}`" if "default" in one else ""


def _text(one: dict[str, Any]) -> str:
    text = str(one.get("description", "")).replace("|", "\\|")
    choices = ", ".join(f"`{choice}`" for choice in one.get("enum", ()))
    return f"{text}: {choices}" if choices else text
