"""Runs ``ddc-perf`` commands as processes, in folders of their own, against a sandbox."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str


def environment(sandbox: Sandbox, folder: Path, **more: str) -> dict[str, str]:
    """What a command needs to find a sandbox, and to keep to a folder; no token."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_HOST") if name in os.environ}
    return {
        **kept,
        "DDC_DISCORD_API": sandbox.api_base,
        "DDC_DISCORD_GATEWAY": sandbox.gateway_url,
        "DDC_CONFIG": str(folder / "config" / "config.json"),
        "DDC_METRICS_DIR": str(folder / "data" / "metrics"),
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


async def program(environ: Mapping[str, str], *arguments: str) -> Done:
    """Run a command to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=ROOT,
        env=dict(environ),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())


def files(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())
