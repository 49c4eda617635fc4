"""Runs a Python module as ``python -m`` would, and writes down whatever blocks its event loop.

``python tests/e2e/watched.py MODULE [ARGUMENT ...]``; the findings go to the file named by WATCH_FILE, one JSON object
a line. Two detectors:

* every callback of the loop that keeps it for more than 50 ms. Time in which the kernel had no processor free for the
  thread, or for another of the process that may have held the interpreter's lock, is left out (second field of
  /proc/self/task/*/schedstat): on a busy test machine it says nothing of the bot.
* every blocking call that is made on the loop (files, sleeping, name resolution …), found by blockbuster, which raises
  in its place.

When DDC_DISCORD_API and DDC_DISCORD_GATEWAY are set, discord.py is pointed there first, for a bot that knows nothing of
them.
"""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import sys
import time
import traceback
from asyncio import events
from contextlib import suppress
from pathlib import Path

import discord
import yarl
from blockbuster import BlockBuster, BlockingError
from discord.gateway import DiscordWebSocket

LIMIT = 0.050
# Read anew at a callback's begin when it is older than this: reading it costs a tenth of a millisecond.
_STALE = 0.005
_TASKS = "/proc/self/task"
# Before blockbuster puts its own in place.
_write, _open, _read, _close, _list = os.write, os.open, os.read, os.close, os.listdir
_FILE = os.open(os.environ["WATCH_FILE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _tell(kind: str, **found: str | float | list[str]) -> None:
    _write(_FILE, (json.dumps({"kind": kind, **found}) + "\n").encode())


def _waits() -> dict[str, float]:
    """Seconds that each thread which now lives spent runnable without a processor, since it began."""
    found = {}
    for task in _list(_TASKS):
        with suppress(OSError, IndexError):  # a thread may end meanwhile
            file = _open(f"{_TASKS}/{task}/schedstat", os.O_RDONLY)
            try:
                found[task] = int(_read(file, 64).split()[1]) / 1e9
            finally:
                _close(file)
    return found


def watch_loop() -> None:
    """Time every callback of every event loop in this process."""
    run = events.Handle._run
    waits: dict[str, float] = {}
    read_at = 0.0

    def timed_run(self: events.Handle) -> None:
        nonlocal waits, read_at
        began = time.perf_counter()
        if began - read_at > _STALE:
            waits, read_at = _waits(), time.perf_counter()
            began = read_at
        try:
            run(self)
        finally:
            held = time.perf_counter() - began
            if held > LIMIT:
                blocked = held - sum(waited - waits.get(task, 0.0) for task, waited in _waits().items())
                if blocked > LIMIT:
                    what = self._callback.__self__ if hasattr(self._callback, "__self__") else self._callback  # type: ignore[attr-defined]
                    name = what.get_coro().__qualname__ if isinstance(what, asyncio.Task) else repr(what)  # type: ignore[union-attr]
                    _tell("held", seconds=round(blocked, 4), wall=round(held, 4), what=name[:300])

    events.Handle._run = timed_run  # type: ignore[method-assign]


def watch_calls() -> BlockBuster:
    """Find blocking calls on the loop, and write them down even where somebody catches the error.

    Returns:
        What to deactivate at the end: it changes built-in types, which the interpreter does not survive tearing down.
    """
    init = BlockingError.__init__

    def telling_init(self: BlockingError, func: str) -> None:
        init(self, func)
        _tell("call", what=func, stack=traceback.format_list(traceback.extract_stack()[-14:-2]))

    BlockingError.__init__ = telling_init  # type: ignore[method-assign]
    buster = BlockBuster()
    # Loading a module reads its file; the bot does so on the loop only while it starts.
    for function in buster.functions.values():
        function.can_block_in(
            "<frozen importlib._bootstrap>", {"_load_unlocked", "_find_and_load", "_exec", "module_from_spec"}
        )
        function.can_block_in("<frozen importlib._bootstrap_external>", {"exec_module", "find_spec", "get_code"})
    buster.activate()
    return buster


def redirect() -> None:
    """Point discord.py at another Discord, as a bot of other people would not do by itself."""
    if "DDC_DISCORD_API" in os.environ:
        discord.http.Route.BASE = os.environ["DDC_DISCORD_API"]
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DDC_DISCORD_GATEWAY"])


if __name__ == "__main__":
    redirect()
    watch_loop()
    buster = watch_calls()
    sys.argv = sys.argv[1:]
    sys.path.insert(0, str(Path.cwd()))
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    finally:
        buster.deactivate()
