"""The page's files, without a browser."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "sandbox" / "page"
MARKUP = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function|DOMParser)\b")
FOREIGN = re.compile(r"""["'(](?:https?:)?//(?!127\.0\.0\.1|localhost)[a-z0-9.-]+""")


def test_every_module_is_loaded_ahead() -> None:
    named = set(re.findall(r'rel="modulepreload" href="/page/([^"]+)"', (PAGE / "index.html").read_text()))
    assert named == {path.name for path in PAGE.glob("*.js")} - {"boot.js", "types.js"}


def test_no_script_turns_text_into_markup_or_code() -> None:
    found = {path.name: MARKUP.findall(path.read_text()) for path in PAGE.glob("*.js")}
    assert {name: words for name, words in found.items() if words} == {}


def test_nothing_is_fetched_from_elsewhere() -> None:
    texts = {path.name: path.read_text().replace("http://www.w3.org/2000/svg", "") for path in PAGE.glob("*.*")}
    assert {name: FOREIGN.findall(text) for name, text in texts.items() if FOREIGN.search(text)} == {}
