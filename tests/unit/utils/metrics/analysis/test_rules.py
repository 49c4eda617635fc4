"""Every rule on both sides of its threshold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.metrics.kit import NOW
from utils.metrics.analysis.advice import Config, Docker, Facts, Name, Requests, Rule, sentence
from utils.metrics.analysis.course import Slice
from utils.metrics.analysis.regressions import Change, Kind
from utils.metrics.analysis.rules import RULES
from utils.metrics.model import Health
from utils.metrics.overview import Row
from utils.metrics.process.sample import ProcessSample
from utils.metrics.standing import Standing
from utils.metrics.stats import summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[5]
MINUTE, HOUR, MB = 60.0, 3_600.0, 1_000_000
FINE = Health(5_000, 0, 0, 0, 4 * MB, NOW, None, Path("/nowhere"), index_bytes=MB)


def row(name: str, durations: Sequence[float], *, failed: int = 0, refused: int = 0, grown: float = 0.0) -> Row:
    """An operation's row; `grown` is by which share it got slower than usual."""
    stats = summarise(name, durations, successes=len(durations) - failed - refused, last_24h=0, last_hour=0)
    changes = (Change(name, Kind.SLOWER, 1 + grown, 1.0, len(durations), 7),) if grown else ()
    return Row(stats, failed, refused, (), Standing(name, Slice(0, 1), None, 7, changes))


def facts(*rows: Row, **known: object) -> Facts:
    made = Facts(24, {one.stats.operation: one for one in rows}, FINE)
    return replace(made, **known)  # type: ignore[arg-type] # a test's own


def docker(  # noqa: PLR0917 - a record in short
    number: int, action: str = "list", work: float = 0.1, waited: float = 0.0, outcome: str = "ok", container: str = ""
) -> tuple[Docker, ...]:
    """Actions half a second apart."""
    return tuple(
        Docker(action, container, at, at + work, work, waited, outcome, outcome not in ("ok", "denied"))
        for at in (NOW + index / 2 for index in range(number))
    )


def minutes(number: int, worst: float = 0.01, grown: float = 0.0) -> tuple[ProcessSample, ...]:
    """A minute's samples; `grown` bytes a day are added to 100 MB."""
    return tuple(
        ProcessSample(NOW + at * MINUTE, worst, pid=7, started=NOW, rss=round(100 * MB + grown * at / 1440))
        for at in range(number)
    )


def acks(*seconds: float) -> dict[str, tuple[float, ...]]:
    return {"command.a": seconds, "command.b": (0.1,) * 17}


def cached(seconds: float) -> Config:
    return Config(cached=(seconds,) * 20)


def waits(number: int, work: float, waited: float) -> tuple[Docker, ...]:
    return docker(number, "restart", work, waited)


def failures(of_one: int, of_others: int) -> tuple[Docker, ...]:
    bad = docker(of_one, outcome="error", container="db") + docker(of_others, outcome="error", container="web")
    return bad + docker(10, container="db") + docker(60, container="web")


def change(**changed: object) -> Facts:
    return facts(health=replace(FINE, **changed))  # type: ignore[arg-type] # a test's own


BOTH_SIDES: dict[str, tuple[Facts, Facts]] = {
    # What it must find, and what is just not enough for it.
    "unsaved": (change(last_error="disk full"), change()),
    "full-disk": (facts(disk_free=499 * MB), facts(disk_free=500 * MB)),
    "dropped": (change(dropped=1), change()),
    "held-loop": (facts(samples=minutes(20, 0.21)), facts(samples=minutes(20, 0.2))),
    "growing-memory": (
        facts(samples=minutes(8 * 60, grown=101 * MB)),
        facts(samples=minutes(8 * 60, grown=99 * MB)),
    ),
    "big-index": (change(index_bytes=201 * MB), change(index_bytes=200 * MB)),
    "damaged-lines": (change(corrupt_lines=1), change()),
    "late-answers": (facts(acks=acks(2.1, 2.1, 2.1)), facts(acks=acks(2.1, 2.1, 2.0))),
    "failing": (facts(row("op", [1.0] * 40, failed=3)), facts(row("op", [1.0] * 40, failed=2))),
    "slower": (facts(row("op", [1.0] * 30, grown=0.3)), facts(row("op", [1.0] * 30))),
    "slow-autocomplete": (
        facts(row("autocomplete.x.y", [1.01] * 20)),
        facts(row("autocomplete.x.y", [1.0] * 20)),
    ),
    "slow-pages": (facts(row("web.dashboard", [2.01] * 20)), facts(row("web.dashboard", [2.0] * 20))),
    "rate-limits": (facts(requests=Requests(300, 3)), facts(requests=Requests(301, 3))),
    "slow-engine": (facts(docker=docker(20, work=0.51)), facts(docker=docker(20, work=0.5))),
    "queue-wait": (facts(docker=waits(20, 1.0, 0.34)), facts(docker=waits(20, 1.0, 0.33))),
    "throughput": (
        facts(docker=docker(60, "restart", 0.1, 1.0)),
        facts(docker=docker(60, "restart", 0.1, 1.0) + docker(260, work=0.0)[:60] * 5),
    ),
    "timeouts": (
        facts(docker=docker(3, outcome="timeout") + docker(297)),
        facts(docker=docker(3, outcome="timeout") + docker(298)),
    ),
    "one-container": (facts(docker=failures(3, 2)), facts(docker=failures(2, 3))),
    "slow-config": (facts(row("config_load", [1.01] * 20)), facts(row("config_load", [1.0] * 20))),
    "slow-config-cache": (facts(config=cached(0.11)), facts(config=cached(0.1))),
    "config-cache-misses": (facts(config=Config(hits=79, misses=21)), facts(config=Config(hits=80, misses=20))),
    "slow-token": (facts(row("token_decrypt", [0.51] * 20)), facts(row("token_encrypt", [0.5] * 20))),
}


def rule(name: str) -> Rule:
    return next(one for one in RULES if one.id == name)


def test_every_rule_has_both_sides_here_and_a_name_of_its_own() -> None:
    assert sorted(one.id for one in RULES) == sorted(BOTH_SIDES)


@pytest.mark.parametrize("name", BOTH_SIDES)
def test_a_rule_speaks_above_its_threshold_and_is_silent_at_it(name: str) -> None:
    over, under = BOTH_SIDES[name]
    found = rule(name).when(over)
    assert found is not None
    assert sentence(found.evidence).endswith((".", "disk full"))
    assert rule(name).when(under) is None


@pytest.mark.parametrize("name", BOTH_SIDES)
def test_a_rule_is_silent_where_nothing_is_known(name: str) -> None:
    assert rule(name).when(facts()) is None


@pytest.mark.parametrize("name", BOTH_SIDES)
def test_what_a_rule_finds_is_found_by_no_other_unless_it_shares_its_numbers(name: str) -> None:
    over, _ = BOTH_SIDES[name]
    shared = {
        "throughput": {"queue-wait"},  # the same waits
        "timeouts": {"failing"},
    }
    others = {one.id for one in RULES if one.when(over) is not None} - {name}
    assert others <= shared.get(name, set())


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.id)
def test_a_rule_says_what_to_do_and_where_more_is_told(one: Rule) -> None:
    page, _, heading = one.docs.partition("#")
    headings = {
        line.lstrip("# ").lower().replace(" ", "-").replace(",", "")
        for line in (ROOT / page).read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    }
    assert heading in headings
    assert one.cure.endswith((".", "?"))
    assert 0 < len(one.title) <= 60


def test_of_few_calls_the_middle_one_counts_and_of_fewer_nothing() -> None:
    slow = rule("slow-config").when
    assert slow(facts(row("config_load", [0.1, 1.2, 1.3]))) is not None
    assert slow(facts(row("config_load", [0.1, 0.2, 9.0]))) is None
    assert slow(facts(row("config_load", [9.0, 9.0]))) is None


def test_a_login_and_an_api_call_are_slow_sooner_than_a_page() -> None:
    for name, limit in (("web.login", 1.0), ("web.api.status", 0.5), ("web_capital", 2.0)):
        assert rule("slow-pages").when(facts(row(name, [limit + 0.01] * 20))) is not None
        assert rule("slow-pages").when(facts(row(name, [limit] * 20))) is None


def test_the_worst_by_its_limit_is_named_and_the_others_are_counted() -> None:
    found = rule("slow-pages").when(facts(row("web.login", [3.0] * 20), row("web.a", [4.0] * 20)))
    assert found is not None
    assert sentence(found.evidence) == (
        "web.login takes 3 s (p95 of 20 calls); more than 1 s is slow. 1 more is over theirs."
    )


def test_a_timeout_of_a_look_is_cured_by_other_settings_than_one_of_an_action() -> None:
    look, act = (
        rule("timeouts").when(facts(docker=docker(3, action, 30.0, outcome="timeout", container="x")))
        for action in ("stats", "restart")
    )
    assert look is not None
    assert act is not None
    assert look.settings[0] == "docker.fast_timeout_seconds"
    assert act.settings[0] == "docker.timeout_seconds"
    assert sentence(act.evidence, str.upper) == (
        "3 of 3 Docker actions ran into their time limit. Most: 3 times RESTART X, given up after 30 s."
    )


def test_one_or_two_of_anything_are_no_rule() -> None:
    assert rule("timeouts").when(facts(docker=docker(2, outcome="timeout"))) is None
    assert rule("late-answers").when(facts(acks={"command.a": (2.5, 2.5)})) is None
    assert rule("rate-limits").when(facts(requests=Requests(2, 2))) is None


def test_memory_is_judged_by_the_present_process_after_its_first_hour_and_over_six() -> None:
    assert rule("growing-memory").when(facts(samples=minutes(5 * 60, grown=900 * MB))) is None
    before = tuple(replace(one, end=one.end - 9 * HOUR, pid=6, rss=MB) for one in minutes(8 * 60))
    assert rule("growing-memory").when(facts(samples=before + minutes(8 * 60))) is None


def test_a_container_is_named_only_where_there_are_others_and_it_is_not_merely_the_busiest() -> None:
    alone = docker(9, outcome="error", container="db")
    busiest = docker(9, outcome="error", container="db") + docker(90, container="db") + docker(5, container="web")
    for calls in (alone, busiest):
        assert rule("one-container").when(facts(docker=calls)) is None


def test_names_from_outside_are_marked_as_such() -> None:
    outside = {"op", "db", "command.a", "config_load", "token_decrypt", "web.dashboard", "list", "disk full"}
    for over, _ in BOTH_SIDES.values():
        for found in (one.when(over) for one in RULES):
            assert found is None or all(isinstance(piece, Name) for piece in found.evidence if piece in outside)


def test_folded_hours_are_told_however_small_the_index_is() -> None:
    found = rule("big-index").when(change(folded_entries=7))
    assert found is not None
    assert "7 of them are known to 1 % only" in sentence(found.evidence)


def test_an_answer_that_discord_gave_up_on_is_worse_than_a_late_one() -> None:
    late, missed = (rule("late-answers").when(facts(acks=acks(2.5, 2.5, last))) for last in (2.9, 3.0))
    assert late is not None
    assert missed is not None
    assert (late.bad, missed.bad) == (False, True)


def test_a_name_that_no_container_has_is_no_container_with_failures() -> None:
    mistyped = docker(9, outcome="not_found", container="minecraf")
    (rule,) = [rule for rule in RULES if rule.id == "one-container"]
    assert rule.when(facts(docker=mistyped + docker(10, container="minecraft") + docker(10, container="db"))) is None
