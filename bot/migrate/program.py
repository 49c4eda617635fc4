"""``ddc-perf migrate``: takes over what DockerDiscordControl had set."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.metrics_cli.codes import FINE, NOTHING, STORAGE, USAGE
from bot.metrics_cli.terminal import visible
from bot.migrate.ddc import read_ddc
from services.config import SettingsError, save

if TYPE_CHECKING:
    import argparse

    from bot.migrate.ddc import Migration


def migrate(options: argparse.Namespace) -> int:
    """Read, tell, write.

    Args:
        options: path, to, force, dry_run, json.

    Returns:
        The exit code: 1 when there is nothing to take over.
    """
    target = Path(options.to)
    try:
        found = read_ddc(Path(options.path))
    except OSError as error:
        return _fail(str(error), STORAGE)
    if found.changes and not options.dry_run:
        if target.exists() and not options.force:
            return _fail(
                f"{target} is there already, and was left as it is. With --force these settings go into it, and what "
                f"it was stays as {target.name}.bak; --dry-run shows them.",
                USAGE,
            )
        try:
            save(target, found.changes)
        except SettingsError as error:
            return _fail(str(error), USAGE)
    _tell(found, target, written=bool(found.changes) and not options.dry_run, as_json=options.json)
    return FINE if found.changes else NOTHING


def _tell(found: Migration, target: Path, *, written: bool, as_json: bool) -> None:
    if as_json:
        told = {"settings": found.changes, "taken": found.taken, "left": found.left, "written": written}
        sys.stdout.write(f"{json.dumps(told, indent=2)}\n")
        return
    lines = [*(f"+ {one}" for one in found.taken), *(f"- {one}" for one in found.left)]
    if any(isinstance(rule, dict) and "channels" in rule for rule in _rules(found)):
        lines.append("As in DDC, whoever may use commands in one of its channels has that channel's rights.")
    if written:
        lines.append(f"Written to {target}. Give the token, then: ddc-perf run")
    elif found.changes:
        lines.append(f"Nothing was written. It would go to {target}:")
        lines.append(json.dumps(found.changes, indent=2))
    else:
        lines.append("There is nothing to take over.")
    sys.stdout.write("".join(f"{visible(part)}\n" for line in lines for part in line.splitlines()))


def _rules(found: Migration) -> list[object]:
    rules = found.changes.get("docker.permissions")
    return rules if isinstance(rules, list) else []


def _fail(text: str, code: int) -> int:
    sys.stderr.write("".join(f"ddc-perf: {visible(line)}\n" for line in text.splitlines()))
    return code
