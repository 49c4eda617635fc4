"""Runs a Python module as ``python -m`` would, and writes down whatever blocks its event loop.

``python tests/e2e/watched.py MODULE [ARGUMENT ...]``; the findings go to the file named by WATCH_FILE, one JSON object
a line. Two detectors:

* every callback of the loop that keeps it for more than 50 ms. Time in which the kernel had no processor free for the
  thread is left out (second field of /proc/thread-self/schedstat): on a busy test machine it says nothing of the bot.
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
import threading
import time
import traceback
from asyncio import events
from pathlib import Path

import discord
import yarl
from blockbuster import BlockBuster, BlockingError
from discord.gateway import DiscordWebSocket

LIMIT = 0.050
_THREAD = threading.local()
_write = os.write  # before blockbuster puts its own in place
_FILE = os.open(os.environ["WATCH_FILE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _tell(kind: str, **found: str | float | list[str]) -> None:
    _write(_FILE, (json.dumps({"kind": kind, **found}) + "\n").encode())


def _waited_for_processor() -> float:
    """Seconds that this thread spent runnable without a processor, since it began."""
    if not hasattr(_THREAD, "schedstat"):
        _THREAD.schedstat = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
    return int(os.pread(_THREAD.schedstat, 64, 0).split()[1]) / 1e9


def watch_loop() -> None:
    """Time every callback of every event loop in this process."""
    run = events.Handle._run

    def timed_run(self: events.Handle) -> None:
        waited, began = _waited_for_processor(), time.perf_counter()
        try:
            run(self)
        finally:
            held = time.perf_counter() - began
            if held > LIMIT:
                blocked = held - (_waited_for_processor() - waited)
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
