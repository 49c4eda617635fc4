from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.audit.report import PAGE, Found, audit_embed
from cogs.perf.kit import units
from services.docker import AuditEntry

MOMENT = datetime(2025, 11, 24, 5, 34, tzinfo=UTC)
STAMP = int(MOMENT.timestamp())


def entry(
    container: str = "web", outcome: str = "ok", error: str | None = None, name: str = "max", action: str = "start"
) -> AuditEntry:
    return AuditEntry(
        time=MOMENT,
        user_id=7,
        name=name,
        channel=2,
        action=action,
        container=container,
        outcome=outcome,
        error_type=error,
        seconds=0.25,
    )


def lines(found: Found, page: int = 0) -> list[str]:
    return (audit_embed(found, page).description or "").replace("\u00a0", " ").splitlines()


def test_what_was_done_by_whom_where_and_when() -> None:
    assert lines(Found((entry(),), 50)) == ["✓ start `web` · 250 ms", f"\u2003max in <#2> <t:{STAMP}:R>"]


@pytest.mark.parametrize(
    ("outcome", "error", "told"),
    [
        ("denied", "Forbidden", "denied, no right"),
        ("denied", "Unseen", "denied, may not see it"),
        ("denied", "Protected", "denied, protected"),
        ("denied", "TooSoon", "denied, too soon"),
        ("timeout", "OperationTimeout", "timeout"),
        ("error", "SomethingNew", "SomethingNew"),
        ("cancelled", None, "cancelled"),
    ],
)
def test_a_failure_says_why_in_words(outcome: str, error: str | None, told: str) -> None:
    assert lines(Found((entry(outcome=outcome, error=error),), 50))[0] == f"✗ start `web` · {told}"


def test_the_filter_is_told_and_so_is_that_nothing_fits_it() -> None:
    assert lines(Found((), 50, "web", "Max")) == ["Only `web` by Max", "", "No line is about that."]
    assert "Nobody has started" in lines(Found((), 50))[0]


def test_pages_hold_every_entry_once_and_the_footer_tells_what_is_left_out() -> None:
    found = Found(tuple(entry(f"c{number}") for number in range(2 * PAGE + 1)), 2 * PAGE + 1, lost=3)
    shown = [line.split("`")[1] for page in range(found.pages) for line in lines(found, page)[::2]]
    assert shown == [one.container for one in found.entries]
    footer = audit_embed(found, 2).footer.text or ""
    assert footer.startswith(f"page 3 of 3 · the latest {2 * PAGE + 1}, older ones are left out · ⚠ 3 could not")
    assert audit_embed(Found((entry(),), 50)).footer.text == "1 line"


@given(st.lists(st.builds(entry, st.text(), st.text(), st.text(), st.text(), st.text()), max_size=PAGE), st.text())
def test_whatever_stands_in_the_file_a_page_fits_and_pings_nobody(entries: list[AuditEntry], filtered: str) -> None:
    embed = audit_embed(Found(tuple(entries), 50, filtered, filtered))
    assert len(embed) <= 6000
    assert units(embed.description or "") <= 4096
    assert "… " not in (embed.description or "").splitlines()[-1]


def test_names_from_outside_show_as_they_are() -> None:
    line = lines(Found((entry(name="**x** <@1> @everyone"),), 50))[1]
    assert "**" not in line
    assert "<@1>" not in line
    assert "@everyone" not in line
