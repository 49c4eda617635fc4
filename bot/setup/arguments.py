"""What can be typed after ``ddc-perf setup`` and ``ddc-perf doctor``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.metrics_cli.arguments import Parser

_SETUP_EPILOG = """\
answers (a JSON object; what is left out gets its default):
  token       the bot's token; left out where DISCORD_BOT_TOKEN_FILE, DISCORD_BOT_TOKEN or an encrypted one has it
  guild       the server's id or name; needed where the bot is in several
  channel     id or name of the channel for the daily summary and alerts; "none" for none
  time_zone   such as "Europe/Berlin" (default: this machine's)
  time        of the summary (default "09:00"); "off" for none
  alerts      "yes" or "no": tell in that channel when a container dies (default "yes")
  docker_host address of the engine (default: DOCKER_HOST, else the local socket)

exit codes: 0 done, 1 given up, 2 an answer is wrong or missing, or a file can't be written, 3 token refused,
4 Discord not reached, 130 Ctrl+C; unless it is 0 nothing was changed
"""


def add_first_start(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add both commands."""
    asking = commands.add_parser(
        "setup",
        help="ask what the bot needs to know, check it against Discord and Docker, and write the settings",
        description="A short dialogue: token, server, channel, time zone, Docker. Nothing is written before its end.",
        epilog=_SETUP_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    asking.add_argument("--answers", metavar="FILE", help="take the answers from a JSON file, and ask nothing")
    checking = commands.add_parser(
        "doctor",
        help="check all that can be wrong, and say what to do about it",
        description="Check the machine, the settings, the token, Discord, the channels, Docker and the data.",
        epilog="exit codes: 0 nothing is wrong (there may be things to look at), 1 something is wrong",
        allow_abbrev=False,
    )
    checking.add_argument("--json", action="store_true", help="write the findings as JSON")
