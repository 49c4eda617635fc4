"""Discord's rules for embeds, and their normal form.

Lengths count characters after white space at the ends was dropped. The 6000 are shared by all embeds of a message:
titles, descriptions, field names and values, footers and author names.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.jsontypes import Json
    from sandbox.limits.form import Form

EMBEDS = 10
TITLE = 256
DESCRIPTION = 4096
FIELDS = 25
FIELD_NAME = 256
FIELD_VALUE = 1024
FOOTER = 2048
AUTHOR = 256
TOTAL = 6000
URL = 2048
COLOUR = 0xFFFFFF

_VISIBLE = ("title", "description", "fields", "footer", "author", "image", "thumbnail", "timestamp")


def check_embeds(form: Form, key: str = "embeds") -> list[Json]:
    """The embeds at `key` of a message in their normal form (type "rich", no nulls), errors noted in the form."""
    places = form.items(key, high=EMBEDS)
    embeds = [_embed(place) for place in places]
    if sum(map(embed_length, embeds)) > TOTAL:
        form.at(key).error("MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {TOTAL}")
    return embeds


def embed_length(embed: Json) -> int:
    """How many characters of the 6000 an embed takes."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
    for field in embed.get("fields", []):
        texts += [field["name"], field["value"]]
    return sum(len(text) for text in texts if text)


def _embed(form: Form) -> Json:
    form.mapping()
    embed: Json = {
        "title": form.text("title", high=TITLE),
        "description": form.text("description", high=DESCRIPTION),
        "url": _url(form, "url", ("http", "https")),
        "color": form.integer("color", low=0, high=COLOUR),
        "timestamp": _timestamp(form),
        "fields": [_field(place) for place in form.items("fields", high=FIELDS)],
        "footer": _footer(form.child("footer")),
        "author": _author(form.child("author")),
        "image": _media(form.child("image")),
        "thumbnail": _media(form.child("thumbnail")),
    }
    embed = {name: value for name, value in embed.items() if value not in (None, "", [])}
    if not form.failed and not any(name in embed for name in _VISIBLE):
        form.at("description").error("BASE_TYPE_REQUIRED", "This field is required")
    return {"type": "rich", **embed}


def _field(form: Form) -> Json:
    form.mapping()
    return {
        "name": form.text("name", high=FIELD_NAME, required=True) or "",
        "value": form.text("value", high=FIELD_VALUE, required=True) or "",
        "inline": form.flag("inline"),
    }


def _footer(form: Form | None) -> Json | None:
    if form is None:
        return None
    text = form.text("text", high=FOOTER)
    icon = _url(form, "icon_url", ("http", "https", "attachment"))
    return {**({"text": text} if text else {}), **({"icon_url": icon} if icon else {})} or None


def _author(form: Form | None) -> Json | None:
    if form is None:
        return None
    name = form.text("name", high=AUTHOR, required=True)
    parts = {
        "name": name,
        "url": _url(form, "url", ("http", "https")),
        "icon_url": _url(form, "icon_url", ("http", "https", "attachment")),
    }
    return {key: value for key, value in parts.items() if value} or None


def _media(form: Form | None) -> Json | None:
    if form is None:
        return None
    url = _url(form, "url", ("http", "https", "attachment"))
    return {"url": url} if url else None


def _url(form: Form, key: str, schemes: tuple[str, ...]) -> str | None:
    text = form.text(key, high=URL)
    if not text:
        return None
    scheme, separator, rest = text.partition("://")
    if not separator or not rest or " " in text:
        form.at(key).error("URL_TYPE_INVALID_URL", "Not a well formed URL.")
        return None
    if scheme.lower() not in schemes:
        form.at(key).error("URL_TYPE_INVALID_SCHEME", f'Scheme "{scheme}" must be one of {schemes}.')
        return None
    return text


def _timestamp(form: Form) -> str | None:
    text = form.text("timestamp", high=100)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        form.at("timestamp").error("DATE_TIME_TYPE_PARSE", f"Could not parse {text}. Should be ISO8601.")
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds")
