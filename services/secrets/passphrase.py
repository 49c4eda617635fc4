"""The passphrase of the encrypted token: given, or made up once and kept away from the settings."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from utils.metrics.redact import SHORTEST, conceal
from utils.metrics.whole_file import write_whole

from .errors import SecretError
from .places import is_there, read_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .places import Places

FILE, VARIABLE, KEY = "DDC_PASSPHRASE_FILE", "DDC_PASSPHRASE", "DDC_KEY_FILE"


@dataclass(frozen=True, slots=True)
class Passphrase:
    """A passphrase, and where it came from.

    Attributes:
        words: What to try, the present one first.
        origin: For people.
        ours: Whether the program made it up, and so may change it.
        warnings: About its file.
    """

    words: tuple[str, ...] = field(repr=False)
    origin: str
    ours: bool = False
    warnings: tuple[str, ...] = ()


def find_passphrase(environment: Mapping[str, str], places: Places) -> Passphrase | None:
    """Look for it: DDC_PASSPHRASE_FILE, else DDC_PASSPHRASE, else the key file; None when there is none of them.

    Raises:
        SecretError: One is named, but can't be used.
    """
    if named := environment.get(FILE):
        places.refuse_inside(Path(named), FILE)
        text, warnings = read_secret(Path(named), FILE)
        return Passphrase((text,), f"{named} ({FILE})", warnings=tuple(warnings))
    if text := environment.get(VARIABLE, "").strip():
        conceal(text)
        return Passphrase((text,), VARIABLE)
    if not is_there(places.key):
        return None
    places.refuse_inside(places.key, KEY)
    text, warnings = read_secret(places.key, KEY)
    return Passphrase(tuple(text.split()), str(places.key), ours=True, warnings=tuple(warnings))


def new_key() -> str:
    """Make up a passphrase that nobody guesses."""
    key = secrets.token_urlsafe(32)
    conceal(key)
    return key


def write_keys(places: Places, *keys: str) -> None:
    """Write the key file, for its owner alone.

    Raises:
        SecretError: It would lie beside the token, or can't be written.
    """
    places.refuse_inside(places.key, KEY)
    try:
        write_whole(places.key, "".join(f"{key}\n" for key in keys).encode(), mode=0o600)
    except OSError as error:
        raise SecretError(
            f"{places.key} can't be written: {error.strerror or error}. Let the bot's user write there, or name "
            f"another file in {KEY}, or give a passphrase in {FILE} or {VARIABLE}."
        ) from None


def refuse_short(passphrase: str) -> None:
    """Refuse what is guessed too soon.

    Raises:
        SecretError: It has fewer than `SHORTEST` characters.
    """
    if len(passphrase) < SHORTEST:
        raise SecretError(f"The passphrase is too short: take {SHORTEST} characters or more, better five random words.")
