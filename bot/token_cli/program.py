"""``ddc-perf token``: puts the token away encrypted, asks Discord whose it is, changes its passphrase."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from typing import TYPE_CHECKING

from bot.discord_rest import Account, DiscordError, DiscordRest
from bot.metrics_cli.codes import FINE, INTERRUPTED, USAGE, Ending
from bot.metrics_cli.terminal import complain, say, visible
from services.secrets import (
    Places,
    SecretError,
    drop_old,
    find_token,
    origins_of,
    rotate_token,
    save_token,
)
from utils.performance_metrics import get_performance_metrics

if TYPE_CHECKING:
    import argparse

REFUSED = 3
NOT_REACHED = 4
_LONGEST = 4096
_NOT_HERE = (
    "Say set, check or rotate, and nothing else (ddc-perf token --help tells more). The token does not belong on the "
    "command line: others see it there, and the shell keeps it. If you typed it, reset it in the Developer Portal."
)


def token(options: argparse.Namespace) -> int:
    """Do it.

    Args:
        options: deed, and surplus, which must be empty.

    Returns:
        The exit code.
    """
    deed = _DEEDS.get(options.deed)
    if deed is None or options.surplus:
        complain(_NOT_HERE)
        return USAGE
    try:
        say(deed())
    except KeyboardInterrupt:
        return INTERRUPTED
    except Ending as ending:
        complain(ending.message)
        return ending.code
    except SecretError as error:
        complain(error.user_message)
        return USAGE
    return FINE


def _set() -> str:
    given = _read("The bot's token (it stays hidden): ")
    passphrase = save_token(given, os.environ, get_performance_metrics())
    _warn(passphrase.warnings)
    sealed = Places.of(os.environ).sealed
    told = f"{sealed} has the token, encrypted. Its passphrase is in {passphrase.origin}"
    told += ": keep that file, and out of copies of the settings.\n" if passphrase.ours else ".\n"
    first = origins_of(os.environ)[0]
    if first != str(sealed):
        told += f"But the bot takes the token from {first} as long as that is there. Remove it there.\n"
    return _lines(f"{told}Now ask Discord whose it is: ddc-perf token check\n")


def _check() -> str:
    found = find_token(os.environ, get_performance_metrics())
    if found is None:
        raise Ending(USAGE, "There is no token. Put one away: ddc-perf token set")
    _warn(found.warnings)
    try:
        bot = asyncio.run(_who_is(found.token))
    except DiscordError as error:
        if not error.is_refusal:
            raise Ending(NOT_REACHED, str(error)) from None
        raise Ending(
            REFUSED,
            f"Discord refused the token from {found.origin}. Reset it in the Developer Portal, and give the new one.",
        ) from None
    told = f"{bot.name} (id {bot.id}), with the token from {found.origin}.\n"
    if found.unused:
        told += f"Not used, for the above goes first: {', '.join(found.unused)}.\n"
    elif found.origin == str(Places.of(os.environ).sealed) and (old := drop_old(os.environ)):
        told += f"The new passphrase works, so {old} is gone.\n"
    return _lines(told)


async def _who_is(token: str) -> Account:
    async with DiscordRest(token) as discord:
        return await discord.me()


def _rotate() -> str:
    rotated = rotate_token(os.environ, _ask_passphrase, get_performance_metrics())
    sealed = Places.of(os.environ).sealed
    if rotated.old is None:
        return _lines(f"{sealed} is closed with a new passphrase, which is in {rotated.origin}.\n")
    return _lines(
        f"{sealed} is closed with the new passphrase. Now put that into {rotated.origin}, then run:\n"
        f"  ddc-perf token check\n"
        f"Until then {rotated.old} is the former file, with the former passphrase; the check removes it.\n"
    )


def _ask_passphrase() -> str:
    first = _read("The new passphrase (it stays hidden): ")
    if sys.stdin.isatty() and first != _read("Once more: "):
        raise Ending(USAGE, "The two differ. Nothing was changed.")
    return first


def _read(prompt: str) -> str:
    """Read a secret from a person, without showing it, or a line from a pipe.

    Raises:
        Ending: There is none.
    """
    try:
        text = getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline(_LONGEST)
    except (EOFError, UnicodeDecodeError):
        text = ""
    if not text.strip():
        raise Ending(USAGE, "Nothing was given. Paste it when you are asked, or pipe it in: ddc-perf token set < FILE")
    return text.strip()


def _warn(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        complain(warning)


def _lines(text: str) -> str:
    """Make each line harmless for a terminal: the bot's name is anybody's choice."""
    return "".join(f"{visible(line)}\n" for line in text.splitlines())


_DEEDS = {"set": _set, "check": _check, "rotate": _rotate}
