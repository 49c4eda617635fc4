"""A new passphrase and a new salt for the encrypted token, such that one of the two always opens what lies there.

A passphrase that the program made up is changed at once: the key file has both, the new one first, until the new file
is in its place. A passphrase that a person gave has to be changed where they keep it; until they have, the former file
stays beside the new one, and `drop_old` takes it away when the new one was opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.redact import conceal
from utils.metrics.whole_file import write_whole

from .errors import SecretError
from .passphrase import find_passphrase, new_key, refuse_short, write_keys
from .places import Places, is_there, read_file
from .seal import COST, Cost
from .token import open_token, write_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from utils.performance_metrics import PerformanceMetrics


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was done.

    Attributes:
        origin: Where the passphrase comes from.
        old: The former file, which stays until the person has changed the passphrase there; None when all is done.
    """

    origin: str
    old: Path | None


def old_of(places: Places) -> Path:
    """Where the former file stays."""
    return places.sealed.with_name(f"{places.sealed.name}.old")


def rotate_token(
    environment: Mapping[str, str],
    ask: Callable[[], str],
    metrics: PerformanceMetrics,
    cost: Cost = COST,
) -> Rotated:
    """Close the token anew.

    Args:
        environment: The variables.
        ask: Gives the new passphrase; not asked when the program makes it up.
        metrics: As for `token.save_token`.
        cost: See `seal.seal`.

    Raises:
        SecretError: There is nothing to open, it does not open, or the new one can't be written; the former file and
            its passphrase open it as before.
    """
    places = Places.of(environment)
    if not is_there(places.sealed):
        raise SecretError(f"There is no {places.sealed} to close anew. Make it: ddc-perf token set")
    token, _ = open_token(environment, places, metrics, least=None)
    former = find_passphrase(environment, places)
    if former is None:
        raise SecretError("The passphrase is gone since the file was opened. Try again.")
    if former.ours:
        key = new_key()
        write_keys(places, key, *former.words)
        write_sealed(places, token, key, metrics, cost)
        write_keys(places, key)
        return Rotated(former.origin, None)
    passphrase = ask().strip()
    conceal(passphrase)
    refuse_short(passphrase)
    if passphrase in former.words:
        raise SecretError("That is the passphrase it has already. Take another.")
    content, _ = read_file(places.sealed, "The encrypted token")
    try:
        write_whole(old_of(places), content, mode=0o600)
    except OSError as error:
        raise SecretError(
            f"{old_of(places)} can't be written: {error.strerror or error}. Nothing was changed."
        ) from None
    write_sealed(places, token, passphrase, metrics, cost)
    return Rotated(former.origin, old_of(places))


def drop_old(environment: Mapping[str, str]) -> Path | None:
    """Remove the file from before a rotation. Only for who has just opened the new one.

    Returns:
        What was removed.

    Raises:
        SecretError: It can't be removed.
    """
    old = old_of(Places.of(environment))
    try:
        old.unlink()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SecretError(f"{old} can't be removed: {error.strerror or error}. Remove it yourself.") from None
    return old
