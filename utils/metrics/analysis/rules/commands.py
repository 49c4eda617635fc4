"""Rules on what persons wait for: first answers, autocompletes, pages, requests to Discord, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils.metrics.analysis.advice import Finding, Name, Rule
from utils.metrics.analysis.regressions import Kind
from utils.metrics.format import count, duration, percent

from .typical import too_slow

if TYPE_CHECKING:
    from utils.metrics.analysis.advice import Facts

ACK = 2.0
"""Seconds to the first answer; Discord gives three."""
LATE, LATE_SHARE = 3, 0.01
AUTOCOMPLETE = 1.0
PAGE, LOGIN, API = 2.0, 1.0, 0.5
LIMITED, LIMITED_SHARE = 3, 0.01
SUCCESS, NEEDS_CALLS = 0.95, 20
_PAGES = ("web.", "web_", "page.")


def late_answers(facts: Facts) -> Finding | None:
    """At least three first answers, and one in a hundred, come after more than two seconds."""
    late = {name: sum(ack > ACK for ack in acks) for name, acks in facts.acks.items()}
    total, calls = sum(late.values()), sum(map(len, facts.acks.values()))
    if total < LATE or total < LATE_SHARE * calls:
        return None
    worst = max(late, key=lambda name: (late[name], name))
    longest = max(ack for acks in facts.acks.values() for ack in acks)
    return Finding.told(
        f"{count(total)} of {count(calls)} first answers came after more than {duration(ACK)}, the latest after "
        f"{duration(longest)}; Discord gives 3 s. Most: ",
        Name(worst),
        f", {count(late[worst])}.",
        bad=longest >= 3.0,  # noqa: PLR2004 - from there on Discord shows "did not respond"
    )


def slow_autocomplete(facts: Facts) -> Finding | None:
    """Suggestions take more than a second."""
    return too_slow(facts, lambda name: AUTOCOMPLETE if name.startswith("autocomplete.") else None)


def slow_pages(facts: Facts) -> Finding | None:
    """A page takes more than two seconds, a login more than one, an API call more than a half."""
    return too_slow(facts, _page_limit)


def _page_limit(name: str) -> float | None:
    if not name.startswith(_PAGES):
        return None
    return LOGIN if "login" in name else API if "api" in name.replace("_", ".").split(".") else PAGE


def slower(facts: Facts) -> Finding | None:
    """Something is slower than usual by a fifth or more."""
    found = [
        change
        for row in facts.rows.values()
        if row.standing is not None and (change := row.standing.change(Kind.SLOWER)) is not None
    ]
    if not found:
        return None
    worst = max(found, key=lambda change: change.relative)
    more = f" {len(found) - 1} more got slower, too." if len(found) > 1 else ""
    return Finding.told(
        Name(worst.operation),
        f" takes {duration(worst.now)} at p95 in the last 24 h, usually {duration(worst.usual)} "
        f"(+{percent(worst.relative)}, over {count(worst.calls)} calls).{more}",
    )


def failing(facts: Facts) -> Finding | None:
    """Fewer than 95 in 100 calls succeed."""
    found = []
    for row in facts.rows.values():
        judged = row.stats.total_calls - row.refused
        if judged >= NEEDS_CALLS and row.failed > (1 - SUCCESS) * judged:
            found.append((row.failed / judged, row.failed, judged, row.stats.operation))
    if not found:
        return None
    share, failed, judged, name = max(found)
    more = f" {len(found) - 1} more fail as often." if len(found) > 1 else ""
    return Finding.told(
        Name(name),
        f" failed in {count(failed)} of {count(judged)} calls ({percent(share)}); more than "
        f"{percent(1 - SUCCESS)} is much.{more}",
        bad=share >= 0.5,  # noqa: PLR2004 - half of the calls
    )


def rate_limits(facts: Facts) -> Finding | None:
    """Discord puts off at least three requests, and one in a hundred, because they come too fast."""
    calls, limited = facts.requests.calls, facts.requests.limited
    if limited < LIMITED or limited < LIMITED_SHARE * calls:
        return None
    return Finding.told(
        f"Discord answered {count(limited)} of {count(calls)} requests with 429 (too many requests); "
        "the library waited and tried again."
    )


RULES = (
    Rule(
        "late-answers",
        "First answers come late",
        late_answers,
        "Have the command call `defer` first of all, and see under `/perf time` what it waits for before that.",
    ),
    Rule(
        "failing",
        "Calls fail",
        failing,
        "Open its failures: they tell the kind of error and the container. A goal (`/perf goal set`) rings when it "
        "happens again.",
    ),
    Rule(
        "slower",
        "Slower than usual",
        slower,
        "Compare before and after the moment it began (`/perf compare`): what was updated, added or filled up then?",
        docs="docs/reports.md#what-is-usual",
    ),
    Rule(
        "slow-autocomplete",
        "Suggestions are slow",
        slow_autocomplete,
        "Discord drops them after 3 s, and people type on after one. Answer from memory, and refresh that in the "
        "background.",
    ),
    Rule(
        "slow-pages",
        "Pages are slow",
        slow_pages,
        "See what the page waits for; what changes seldom can be kept in memory for some seconds.",
    ),
    Rule(
        "rate-limits",
        "Discord slows the bot down",
        rate_limits,
        "Edit messages less often: a longer pause between status looks, fewer live views, fewer channels with a status "
        "message.",
        settings=("docker.status_poll_seconds",),
    ),
)
