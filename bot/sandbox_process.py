"""Starts the sandbox, a loopback Discord, as a process of its own, and points discord.py at it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass

import discord
import yarl
from discord.gateway import DiscordWebSocket

PREFERRED_PORT = 8765


@dataclass(frozen=True, slots=True)
class SandboxHandle:
    """A running sandbox.

    Attributes:
        process: It; ends by itself when this process goes.
        url: The chat page.
        api: Base address of the REST API.
        gateway: Address of the gateway.
        token: The bot token that it accepts.
        guild_id: Its one server.
        operator_role_id: The role "Docker operators".
    """

    process: subprocess.Popen[str]
    url: str
    api: str
    gateway: str
    token: str
    guild_id: int
    operator_role_id: int

    def stop(self) -> None:
        """End the process, at first politely."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=3)
        self.process.kill()
        self.process.wait()


class SandboxError(Exception):
    """The sandbox did not start; the text says why."""


def use_discord_at(api: str, gateway: str) -> None:
    """Point discord.py at another Discord than discord.com.

    Args:
        api: Base address of the REST API, such as ``http://127.0.0.1:8765/api/v10``.
        gateway: Address of the gateway, such as ``ws://127.0.0.1:8765/gateway``.
    """
    discord.http.Route.BASE = api
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


def start_sandbox() -> SandboxHandle:
    """Start a sandbox on 127.0.0.1, at the usual port when it is free.

    Returns:
        Where it listens and how to log in.

    Raises:
        SandboxError: It ended before it listened.
    """
    command = [sys.executable, "-m", "sandbox", "--port", str(_port()), "--parent", str(os.getpid())]
    # A group of its own: Ctrl+C goes to the bot, which stops the sandbox after its last answer.
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)  # noqa: S603 - our own module
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise SandboxError(f"The sandbox ended at its start (exit code {process.wait()}); what it said stands above.")
    told = json.loads(line)
    return SandboxHandle(
        process=process,
        url=told["url"],
        api=told["api"],
        gateway=told["gateway"],
        token=told["token"],
        guild_id=int(told["guild_id"]),
        operator_role_id=int(told["operator_role_id"]),
    )


def _port() -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PREFERRED_PORT))
        except OSError:
            return 0
        return PREFERRED_PORT
