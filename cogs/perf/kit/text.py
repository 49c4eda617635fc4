"""Text from outside made safe for a chat, and lengths as Discord limits them.

Discord's server counts code points, its clients and some libraries count UTF-16 code units. A text that fits by
UTF-16 units fits by code points as well, so everything here counts units.
"""

from __future__ import annotations

import re

from utils.metrics.format import in_columns

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# One underscore between letters is no markdown, and names are full of them.
_MARKDOWN = re.compile(r"[\\*~|`<>\[\]()#]|_(?![^\W_])|(?<![^\W_])_|:(?=//)|(?<=^)[-+](?=\s)|(?<=^\d)\.(?=\s)")
_BLANK = re.compile(r"\s+")
# A number and its unit, what it is ("p99 3 ms") and what goes on with it ("2 h 5 min"); what stands in code is found so
# as to leave it alone.
_FIGURE = re.compile(
    r"\\.|```.*?```|`[^`\n]*`|"
    r"(?P<figure>(?:\b(?:p\d\d|max) [\d.,]+|\d) (?:[nµm]?s|min|h|d|[kMGTP]?B|%)(?!\w)(?: \d+ (?:h|min|s)(?!\w))?)",
    re.DOTALL,
)
_NO_BREAK = "\u00a0"
_ELLIPSIS = "…"
_PAIR = 0xFFFF


def units(text: str) -> int:
    """Count the UTF-16 code units of `text`: never less than what Discord counts."""
    return len(text) + sum(ord(char) > _PAIR for char in text)


def clean(text: str) -> str:
    """Take out what no chat shows: control characters, reversed writing direction, halves of surrogate pairs.

    Line feeds and tabs stay.
    """
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub("", whole.replace("\r\n", "\n"))


def cut(text: str, limit: int) -> str:
    """Shorten `text` to at most `limit` UTF-16 units, with an ellipsis as its last sign when anything went.

    Args:
        text: Any text.
        limit: Units allowed, at least 1.
    """
    if units(text) <= limit:
        return text
    room = limit - 1
    kept: list[str] = []
    for char in text:
        room -= 1 + (ord(char) > _PAIR)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept).rstrip() + _ELLIPSIS


def unbroken(text: str) -> str:
    """Keep each number and its unit on one line, which a phone would part: a no-break space for the one between them.

    Args:
        text: With markdown; what stands in code spans and blocks is left alone. Its length stays.
    """
    return _FIGURE.sub(lambda found: found[0].replace(" ", _NO_BREAK) if found["figure"] else found[0], text)


def code(name: str, width: int = 40) -> str:
    """Make a code span of a name from outside: it can't end the span, break the line or grow past `width`.

    Args:
        name: Any text. Back ticks are taken out, white space becomes one blank, nothing at all becomes "(no name)".
        width: Columns allowed between the back ticks, two for a wide sign; a longer name is cut in its middle.
    """
    inner = _BLANK.sub(" ", clean(name).replace("`", "")).strip() or "(no name)"
    return f"`{in_columns(inner, width).rstrip()}`"


def label(name: str, limit: int) -> str:
    """Make a text from outside fit for a button or a line of a select, which show no markdown: one line, never blank.

    Args:
        name: Any text.
        limit: UTF-16 units allowed.
    """
    return cut(_BLANK.sub(" ", clean(name)).strip() or "(no name)", limit)


def plain(text: str) -> str:
    """Escape a text from outside so that it shows as it is: no markdown, no links, no mentions, on one line."""
    line = _BLANK.sub(" ", clean(text)).strip()
    escaped = _MARKDOWN.sub(lambda found: "\\" + found[0], line)
    return escaped.replace("@", "@\u200b")
