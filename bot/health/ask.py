"""``ddc-perf health``: asks the bot how it is. Imports little, see `bot.health.place`."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.health.place import socket_path

if TYPE_CHECKING:
    import argparse

HEALTHY = 0
UNHEALTHY = 1
_MOST = 65_536


def health(options: argparse.Namespace) -> int:
    """Ask, and print the answer in one line.

    Args:
        options: `timeout` in seconds, `json`, and `directory`, the folder of the measurements.

    Returns:
        The exit code: 0 when the bot says that it is well, 1 for everything else.
    """
    answer = ask(socket_path(os.environ, Path(options.directory)), options.timeout)
    sys.stdout.write(f"{json.dumps(answer) if options.json else answer['line']}\n")
    return HEALTHY if answer["healthy"] is True else UNHEALTHY


def ask(path: Path, timeout: float) -> dict[str, object]:
    """Ask the bot at a socket.

    Args:
        path: The socket.
        timeout: Seconds that all of it may take.

    Returns:
        `healthy` and `line`, and from a bot that answered also what it looked at.
    """
    try:
        text = _read(path, timeout)
    except (FileNotFoundError, ConnectionRefusedError):
        return _unhealthy(f"no bot answers at {path}: it is not running, or not up yet")
    except TimeoutError:
        return _unhealthy(f"the bot did not answer within {timeout:g} s: something holds its event loop")
    except OSError as error:
        return _unhealthy(f"{path}: {error.strerror or error}")
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or "healthy" not in answer or "line" not in answer:
        return _unhealthy(f"what answers at {path} is no bot, or one that is just ending")
    return answer


def _unhealthy(why: str) -> dict[str, object]:
    return {"healthy": False, "line": f"unhealthy: {why}"}


def _read(path: Path, timeout: float) -> bytes:
    deadline = time.monotonic() + timeout
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(timeout)
        asking.connect(str(path))
        parts = b""
        while len(parts) < _MOST:
            asking.settimeout(max(0.001, deadline - time.monotonic()))
            part = asking.recv(_MOST)
            if not part:
                break
            parts += part
    return parts
