"""Looks at the machine that the bot runs on. Everything here blocks: callers in an event loop use a thread."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
from typing import TYPE_CHECKING

from cogs.perf.zones import known

from .finding import Finding
from .judging import space

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)


def python() -> Finding:
    """Judge the Python that runs this."""
    version = platform.python_version()
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding.fail("Python", f"{version} is too old.", "Install Python 3.11 or newer.")
    if sys.version_info[:2] > NEWEST_PYTHON:
        return Finding.warn("Python", f"{version} is newer than tested (3.11 to 3.13).")
    return Finding.ok("Python", f"{version}.")


def libraries(wanted: dict[str, str], installed: Callable[[str], str] = importlib.metadata.version) -> Finding:
    """Judge the libraries by their versions.

    Args:
        wanted: Name, and what its version must begin with; empty for any.
        installed: Gives the version of a library that is there.
    """
    there, wrong = [], []
    for name, beginning in wanted.items():
        try:
            version = installed(name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        there.append(f"{name} {version}")
        if not f"{version}.".startswith(f"{beginning}." if beginning else ""):
            wrong.append(f"{name} {version} was never tested, {beginning} was")
    if wrong:
        return Finding.warn("Libraries", f"{'; '.join(wrong)}.", "Install the versions that constraints.txt names.")
    return Finding.ok("Libraries", f"{', '.join(there)}.")


def time_zones() -> Finding:
    """Judge whether this computer knows time zones."""
    number = len(known())
    if number <= 1:
        cure = "Install them: `pip install tzdata`, or the system's tzdata. Then restart the bot."
        return Finding.warn("Time zones", "This computer knows UTC alone.", cure)
    return Finding.ok("Time zones", f"{number} known.")


def data_folder(folder: Path) -> list[Finding]:
    """Judge whether the bot can write where it keeps things, and how much.

    Args:
        folder: Need not exist; the nearest one above it that does is tried then.
    """
    there = next((one for one in (folder, *folder.absolute().parents) if one.is_dir()), folder)
    check = "Data folder"
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"x")
            file.flush()
        room = shutil.disk_usage(there).free
    except OSError as error:
        said = f"{folder} can't be written: {error.strerror or type(error).__name__}."
        owner = f"`chown -R {os.getuid()}:{os.getgid()} {there}`" if hasattr(os, "getuid") else "its permissions"
        return [Finding.fail(check, said, f"Let the bot's user write there ({owner}), or make room on the disk.")]
    said = f"{folder} can be written." if there == folder else f"{folder} will be made at the first start."
    return [Finding.ok(check, said), space(room, str(folder))]
