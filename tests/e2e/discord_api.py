"""Holds what the bot sends against Discord's published OpenAPI file, when it lies beside the checkout.

Known gaps of that file, measured: it has no rule of 6000 characters in all embeds and allows 4000 characters of content
where a bot has 2000 (the sandbox refuses both), it allows unknown properties, and it takes the integer ids of
attachments, which Discord accepts, for errors (:func:`_with_text_ids` mends that).
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OPENAPI = Path(__file__).parents[3] / "shared" / "discord" / "openapi.json"


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(OPENAPI.read_text(encoding="utf-8"))
    return document


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    """Every path as a pattern, those with fewer parameters first: `@original` goes before any message id."""
    paths = sorted(_document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path))), path) for path in paths]


@cache
def _validator(path: str, method: str) -> Draft202012Validator | None:
    operation = _document()["paths"][path].get(method.lower())
    if operation is None:
        raise AssertionError(f"Discord has no {method} {path}")
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    # The schema's references point into the whole document.
    return Draft202012Validator({**content["schema"], "components": _document()["components"]})


def _with_text_ids(body: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(body, dict):
        mended = {key: _with_text_ids(value) for key, value in body.items()}
        for attachment in mended.get("attachments") or ():
            if isinstance(attachment, dict) and isinstance(attachment.get("id"), int):
                attachment["id"] = str(attachment["id"])
        return mended
    if isinstance(body, list):
        return [_with_text_ids(value) for value in body]
    return body


def template_of(path: str) -> str | None:
    """The path's template in the OpenAPI file, or None when Discord has no such path."""
    bare = path.split("?", maxsplit=1)[0].removeprefix("/api/v10")
    return next((template for pattern, template in _templates() if pattern.fullmatch(bare)), None)


def violations(requests: Iterable[Mapping[str, Any]]) -> list[str]:
    """What Discord's own description of its API says against recorded requests.

    Args:
        requests: As the sandbox records them: method, path, body (JSON or None).

    Returns:
        One line a violation; an empty list is good.
    """
    found = []
    for request in requests:
        method, path, body = request["method"], request["path"], request["body"]
        template = template_of(path)
        if template is None:
            found.append(f"{method} {path}: Discord has no such path")
            continue
        validator = _validator(template, method)
        if body is None or validator is None:
            continue
        error = best_match(validator.iter_errors(_with_text_ids(body)))
        if error is not None:
            found.append(f"{method} {template}: {error.json_path}: {error.message[:300]}")
    return found
