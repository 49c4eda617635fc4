"""The process that draws: it reads pictures from standard input and writes PNG files to standard output.

It is started as a script by its path, so that nothing of the bot is loaded into it, neither its packages nor its
token-bearing objects. It ends when the other end of the pipe is closed, however the bot came to its end, and kills
itself when one picture takes far too long.

Each message either way is one sign, four bytes of length and so many bytes:

* ``?`` to it, a picture as JSON;
* ``!`` from it, once, as soon as it can draw; ``=`` a PNG file; ``-`` what went wrong, as text.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import struct
import sys
import traceback
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

HEAD = struct.Struct(">cI")
ASK, READY, DONE, FAILED = b"?", b"!", b"=", b"-"
_FAR_TOO_LONG = 60


def read(pipe: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Read one message: its sign and its content; None at the end of the pipe, or when it broke off."""
    head = pipe.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    sign, length = HEAD.unpack(head)
    content = pipe.read(length)
    return (sign, content) if len(content) == length else None


def write(pipe: IO[bytes], sign: bytes, content: bytes) -> None:
    """Write one message."""
    pipe.write(HEAD.pack(sign, len(content)) + content)
    pipe.flush()


def main() -> None:
    """Draw what is asked for until nobody asks any more."""
    if hasattr(os, "nice"):
        os.nice(10)
    # What a library prints must not get between the messages.
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        drawing = _load(Path(__file__).with_name("drawing.py"))
    except Exception:  # noqa: BLE001 - whatever is wrong with the installed matplotlib is told
        write(answers, FAILED, traceback.format_exc().encode())
        return
    write(answers, READY, b"")
    while (message := read(asked)) is not None:
        if hasattr(signal, "alarm"):
            signal.alarm(_FAR_TOO_LONG)
        try:
            answer = DONE, drawing.draw(json.loads(message[1]))
        except Exception:  # noqa: BLE001 - the next picture may be a better one
            answer = FAILED, traceback.format_exc().encode()
        write(answers, *answer)
        if hasattr(signal, "alarm"):
            signal.alarm(0)


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("drawing", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} can't be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
