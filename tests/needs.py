"""What a test needs of the machine. Without it the test is skipped, but fails where continuous integration runs.

There everything is to be had, and a test that skips itself in silence would hide that it is not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest


def missing(why: str) -> NoReturn:
    """Skip the test, or fail it in continuous integration.

    Args:
        why: What is not to be had here, and perhaps how to get it.
    """
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def needs(*programs: str, root: bool = False, path: str | None = None) -> None:
    """Go on only with all of these.

    Args:
        programs: Their names.
        root: Whether only root can do what follows.
        path: A file that a kernel may have or not.
    """
    lacking = [program for program in programs if shutil.which(program) is None]
    if lacking:
        missing(f"{', '.join(lacking)} is missing")
    if root and os.geteuid():
        missing("only root can do this")
    if path is not None and not Path(path).exists():
        missing(f"there is no {path} here")


def mount(*arguments: str | Path) -> None:
    """Mount something, which the test then unmounts; go on only if that can be done here.

    Args:
        arguments: Those of the program ``mount``.
    """
    needs("mount")
    mounted = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, check=False)
    if mounted.returncode:
        missing(f"that can't be mounted here: {mounted.stderr.strip()}")
