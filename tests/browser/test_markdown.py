"""The page's markdown parser, run in the browser that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.browser import Chat

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# A node is written as its type, its own facts and its children: em("x") is [["em", "x"]], text is a string.
FLAT = """
async ([texts, title]) => {
  const { parse, parseTitle } = await import("/page/markdown.js");
  const flat = (nodes) => nodes.map((node) => {
    const { type, text, children, items, ...facts } = node;
    if (type === "text") return text;
    const inside = text ?? (children ? flat(children) : items ? items.map(flat) : undefined);
    return [type, ...Object.values(facts), ...(inside === undefined ? [] : [inside])];
  });
  return texts.map((text) => flat((title ? parseTitle : parse)(text)));
}
"""

CASES: dict[str, list[object]] = {
    # styles
    "plain": ["plain"],
    "**bold**": [["strong", ["bold"]]],
    "*it* and _it_": [["em", ["it"]], " and ", ["em", ["it"]]],
    "***both***": [["strong", [["em", ["both"]]]]],
    "__under__": [["u", ["under"]]],
    "~~gone~~": [["s", ["gone"]]],
    "||hidden **b**||": [["spoiler", ["hidden ", ["strong", ["b"]]]]],
    "**a *b* c**": [["strong", ["a ", ["em", ["b"]], " c"]]],
    "*a **b** c*": [["em", ["a ", ["strong", ["b"]], " c"]]],
    "__**_x_**__": [["u", [["strong", [["em", ["x"]]]]]]],
    # what looks like a style and is none
    "snake_case_name": ["snake_case_name"],
    "docker_operation p95": ["docker_operation p95"],
    "2 * 3 * 4": ["2 * 3 * 4"],
    "**open": ["**open"],
    "****": ["****"],
    # code
    "`a *b*`": [["code", "a *b*"]],
    "`` a`b ``": [["code", " a`b "]],
    "`` `x` ``": [["code", "`x`"]],
    "**a`**`b**": [["strong", ["a", ["code", "**"], "b"]]],
    "```py\nx = 1\n```": [["codeblock", "py", "x = 1"]],
    "```one line```": [["codeblock", "", "one line"]],
    "```\n# no\n```\n# yes": [["codeblock", "", "# no"], ["heading", 1, ["yes"]]],
    "``` ```": [["code", " "]],
    # blocks
    "# One\n## Two\n### Three\n#### four": [
        ["heading", 1, ["One"]],
        ["heading", 2, ["Two"]],
        ["heading", 3, ["Three"]],
        "#### four",
    ],
    "a # b": ["a # b"],
    "-# small": [["subtext", ["small"]]],
    "> a\n> b\nc": [["quote", ["a", ["br"], "b"]], "c"],
    ">>> a\n> b": [["quote", ["a", ["br"], "> b"]]],
    ">no": [">no"],
    "- a\n- b": [["list", False, 1, [["a"], ["b"]]]],
    "* a\n  * b": [["list", False, 1, [["a", ["list", False, 1, [["b"]]]]]]],
    "3. a\n4. b": [["list", True, 3, [["a"], ["b"]]]],
    "- a\n1. b": [["list", False, 1, [["a"]]], ["list", True, 1, [["b"]]]],
    "a\n\nb": ["a", ["br"], ["br"], "b"],
    # links
    "see https://a.example/b?c=d.": ["see ", ["link", "https://a.example/b?c=d", ["https://a.example/b?c=d"]], "."],
    "(https://a.example/x)": ["(", ["link", "https://a.example/x", ["https://a.example/x"]], ")"],
    "<https://a.example>": [["link", "https://a.example", ["https://a.example"]]],
    "[**x**](https://a.example/(b))": [["link", "https://a.example/(b)", [["strong", ["x"]]]]],
    '[x](https://a.example "title")': [["link", "https://a.example", ["x"]]],
    "[x](javascript:alert(1))": ["[x](javascript:alert(1))"],
    "[x](data:text/html,x)": ["[x](data:text/html,x)"],
    # mentions, times, emoji
    "<@1> <@!2> <@&3> <#4>": [["user", "1"], " ", ["user", "2"], " ", ["role", "3"], " ", ["channel", "4"]],
    "</perf stats:5>": [["command", "perf stats", "5"]],
    "@everyone @here @someone": [["everyone", "everyone"], " ", ["everyone", "here"], " @someone"],
    "<:ok:6> <a:go:7>": [["emoji", "ok", "6", False], " ", ["emoji", "go", "7", True]],
    "<t:1700000000> <t:-5:R>": [["time", 1700000000, "f"], " ", ["time", -5, "R"]],
    "<t:1:x> <t:99999999999999>": ["<t:1:x> <t:99999999999999>"],
    "`<@1>`": [["code", "<@1>"]],
    # escapes
    r"\*no\* \`no\` \<@1> \_ \\": ["*no* `no` <@1> _ \\"],
    r"\a": [r"\a"],
    "\\\N{PARTY POPPER}": ["\N{PARTY POPPER}"],
}

TITLES: dict[str, list[object]] = {
    "**bold** `code` *it*": [["strong", ["bold"]], " ", ["code", "code"], " ", ["em", ["it"]]],
    "<t:1:R> <@1> <#2> </a:3> @everyone": ["<t:1:R> <@1> <#2> </a:3> @everyone"],
    "# no > no - no": ["# no > no - no"],
    "[x](https://a.example) https://a.example": ["[x](https://a.example) https://a.example"],
}


async def test_content_is_parsed_as_discord_parses_it(chat: Chat) -> None:
    parsed = await chat.page.evaluate(FLAT, [list(CASES), False])
    assert dict(zip(CASES, parsed, strict=True)) == CASES


async def test_titles_take_inline_styles_but_no_links_mentions_or_times(chat: Chat) -> None:
    parsed = await chat.page.evaluate(FLAT, [list(TITLES), True])
    assert dict(zip(TITLES, parsed, strict=True)) == TITLES


async def test_no_text_of_a_messages_length_makes_the_parser_lose_characters_or_overflow(chat: Chat) -> None:
    lost = await chat.page.evaluate(
        """async () => {
          const { parse } = await import("/page/markdown.js");
          const words = (nodes) => nodes.map((n) => n.text ?? words(n.children ?? (n.items ?? []).flat())).join("");
          const pieces = "* _ ** || ` [ < ``` ~~ \\\\ [a]( ||** #".split(" ").concat("> ", "- ", "  - ", "# ");
          return pieces.filter((piece) => {
            const text = `A${piece.repeat(4000 / piece.length)}Z`;
            const shown = words(parse(text));
            return !shown.startsWith("A") || !shown.endsWith("Z");
          });
        }"""
    )
    assert lost == []


async def test_relative_times_read_as_on_discord(chat: Chat) -> None:
    words = {
        0: "now",
        -1: "a second ago",
        -30: "30 seconds ago",
        50: "in a minute",
        -300: "5 minutes ago",
        3600: "in an hour",
        -7200: "2 hours ago",
        -86400: "a day ago",
        10 * 86400: "in 10 days",
        -40 * 86400: "a month ago",
        -3 * 365 * 86400: "3 years ago",
    }
    shown = await chat.page.evaluate(
        """async (all) => {
          const { discordTimestamp } = await import("/page/format.js");
          return all.map((seconds) => discordTimestamp(1000000 + seconds, "R", 1000000000));
        }""",
        list(words),
    )
    assert dict(zip(words, shown, strict=True)) == words


async def test_each_timestamp_style_has_its_form(chat: Chat) -> None:
    shown = await chat.page.evaluate(
        """async () => {
          const { discordTimestamp } = await import("/page/format.js");
          const noon = new Date(2026, 10, 24, 15, 4, 5).getTime() / 1000;
          return [..."tTdDfFsS"].map((style) => discordTimestamp(noon, style, 0));
        }"""
    )
    assert shown == [
        "3:04 PM",
        "3:04:05 PM",
        "11/24/2026",
        "November 24, 2026",
        "November 24, 2026 at 3:04 PM",
        "Tuesday, November 24, 2026 at 3:04 PM",
        "11/24/2026, 3:04 PM",
        "11/24/2026, 3:04:05 PM",
    ]


async def test_relative_times_on_the_page_are_kept_fresh(chat: Chat) -> None:
    before, after = await chat.page.evaluate(
        """async () => {
          const { rich, refreshTimes } = await import("/page/richtext.js");
          const { Store } = await import("/page/state.js");
          const now = Math.floor(Date.now() / 1000);
          const element = rich(`<t:${now - 60}:R>`, new Store());
          const before = element.textContent;
          refreshTimes(element, (now + 240) * 1000);
          return [before, element.textContent];
        }"""
    )
    assert (before, after) == ("a minute ago", "5 minutes ago")
