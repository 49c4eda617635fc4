"""A token closed with a passphrase, as bytes for a file; no files here.

The file is JSON: ``version``, ``kdf`` (always scrypt), its ``n``, ``r`` and ``p``, the ``salt`` in base64, and the
``token`` as Fernet writes it. The key is scrypt over the passphrase; Fernet signs what it encrypts, so that no changed
file ever opens to another token: a changed salt or cost gives another key, and the signature does not fit.

scrypt takes 0.3 s and 128 MB on purpose. It lets other threads run meanwhile; callers in an event loop use a thread.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from .errors import Damaged, OldSeal, SecretError, WontOpen

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = 1
SALT = 16
"""Bytes of a new salt, and the fewest that are taken."""
_MOST_MEMORY = 2**30
_MOST_P = 16
_LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess of the passphrase costs.

    Attributes:
        n: Rounds, a power of two.
        r: Size of a block. Memory is 128 * n * r bytes.
        p: How often.
    """

    n: int = 2**17
    r: int = 8
    p: int = 1

    def weaker(self, than: Cost) -> bool:
        """Tell whether a guess is cheaper than with another cost, in time or in memory."""
        return self.n * self.r < than.n * than.r or self.n * self.r * self.p < than.n * than.r * than.p


COST = Cost()


class _Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    kdf: Literal["scrypt"]
    n: int
    r: int
    p: int
    salt: str
    token: str


def seal(token: str, passphrase: str, cost: Cost = COST) -> bytes:
    """Close a token.

    Args:
        token: It.
        passphrase: Any text.
        cost: By default what is thought enough today.

    Returns:
        The file's content; two calls never give the same.
    """
    salt = os.urandom(SALT)
    closed = Fernet(_key(passphrase, salt, cost)).encrypt(token.encode())
    told = {
        "version": VERSION,
        "kdf": "scrypt",
        "n": cost.n,
        "r": cost.r,
        "p": cost.p,
        "salt": base64.b64encode(salt).decode(),
        "token": closed.decode(),
    }
    return f"{json.dumps(told, indent=2)}\n".encode()


def unseal(content: bytes, passphrases: Sequence[str], *, what: str, origin: str, least: Cost | None = COST) -> str:
    """Open what `seal` closed.

    Args:
        content: The file's.
        passphrases: Tried in turn.
        what: The file, for the words of an error.
        origin: Where the passphrases come from, likewise.
        least: A cheaper file is refused; None opens it all the same.

    Raises:
        SecretError: `Damaged`, `OldSeal`, `WontOpen`, or there is no memory for it.
    """
    sealed = _parsed(content, what)
    cost, salt = _cost(sealed, what), _salt(sealed, what)
    if least is not None and cost.weaker(least):
        raise OldSeal(
            what,
            f"was closed with an old, weak cost (scrypt n={cost.n}, r={cost.r}, p={cost.p})",
            "Close it anew: ddc-perf token rotate",
        )
    for passphrase in passphrases:
        try:
            return Fernet(_key(passphrase, salt, cost)).decrypt(sealed.token.encode()).decode()
        except (InvalidToken, UnicodeError):
            continue
    raise WontOpen(what, origin)


def _parsed(content: bytes, what: str) -> _Sealed:
    if len(content) > _LONGEST:
        raise Damaged(what, "it is far too long")
    try:
        raw = msgspec.json.decode(content)
        version = raw.get("version") if isinstance(raw, dict) else None
        if isinstance(version, int) and not isinstance(version, bool) and version != VERSION:
            raise OldSeal(
                what,
                f"is of version {version}, and this program knows version {VERSION}",
                "Use the program that made it, or make it anew: ddc-perf token set",
            )
        return msgspec.convert(raw, _Sealed)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        # What msgspec says names keys and kinds, and no values.
        raise Damaged(what, str(error).rstrip(".")) from None


def _cost(sealed: _Sealed, what: str) -> Cost:
    cost = Cost(sealed.n, sealed.r, sealed.p)
    # scrypt's own rule: n is a power of two, and below 2 to the power of 16 * r.
    power = cost.n > 1 and cost.n & (cost.n - 1) == 0 and cost.n.bit_length() <= 16 * cost.r
    if not (power and 1 <= cost.p <= _MOST_P and cost.r >= 1 and 128 * cost.n * cost.r <= _MOST_MEMORY):
        raise Damaged(what, f"scrypt knows no such cost (n={cost.n}, r={cost.r}, p={cost.p})")
    return cost


def _salt(sealed: _Sealed, what: str) -> bytes:
    try:
        salt = base64.b64decode(sealed.salt, validate=True)
    except (binascii.Error, ValueError):
        raise Damaged(what, "its salt is no base64") from None
    if len(salt) < SALT:
        raise Damaged(what, "its salt is too short")
    return salt


def _key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    scrypt = Scrypt(salt=salt, length=32, n=cost.n, r=cost.r, p=cost.p)
    try:
        return base64.urlsafe_b64encode(scrypt.derive(passphrase.encode("utf-8", "surrogatepass")))
    except MemoryError:
        megabytes = 128 * cost.n * cost.r // 2**20
        raise SecretError(
            f"There is no memory to open or close the token: it takes {megabytes} MB for a moment. Allow the bot more."
        ) from None
