"""`python -m sandbox [--port 8765] [--parent PID]`: serve until stopped, or until the parent has gone."""

import argparse
import asyncio
import json
import os
import signal
import sys

from sandbox.server import PortInUseError, Sandbox
from sandbox.world import OPERATOR_ROLE_ID

PORT = 8765
PARENT_POLL = 0.5


async def parent_gone(pid: int) -> None:
    """Return once process `pid` has ended."""
    # A child learns of its parent's end by getting another one; any other process is asked whether it still runs.
    child = os.getppid() == pid
    while os.getppid() == pid if child else _runs(pid):  # noqa: ASYNC110 - no event tells the end of a foreign process
        await asyncio.sleep(PARENT_POLL)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def serve(port: int, parent: int | None) -> None:
    """Serve on `port`, telling on standard output where."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with Sandbox(port) as sandbox:
        where = {
            "url": sandbox.url,
            "api": sandbox.api_base,
            "gateway": sandbox.gateway_url,
            "token": sandbox.token,
            "guild_id": sandbox.guild_id,
            "operator_role_id": OPERATOR_ROLE_ID,
        }
        sys.stdout.write(json.dumps(where) + "\n")
        sys.stdout.flush()
        ends: list[asyncio.Task[object]] = [asyncio.create_task(stopped.wait())]
        if parent is not None:
            ends.append(asyncio.create_task(parent_gone(parent)))
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in ends:
            task.cancel()


def main() -> int:
    """The command line; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A loopback Discord to try a bot in.")
    parser.add_argument("--port", type=int, default=PORT, help="where to listen on 127.0.0.1; 0 takes a free port")
    parser.add_argument("--parent", type=int, metavar="PID", help="end when this process has gone")
    arguments = parser.parse_args()
    try:
        asyncio.run(serve(arguments.port, arguments.parent))
    except PortInUseError:
        sys.stderr.write(f"sandbox: port {arguments.port} is in use; give another one with --port, or 0 for any.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
