"""Runs the bot: which Discord, which settings; one line for each way it can fail."""

from __future__ import annotations

import asyncio
import functools
import gc
import logging
import os
import signal
import sys
from pathlib import Path

import aiohttp
import discord
import msgspec

from bot.app import DdcBot
from bot.live import LIVE, listener
from bot.logs import Logs
from bot.policy import docker_alerts, docker_cooldowns, docker_policy, docker_timeouts
from bot.sandbox_process import SandboxError, SandboxHandle, start_sandbox, use_discord_at
from services.config import DEFAULT_PATH, ConfigService, Settings, SettingsError
from services.docker import AuditLog, DockerError, DockerService, find_own_container
from services.docker.logs import Pace
from services.secrets import SECRET_VARIABLES, Found, SecretError, StrangeToken, find_token, guard_hooks
from utils.metrics.redact import conceal, redact
from utils.performance_metrics import get_performance_metrics

_log = logging.getLogger(__name__)
# Seconds for which a thread may keep the interpreter's lock from the loop: Python's own 0.005 add up, because the loop
# gives the lock back at each call of the system. Measured: beside a thread that works, to start one more takes 1.3 ms
# with this and 10.5 without.
_SWITCH = 0.0005

EXIT_SETTINGS = 2
EXIT_TOKEN = 3
EXIT_NETWORK = 4
EXIT_INTENTS = 5
_LAST_WAIT = 3.0


class StartError(Exception):
    """The bot can't run; the text is one line for its admin.

    Args:
        message: What was wrong and what to do.
        code: The exit code.
    """

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def run(*, in_sandbox: bool) -> int:
    """Run the bot until it is asked to stop.

    Args:
        in_sandbox: Whether to run it in a loopback Discord of its own, which needs no token.

    Returns:
        The exit code.
    """
    sandbox: SandboxHandle | None = None
    guard_hooks()
    logs: Logs | None = None
    config = ConfigService(
        Path(os.environ.get("DDC_CONFIG") or DEFAULT_PATH), os.environ, get_performance_metrics(), live=LIVE
    )
    try:
        settings, warnings = config.load()
        logs = Logs(settings, redact)
        for warning in warnings:
            _log.warning("%s", warning)
        if in_sandbox:
            _forget_secrets()
            sandbox = start_sandbox()
            config.amend(functools.partial(_settings_for, sandbox))
        # What stands now stands for good. The collector of garbage need not look at it each time: that holds the loop.
        gc.collect()
        gc.freeze()
        sys.setswitchinterval(_SWITCH)
        asyncio.run(_run(config, logs, sandbox))
    except StartError as error:
        return _fail(str(error), error.code)
    except SettingsError as error:
        return _fail(str(error), EXIT_SETTINGS)
    except SandboxError as error:
        return _fail(str(error), EXIT_NETWORK)
    finally:
        if sandbox is not None:
            sandbox.stop()
        if logs is not None:
            logs.close()
    return 0


async def _find_discord(sandbox: SandboxHandle | None) -> Found:
    """Point discord.py at the right Discord, and give the token for it."""
    if sandbox is not None:
        conceal(sandbox.token)
        use_discord_at(sandbox.api, sandbox.gateway)
        await asyncio.to_thread(
            _say,
            f"\n  Open {sandbox.url} in a browser: a chat to try the bot in, without a Discord token.\n"
            "  Type /docker list, then /perf recent. Stop with Ctrl+C.\n",
        )
        return Found(sandbox.token, "the sandbox")
    try:
        found = await asyncio.to_thread(find_token, os.environ, get_performance_metrics())
    except SecretError as error:
        code = EXIT_TOKEN if isinstance(error, StrangeToken) else EXIT_SETTINGS
        raise StartError(error.user_message, code) from None
    finally:
        _forget_secrets()
    if found is None:
        raise StartError(
            "There is no token. Put it away with `ddc-perf token set`, or set DISCORD_BOT_TOKEN (README.md says how to "
            "get one), or try the bot without Discord: python -m bot --sandbox",
            EXIT_SETTINGS,
        )
    for warning in found.warnings:
        _log.warning("%s", warning)
    if os.environ.get("DDC_DISCORD_API"):
        use_discord_at(os.environ["DDC_DISCORD_API"], os.environ.get("DDC_DISCORD_GATEWAY", ""))
    return found


def _forget_secrets() -> None:
    """Take the variables that hold a secret out of the environment: children inherit it."""
    for variable in SECRET_VARIABLES:
        os.environ.pop(variable, None)


def _settings_for(sandbox: SandboxHandle, settings: Settings) -> Settings:
    """In the sandbox its one server, and its role "Docker operators" unless the user named roles of their own."""
    docker = settings.docker
    if not docker.operator_role_ids:
        docker = msgspec.structs.replace(docker, operator_role_ids=(sandbox.operator_role_id,))
    return msgspec.structs.replace(settings, guild_id=sandbox.guild_id, docker=docker)


async def _run(config: ConfigService, logs: Logs, sandbox: SandboxHandle | None) -> None:
    found = await _find_discord(sandbox)
    metrics, settings = get_performance_metrics(), config.settings
    try:
        docker = DockerService.connect(
            settings.docker.host,
            metrics,
            policy=docker_policy(settings.docker, await asyncio.to_thread(find_own_container)),
            cooldowns=docker_cooldowns(settings.docker),
            alerts=docker_alerts(settings.docker, metrics.path.parent.with_name("docker") / "alerts.json"),
            audit=AuditLog(metrics.path.parent.with_name("audit") / "docker.jsonl"),
            concurrency=settings.docker.concurrency,
            timeouts=docker_timeouts(settings.docker),
            group_label=settings.docker.group_label,
            group_wait=settings.docker.group_wait_seconds,
            log_pace=Pace(seconds=settings.docker.log_follow_seconds),
        )
    except DockerError as error:
        raise StartError(error.user_message, EXIT_SETTINGS) from error
    bot = DdcBot(config=config, metrics=metrics, docker=docker)
    config.listen(listener(bot, logs))
    running = asyncio.create_task(bot.start(found.token), name="bot")
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Once: a second Ctrl+C ends the process the hard way, for those who are in a hurry.
        loop.add_signal_handler(number, _ask_to_stop, loop, number, asked)
    waiting = asyncio.create_task(asked.wait(), name="signals")
    try:
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        _log.info("Stopping.")
        await bot.stop()
    if asked.is_set():
        # Whatever the start or the connection ended with: it was we who ended it.
        running.cancel()
        await asyncio.wait({running}, timeout=_LAST_WAIT)
    else:
        await _explained(running, found.origin)
    _log.info("Stopped; everything measured is written.")


def _ask_to_stop(loop: asyncio.AbstractEventLoop, number: signal.Signals, asked: asyncio.Event) -> None:
    loop.remove_signal_handler(number)
    asked.set()


async def _explained(running: asyncio.Task[None], origin: str) -> None:
    """Wait for the bot's task, and put what it ended with into one line.

    Args:
        running: The task.
        origin: Where the token comes from.

    Raises:
        StartError: The bot could not log in, or lost Discord for good.
    """
    try:
        await running
    except discord.LoginFailure:
        raise StartError(
            f"Discord refused the token in {origin}. Copy it again from the Developer Portal (Bot, Reset Token), "
            "without quotes and without the word Bot.",
            EXIT_TOKEN,
        ) from None
    except discord.PrivilegedIntentsRequired:
        raise StartError(
            "Discord refused the intents. Open the Developer Portal, your application, Bot, and switch on the "
            "Privileged Gateway Intents that your own additions ask for; ddc-perf itself needs none.",
            EXIT_INTENTS,
        ) from None
    except (aiohttp.ClientError, OSError, discord.GatewayNotFound) as error:
        raise StartError(
            f"Discord can't be reached at {discord.http.Route.BASE}: {error}. "
            "Check this machine's network, DNS and clock, then start again.",
            EXIT_NETWORK,
        ) from None
    except discord.HTTPException as error:
        raise StartError(
            f"Discord answered {error.status} at the login. See discordstatus.com, then start again.", EXIT_NETWORK
        ) from None
    except discord.ConnectionClosed as error:
        raise StartError(f"Discord closed the connection for good (code {error.code}).", EXIT_NETWORK) from None


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _fail(text: str, code: int) -> int:
    sys.stderr.write("".join(f"ddc-perf: {line}\n" for line in redact(text).splitlines()))
    return code
