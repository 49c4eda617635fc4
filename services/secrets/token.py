"""Finds the bot's token, and keeps it encrypted.

The order is: the file that DISCORD_BOT_TOKEN_FILE names (a Docker secret), the variable DISCORD_BOT_TOKEN, the
encrypted file beside the settings. The first that is there counts, also when it is wrong: silently taking the next one
would hide a mistake. Everything here blocks, opening and closing for 0.3 s; callers in an event loop use a thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from utils.metrics.redact import conceal
from utils.metrics.whole_file import write_whole

from .errors import SecretError, StrangeToken
from .passphrase import FILE as PASSPHRASE_FILE
from .passphrase import KEY, find_passphrase, new_key, refuse_short, write_keys
from .passphrase import VARIABLE as PASSPHRASE
from .places import Places, is_there, read_file, read_secret
from .seal import COST, Cost, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from utils.performance_metrics import PerformanceMetrics

    from .passphrase import Passphrase

FILE, VARIABLE = "DISCORD_BOT_TOKEN_FILE", "DISCORD_BOT_TOKEN"
SECRET_VARIABLES = (VARIABLE, PASSPHRASE)
"""Variables that hold a secret themselves: once it is read, the process needs them no more, nor do its children."""


@dataclass(frozen=True, slots=True)
class Found:
    """A token, and where it came from.

    Attributes:
        token: It. No ``repr`` shows it.
        origin: For people: a variable, a file.
        warnings: What should be mended about its files.
        unused: Other places that have one, too.
    """

    token: str = field(repr=False)
    origin: str
    warnings: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def origins_of(environment: Mapping[str, str]) -> list[str]:
    """Name the places that have a token, the one that counts first. Nothing is read or opened."""
    sealed = Places.of(environment).sealed
    there = (
        (FILE, bool(environment.get(FILE))),
        (VARIABLE, bool(environment.get(VARIABLE, "").strip())),
        (str(sealed), is_there(sealed)),
    )
    return [origin for origin, is_one in there if is_one]


def find_token(environment: Mapping[str, str], metrics: PerformanceMetrics) -> Found | None:
    """Find the token, and conceal it in whatever is written from now on.

    Args:
        environment: The variables.
        metrics: Gets ``token_decrypt`` when an encrypted one is opened.

    Returns:
        None when there is none anywhere.

    Raises:
        SecretError: There is one, but it can't be read or opened; `StrangeToken` when it can't be a token.
    """
    there = origins_of(environment)
    if not there:
        return None
    warnings: list[str] = []
    if there[0] == FILE:
        token, warnings = read_secret(Path(environment[FILE]), FILE)
    elif there[0] == VARIABLE:
        token = environment[VARIABLE].strip()
    else:
        token, warnings = open_token(environment, Places.of(environment), metrics)
    conceal(token)
    refuse_strange(token, there[0])
    return Found(token, there[0], tuple(warnings), tuple(there[1:]))


def open_token(
    environment: Mapping[str, str], places: Places, metrics: PerformanceMetrics, *, least: Cost | None = COST
) -> tuple[str, list[str]]:
    """Open the encrypted file; the rest as `find_token` and `seal.unseal`."""
    content, warnings = read_file(places.sealed, "The encrypted token")
    passphrase = find_passphrase(environment, places)
    if passphrase is None:
        raise SecretError(
            f"{places.sealed} needs its passphrase, and there is none in {PASSPHRASE_FILE}, {PASSPHRASE} or "
            f"{places.key}. Give it, or begin anew with: ddc-perf token set"
        )
    with metrics.track("token_decrypt"):
        token = unseal(content, passphrase.words, what=str(places.sealed), origin=passphrase.origin, least=least)
    conceal(token)
    return token, [*warnings, *passphrase.warnings]


def save_token(
    token: str, environment: Mapping[str, str], metrics: PerformanceMetrics, cost: Cost = COST
) -> Passphrase:
    """Encrypt the token and keep it beside the settings, for its owner alone.

    Without a passphrase one is made up, and kept in the key file. The file is opened again before this returns.

    Args:
        token: It; blanks around it are left out.
        environment: The variables.
        metrics: Gets ``token_encrypt`` and ``token_decrypt``.
        cost: See `seal.seal`.

    Returns:
        The passphrase that opens it.

    Raises:
        SecretError: It is no token, or can't be written; a former file is as it was.
    """
    token = token.strip()
    conceal(token)
    refuse_strange(token, "What you gave")
    places = Places.of(environment)
    passphrase = find_passphrase(environment, places)
    if passphrase is None:
        write_keys(places, new_key())
        passphrase = find_passphrase(environment, places)
        if passphrase is None:
            raise SecretError(f"{places.key} was written, and is gone. Try again, or name another file in {KEY}.")
    write_sealed(places, token, passphrase.words[0], metrics, cost)
    return passphrase


def write_sealed(places: Places, token: str, passphrase: str, metrics: PerformanceMetrics, cost: Cost = COST) -> None:
    """Close the token, and put it in place once what was written opens again.

    Raises:
        SecretError: The passphrase is too short, or the file can't be written; a former one is as it was.
    """
    refuse_short(passphrase)
    with metrics.track("token_encrypt"):
        content = seal(token, passphrase, cost)
    trial = places.sealed.with_name(f"{places.sealed.name}.new")
    try:
        write_whole(trial, content, mode=0o600)
        try:
            with metrics.track("token_decrypt"):
                opened = unseal(trial.read_bytes(), [passphrase], what=str(trial), origin="use", least=None)
            if opened != token:
                raise SecretError(f"What was written to {trial} reads otherwise. Look after the disk, then try again.")
            trial.replace(places.sealed)
        finally:
            trial.unlink(missing_ok=True)
    except OSError as error:
        raise SecretError(
            f"{places.sealed} can't be written: {error.strerror or error}. Let the bot's user write to {places.config}."
        ) from None


def is_strange(token: str) -> bool:
    """Tell whether a text has signs that no token has; an empty one has none."""
    return not all(sign.isascii() and sign.isprintable() and sign != " " for sign in token)


def refuse_strange(token: str, origin: str) -> None:
    """Refuse what is no token: empty, or with signs that no token has.

    Raises:
        StrangeToken: With nothing of it in the words.
    """
    if not token or is_strange(token):
        raise StrangeToken(origin)
