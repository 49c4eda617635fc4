"""The program ``ddc-perf``: ``run`` starts the bot, the other commands read what it measured.

Nothing heavy is imported before it is known what is asked for: the reading commands do without Discord.
"""

from __future__ import annotations

import argparse
import importlib
import os
from typing import TYPE_CHECKING

from bot import __version__
from bot.metrics_cli.arguments import EXIT_CODES, Parser, add_commands, default_directory, threshold
from bot.setup.arguments import add_first_start
from bot.token_cli.arguments import add_token_command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Program = Callable[[argparse.Namespace], int]

_RUN_EPILOG = """\
environment:
  DISCORD_BOT_TOKEN     the bot's token; README.md says how to get one
  DISCORD_BOT_TOKEN_FILE
                        or a file that has it; without both `ddc-perf token --help` tells where it may be
  DDC_CONFIG            the settings file (default config/config.json)
  DDC_METRICS_DIR       where the measurements are kept (default data/metrics)
  DDC_METRICS_MEMORY_MB the memory that knowing them may take (default: no limit)
  DDC_HEALTH_SOCKET     where `ddc-perf health` asks the bot (default health.sock beside the metrics' folder)
  DOCKER_HOST           the Docker Engine (default unix:///var/run/docker.sock)
  DDC_GUILD_ID, DDC_OPERATOR_ROLE_IDS, DDC_DOCKER_TIMEOUT, DDC_DOCKER_CONCURRENCY, DDC_LOG_LEVEL,
  DDC_LOG_FORMAT, DDC_LOG_FILE, DDC_LOG_MAX_MB, DDC_LOG_KEEP, DDC_SCHEDULER_DEBUG_MODE,
  DDC_METRICS_RETENTION_DAYS, DDC_METRICS_MAX_MB
                        go over the settings file
  DDC_DISCORD_API, DDC_DISCORD_GATEWAY
                        another Discord than discord.com (a sandbox that runs already)

exit codes: 0 stopped as asked, 2 settings, 3 token refused, 4 Discord not reached, 5 intents refused
"""

_EPILOG = f"""\
Without a command: run. `ddc-perf COMMAND --help` tells a command's options.
The commands that read may be used while the bot runs, and without it.

{EXIT_CODES}"""


_PROGRAMS = {
    "demo": "bot.demo.program:demo",
    "doctor": "bot.doctor.program:doctor",
    "health": "bot.health.ask:health",
    "log": "bot.logs.find:show_error",
    "migrate": "bot.migrate.program:migrate",
    "setup": "bot.setup.program:setup",
    "token": "bot.token_cli.program:token",
    "vendor": "bot.vendor.program:vendor",
}
"""Which function does a command; its module is imported when it is asked for, and no other."""
_READING = "bot.metrics_cli.program:execute"


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for.

    Args:
        arguments: The command line without the program's name.

    Returns:
        The exit code.
    """
    options = _parser().parse_args(_with_command(arguments))
    if options.command == "run":
        from bot.run import run  # noqa: PLC0415 - Discord and all: not for the commands that only read

        return run(in_sandbox=options.sandbox)
    module, _, name = _PROGRAMS.get(options.command, _READING).partition(":")
    program: Program = getattr(importlib.import_module(module), name)
    return program(options)


def _with_command(arguments: Sequence[str]) -> list[str]:
    """Put ``run`` in front of arguments that name no command."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")):
        return ["run", *arguments]
    return list(arguments)


def _parser() -> Parser:
    parser = Parser(
        prog="ddc-perf",
        description="A Discord bot that shows how your bot and your Docker containers perform.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"ddc-perf {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    running = commands.add_parser(
        "run",
        help="start the bot (what happens without a command)",
        description="Start the bot, and run it until SIGINT or SIGTERM.",
        epilog=_RUN_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    running.add_argument("--sandbox", action="store_true", help="try it without a token: a chat page on this machine")
    showing = commands.add_parser(
        "demo",
        help="try the reports on thirty made-up days, in the sandbox",
        description="Make up thirty days of a home server, and start the bot on them in the sandbox.",
        allow_abbrev=False,
    )
    showing.add_argument("--directory", default="data/demo", metavar="DIR", help="where they are (default data/demo)")
    showing.add_argument("--fresh", action="store_true", help="make them up anew, ending now")
    showing.add_argument("--fill-only", action="store_true", help="don't start the bot")
    copying = commands.add_parser(
        "vendor",
        help="put the cog and the library into another bot's folders, or bring them up to date there",
        description="Copy cogs/perf and utils/metrics into another discord.py bot. What it edited stays as it is.",
        epilog="exit codes: 0 fine, 1 differences or conflicts, 2 refused, 3 a file can't be read or written",
        allow_abbrev=False,
    )
    copying.add_argument("path", metavar="PATH", help="the bot's folder, which has its cogs/ in it")
    what = copying.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="say what differs from this version, and change nothing")
    what.add_argument("--update", action="store_true", help="bring an older copy to this version")
    copying.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    _add_health(commands)
    _add_migrate(commands)
    add_token_command(commands)
    looking = commands.add_parser(
        "log",
        help="show what the log file has of an error whose number the chat showed",
        description="Show an error and its traceback, from the log file and the former ones.",
        epilog="exit codes: 0 found, 1 not there, 2 no log file is set, 3 it can't be read",
        allow_abbrev=False,
    )
    looking.add_argument("id", metavar="ID", help="the number, such as 1A2B")
    looking.add_argument("--file", metavar="FILE", help="the log file (default: log.file of the settings)")
    add_first_start(commands)
    add_commands(commands)
    return parser


def _add_migrate(commands: argparse._SubParsersAction[Parser]) -> None:
    moving = commands.add_parser(
        "migrate",
        help="take over the settings of DockerDiscordControl",
        description="Read the settings of DockerDiscordControl, say what has a place here and what has not, and write "
        "a settings file. Its own files stay as they are; its token is neither read nor copied.",
        epilog="exit codes: 0 taken over, 1 nothing to take over, 2 refused, 3 a folder can't be read",
        allow_abbrev=False,
    )
    moving.add_argument("path", metavar="PATH", help="its folder, or the folder config in it")
    moving.add_argument(
        "--to",
        default=os.environ.get("DDC_CONFIG") or "config/config.json",
        metavar="FILE",
        help="the settings file to write (default: DDC_CONFIG, or else config/config.json)",
    )
    moving.add_argument("--force", action="store_true", help="write into a file that is there, and keep it as .bak")
    moving.add_argument("--dry-run", action="store_true", help="say what would be written, and write nothing")
    moving.add_argument("--json", action="store_true", help="print it as JSON")


def _add_health(commands: argparse._SubParsersAction[Parser]) -> None:
    asking = commands.add_parser(
        "health",
        help="ask the running bot whether it is well, as a container's health check does",
        description="Ask the running bot: does Discord answer, does its event loop turn, are measurements written?",
        epilog="exit codes: 0 healthy, 1 unhealthy or not running; one line says why\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    asking.add_argument(
        "--directory",
        default=default_directory(),
        metavar="DIR",
        help="where the bot keeps its measurements (default: DDC_METRICS_DIR, or else data/metrics)",
    )
    asking.add_argument("--timeout", type=threshold, default=5.0, metavar="TIME", help="to wait at most (default 5s)")
    asking.add_argument("--json", action="store_true", help="for scripts: with the figures behind the answer")
