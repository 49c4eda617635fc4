"""Takes secrets out of texts: those that the program told of, in all their spellings, and whatever looks like one.

Who knows a secret tells it to `conceal`, before it is used. From then on `redact` finds it whole and in parts, in
base64 at any place of a longer text, in hexadecimal, as an address spells it, and as JSON and ``repr`` escape it.
Without being told it finds bots' tokens by their shape, authorization headers, and the tokens in addresses of Discord's
interactions and webhooks. It does not find a secret that was cut into pieces before, encrypted or compressed.

Every pattern takes a time that grows with the text alone.
"""

from __future__ import annotations

import base64
import json
import re

HIDDEN = "[hidden]"
SHORTEST = 8
"""Characters of the shortest secret: a shorter one would be found in half of all words."""
LONGEST_SHAPE = 120
"""Characters that a token has at most; what is cut should be redacted with so many more."""

_THREE_PARTS = re.compile(r"([\w-]{16,})\.([\w-]{5,})\.([\w-]{16,})", re.ASCII)
# The number of an account in base64 (it begins with a digit, so the text with M, N or O), a time, a signature.
_SHAPE = re.compile(r"[MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,64}|\bmfa\.[\w-]{20,100}", re.ASCII)
_SHORTEST_SHAPE = 24
_LONGEST_NAME = 200
_MOST_NAMES = 5_000
# Without the first in a text the second can't find anything: most texts cost next to nothing so.
_INTERACTIONS = (
    ("aW50", re.compile(r"(aW50ZXJhY3Rpb2)[\w-]{20,400}", re.ASCII)),
    ("webhooks/", re.compile(r"(webhooks/\d{15,20}/)[\w-]{20,400}", re.ASCII)),
    ("interactions/", re.compile(r"(interactions/\d{15,20}/)[\w-]{20,400}", re.ASCII)),
)
_HEADER = re.compile(
    r"""(authorization["']?\s{0,4}[:=,]\s{0,4}b?["']?(?:(?:bot|bearer|basic)\s{1,4})?)[^\s"',)>}\[]+""", re.IGNORECASE
)


class Redactor:
    """Knows some secrets. Threads may share it."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._spellings: tuple[str, ...] = ()
        # Those with no other spelling inside them: enough to know whether there is any.
        self._telltales: tuple[str, ...] = ()
        self._escaped: tuple[re.Pattern[str], ...] = ()

    def conceal(self, secret: str) -> None:
        """Tell a secret.

        Args:
            secret: A token, a passphrase. One of fewer than `SHORTEST` characters is not concealed.
        """
        if len(secret) < SHORTEST:
            return
        found = _THREE_PARTS.fullmatch(secret)
        pieces = [secret, *(found.groups() if found else ())]
        spellings = set(self._spellings)
        for piece in pieces:
            spellings |= _spellings(piece)
        # A whole before its parts.
        self._spellings = tuple(sorted(spellings, key=len, reverse=True))
        self._telltales = tuple(one for one in spellings if not any(o in one for o in spellings if o != one))
        escaped = [re.compile("".join(map(_as_in_address, piece))) for piece in pieces if len(piece) >= SHORTEST]
        known = {pattern.pattern for pattern in self._escaped}
        self._escaped += tuple(pattern for pattern in escaped if pattern.pattern not in known)
        # The last of all: who is redacting a name just now remembers it in the dict of before.
        self._names = {}

    def knows_of(self, text: str) -> bool:
        """Tell whether a secret that was told is in `text`, unless it is spelled as in an address."""
        return any(telltale in text for telltale in self._telltales)

    def redact(self, text: str) -> str:
        """Replace the secrets that were told, and what has the shape of one."""
        if "%" in text:  # before the parts are gone from a text of which some signs are escaped
            for pattern in self._escaped:
                text = pattern.sub(HIDDEN, text)
        for spelling in self._spellings:
            if spelling in text:
                text = text.replace(spelling, HIDDEN)
        if len(text) >= _SHORTEST_SHAPE and "." in text:
            text = _SHAPE.sub(HIDDEN, text)
        if "uthorization" in text or "UTHORIZATION" in text:
            text = _HEADER.sub(rf"\1{HIDDEN}", text)
        for hint, pattern in _INTERACTIONS:
            if hint in text:
                text = pattern.sub(rf"\1{HIDDEN}", text)
        return text

    def redact_name(self, name: str) -> str:
        """`redact` a text that comes again and again, as names of operations do: what was found is remembered."""
        names = self._names
        found = names.get(name)
        if found is None:
            found = self.redact(name)
            if len(name) <= _LONGEST_NAME and len(names) < _MOST_NAMES:
                names[name] = found
        return found


def looks_secret(text: str) -> bool:
    """Tell whether something in `text` has the shape of a bot's or an interaction's token, told of or not."""
    if len(text) < _SHORTEST_SHAPE:
        return False
    # Four quick looks: a line of numbers has none of these letters, and the pattern would take its time with it.
    if "." in text and ("M" in text or "N" in text or "O" in text or "mfa." in text) and _SHAPE.search(text):
        return True
    for hint, pattern in _INTERACTIONS:  # noqa: SIM110 - the writer asks this of many texts, and a generator is slower
        if hint in text and pattern.search(text):
            return True
    return False


_process = Redactor()
conceal = _process.conceal
redact = _process.redact
redact_name = _process.redact_name
knows_of = _process.knows_of


def _spellings(piece: str) -> set[str]:
    found = {piece, repr(piece)[1:-1], json.dumps(piece)[1:-1], json.dumps(piece, ensure_ascii=False)[1:-1]}
    raw = piece.encode("utf-8", "surrogatepass")
    if len(raw) >= SHORTEST:
        found |= {raw.hex(), raw.hex().upper()}
        for before in range(3):
            found |= _in_base64(raw, before)
    return found


def _in_base64(raw: bytes, before: int) -> set[str]:
    """What base64 has of `raw` whatever stands around it, `before` bytes after a multiple of three."""
    padded = bytes(before) + raw
    # The first and the last sign depend on the neighbours where they share bits with them.
    first, last = -(-before * 4 // 3), len(padded) * 8 // 6
    return {encode(padded).decode()[first:last] for encode in (base64.b64encode, base64.urlsafe_b64encode)}


def _as_in_address(char: str) -> str:
    codes = "".join(f"%{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))
    return f"(?:{re.escape(char)}|(?i:{codes}){'|[+]' if char == ' ' else ''})"
