"""What can be typed after ``ddc-perf token``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.metrics_cli.arguments import Parser

_DEEDS = "encrypt one that you type or pipe in; ask Discord whose it is; close it anew with another passphrase"
_EPILOG = """\
The bot takes its token from the first of these that is there:
  DISCORD_BOT_TOKEN_FILE    a file, such as a Docker secret: /run/secrets/discord_bot_token
  DISCORD_BOT_TOKEN         the token itself
  config/token.enc          encrypted, beside the settings file: what `set` writes
The passphrase of token.enc comes from the first of these:
  DDC_PASSPHRASE_FILE       a file, not in the settings' folder
  DDC_PASSPHRASE            the passphrase itself
  DDC_KEY_FILE              a passphrase that `set` made up (default data/token.key)

exit codes: 0 fine, 2 settings or usage, 3 token refused, 4 Discord not reached, 130 Ctrl+C
"""


def add_token_command(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add ``token`` to the commands."""
    parser = commands.add_parser(
        "token",
        help="keep the bot's token encrypted, ask Discord whose it is, change its passphrase",
        description="Keep the bot's token encrypted. It is never given on the command line, where others could see it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    # Whatever is typed is taken, so that a token can be refused without being repeated.
    parser.add_argument("deed", metavar="set|check|rotate", help=_DEEDS)
    parser.add_argument("surplus", nargs="*", help=argparse.SUPPRESS)
