"""The files: ours, theirs, and the stamp that says which of theirs are ours."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cogs.perf
import utils.performance_metrics
from bot import __version__
from bot.vendor.plan import Deed, Step, in_the_way, plan
from utils.metrics.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STAMP = "cogs/perf/.vendored.json"
_COG, _LIBRARY, _FACE = "cogs/perf", "utils/metrics", "utils/performance_metrics.py"
_LEFT_OUT = frozenset({"__pycache__"})


class Refused(Exception):  # noqa: N818 - it names what happened
    """Nothing was done.

    Args:
        message: Why, and what to do.
    """


@dataclass(frozen=True, slots=True)
class Stamp:
    """What was put there the last time.

    Attributes:
        version: Of the program that did it; empty when nothing was.
        files: Path and hash.
    """

    version: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


def ours() -> dict[str, Path]:
    """Return the files that another bot needs: where they go below its folder, and where they are here."""
    cog = Path(cogs.perf.__file__).parent
    face = Path(utils.performance_metrics.__file__)
    found = {_FACE: face}
    for prefix, folder in ((_COG, cog), (_LIBRARY, face.parent / "metrics")):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not _LEFT_OUT.intersection(path.parts) and path.name != Path(STAMP).name:
                found[f"{prefix}/{path.relative_to(folder).as_posix()}"] = path
    return found


def compare(bot: Path) -> tuple[Stamp, list[Step]]:
    """Say what is to be done in a bot's folder.

    Args:
        bot: The folder that has its `cogs/` and `utils/`, or will.

    Raises:
        Refused: It is no folder, has a module where we need a folder, has something of its own in the way, or its
            stamp can't be read.
        OSError: A file can't be read.
    """
    if not bot.is_dir():
        raise Refused(f"{bot} is no folder. Give the folder of the bot, which has its cogs/ in it.")
    for name in ("cogs", "utils"):
        module = bot / f"{name}.py"
        if module.exists():
            raise Refused(
                f"{module} is a module, and the copy needs a folder {name}/. Make it {name}/__init__.py first."
            )
    mine = {path: _hash(source) for path, source in ours().items()}
    stamp = _read_stamp(bot / STAMP)
    there = {path: _hash(bot / path) for path in mine | dict(stamp.files) if (bot / path).is_file()}
    if not stamp.version:
        strange = in_the_way(mine, there)
        if strange:
            others = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
            raise Refused(f"{bot / strange[0]}{others} is there and is not ours. Nothing was changed: move it first.")
    return stamp, plan(mine, stamp.files, there)


def apply(bot: Path, steps: Iterable[Step]) -> None:
    """Do what was planned, and stamp it.

    Raises:
        OSError: It could not be done to the end; what was done is whole files, and doing it again goes on.
    """
    sources = ours()
    for step in steps:
        target = bot / step.path
        match step.deed:
            case Deed.ADD | Deed.UPDATE:
                write_whole(target, sources[step.path].read_bytes())
                target.chmod(0o644)
            case Deed.CONFLICT:
                write_whole(target.with_name(f"{target.name}.new"), sources[step.path].read_bytes())
            case Deed.REMOVE:
                target.unlink()
            case _:
                pass
    stamp = {
        "program": "ddc-perf",
        "version": __version__,
        "files": {path: _hash(one) for path, one in sources.items()},
    }
    write_whole(bot / STAMP, json.dumps(stamp, indent=1).encode() + b"\n")


def _read_stamp(path: Path) -> Stamp:
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Stamp()
    except ValueError as error:
        raise Refused(f"{path} can't be understood ({error}). Mend it, or remove it and the copy.") from error
    files = found.get("files") if isinstance(found, dict) else None
    if not isinstance(files, dict) or not isinstance(found.get("version"), str):
        raise Refused(f"{path} is no stamp of ours. Mend it, or remove it and the copy.")
    if not all(_is_ours(name) for name in files):
        raise Refused(f"{path} names files that are none of ours. Mend it, or remove it and the copy.")
    return Stamp(found["version"], {str(name): str(value) for name, value in files.items()})


def _is_ours(name: str) -> bool:
    """Whether a path lies where the copy does: a stamp must not lead anywhere else."""
    return name == _FACE or (name.startswith((f"{_COG}/", f"{_LIBRARY}/")) and ".." not in name.split("/"))


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
