"""Takes out of an engine's message what may be a secret, before a person or a file gets to see it.

Engines quote what they were given: an image's address with its password, a mount option, a log driver's token. The
rule is to lose a harmless word rather than to show a secret one.
"""

from __future__ import annotations

import re

HIDDEN = "[hidden]"
LONGEST = 300

_USERINFO = re.compile(r"(?<=://)[^/\s@]*@")
_BEARER = re.compile(r"\b(bearer|basic)\s+\S+", re.IGNORECASE)
_NAMED = re.compile(
    r"""(?P<name>(?:(?:pass|pwd|secret|token|credential)[\w.-]*|auth|authorization|key|cookie|session|signature)
                 ["']?\s*[:=]\s*)
        (?P<value>"[^"]*"?|'[^']*'?|\S+)""",
    re.IGNORECASE | re.VERBOSE,
)
_ID = re.compile(r"\b(?:sha256:)?([0-9a-f]{12})[0-9a-f]{52}\b")
# A word long and mixed enough to be a key: nothing a person would write. Paths and names keep their separators.
_RANDOM = re.compile(r"(?<![\w+=-])(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{24,}")
_SIGNED = re.compile(r"\b[\w-]{16,}\.[\w-]{5,}\.[\w-]{16,}")  # three parts with dots: bots' tokens, web tokens
_TAGS = re.compile(r"<[^<>]*>")
_SPACE = re.compile(r"\s+")


def redact(message: str) -> str:
    """Make an engine's message fit to be shown: one line, no secrets, at most 300 characters.

    Container and image ids are shortened to twelve signs, HTML tags (a proxy's error page) go, values of anything
    called password, token, key and the like become "[hidden]", as do user names in addresses and long random words.

    Args:
        message: Any text; only its first 4,000 characters are looked at.
    """
    text = _SPACE.sub(" ", _TAGS.sub(" ", message[:4000])).strip()
    text = _USERINFO.sub(f"{HIDDEN}@", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _NAMED.sub(rf"\g<name>{HIDDEN}", text)
    text = _ID.sub(r"\1", text)
    text = _RANDOM.sub(HIDDEN, _SIGNED.sub(HIDDEN, text))
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
