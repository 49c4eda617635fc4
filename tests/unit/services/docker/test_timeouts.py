from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker import Source, Timeouts
from services.docker.timeouts import ACTION, LONGEST, MARGIN

SECONDS = st.floats(0.001, 600)
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)


@pytest.mark.parametrize(
    ("name", "image", "word"),
    [
        ("plex", "", "plex"),
        ("my-postgres-1", "", "postgres"),
        ("POSTGRES", "", "postgres"),
        ("app-db-1", "", "db"),
        ("a", "mysql:8", "mysql"),
        ("mysql8", "", "mysql"),
        ("a", "docker.io/library/nginx:1.27-alpine", "nginx"),
        ("a", "host:5000/someone/redis@sha256:0123", "redis"),
        ("a", "lscr.io/linuxserver/jellyfin", "jellyfin"),
    ],
)
def test_media_servers_databases_and_web_servers_are_slow(name: str, image: str, word: str) -> None:
    limit = Timeouts(fast=1, slow=2).look(name, image)
    assert (limit.seconds, limit.source, limit.by) == (2, Source.SLOW, word)


@pytest.mark.parametrize(
    ("name", "image"),
    [
        ("minecraft", "itzg/minecraft-server"),
        ("valheim", ""),
        ("a", ""),
        ("dbz", "nginxish"),
        ("a", "nginx.io/b:redis"),
    ],
)
def test_game_servers_and_what_is_unknown_are_fast(name: str, image: str) -> None:
    limit = Timeouts(fast=1, slow=2).look(name, image)
    assert (limit.seconds, limit.source) == (1, Source.FAST)


def test_the_old_programs_defaults_hold() -> None:
    assert (Timeouts().look("minecraft").seconds, Timeouts().look("postgres").seconds) == (45, 60)
    assert (Timeouts().general, Timeouts().action("minecraft").seconds) == (30, 30)


@given(fast=SECONDS, slow=SECONDS, action=SECONDS)
def test_what_is_set_is_kept_to_exactly_as_set(fast: float, slow: float, action: float) -> None:
    timeouts = Timeouts(action, fast=fast, slow=slow)
    assert timeouts.look("minecraft").seconds == fast
    assert timeouts.look("postgres").seconds == slow
    assert timeouts.general == timeouts.action("postgres").seconds == timeouts.action("x", 500.0).seconds == action


@given(name=NAMES, exact=SECONDS, pattern=SECONDS, later=SECONDS)
def test_the_exact_name_goes_over_the_first_pattern_and_that_over_everything_else(
    name: str, exact: float, pattern: float, later: float
) -> None:
    patterns = {f"{name}*": pattern, "*": later}
    both = Timeouts(1.0, fast=2.0, slow=3.0, named={**patterns, name: exact})
    for limit in (both.look(name, "postgres"), both.action(name), both.action(name, 300.0)):
        assert (limit.seconds, limit.source, limit.by) == (exact, Source.NAME, name)
    for limit in (Timeouts(1.0, named=patterns).look(name, "postgres"), Timeouts(1.0, named=patterns).action(name)):
        assert (limit.seconds, limit.source, limit.by) == (pattern, Source.PATTERN, f"{name}*")
    other = Timeouts(named=patterns).look(f"-{name}")
    assert (other.seconds, other.by) == (later, "*")


def test_case_matters_and_a_star_stands_for_any_signs_and_a_question_mark_for_one() -> None:
    timeouts = Timeouts(fast=1, named={"Web": 7, "game*": 8, "a?c": 9})
    names = ("Web", "web", "game", "game-2", "my-game", "Game", "abc", "ac")
    assert [timeouts.look(name).seconds for name in names] == [7, 1, 8, 8, 1, 1, 9, 1]


@given(stop=st.floats(0, 3600))
def test_where_nothing_is_set_a_stop_gets_what_the_container_needs_within_ten_minutes(stop: float) -> None:
    limit = Timeouts().action("x", stop)
    assert limit.needs == stop + MARGIN
    assert limit.seconds == min(max(stop + MARGIN, ACTION), LONGEST)
    assert limit.source is (Source.OWN if stop + MARGIN > ACTION else Source.DEFAULT)
    assert limit.too_short == (limit.needs > LONGEST)


@given(seconds=SECONDS, stop=st.one_of(st.floats(0, 3600), st.just(math.inf)))
def test_a_limit_that_is_set_too_short_is_kept_and_told(seconds: float, stop: float) -> None:
    for timeouts in (Timeouts(seconds), Timeouts(named={"x": seconds}), Timeouts(named={"*": seconds})):
        limit = timeouts.action("x", stop)
        assert limit.seconds == seconds
        assert limit.too_short == (seconds < stop + MARGIN)
    assert not Timeouts(seconds).action("x").too_short


def test_a_container_that_is_never_killed_gets_ten_minutes_and_that_may_be_too_short() -> None:
    limit = Timeouts().action("x", math.inf)
    assert (limit.seconds, limit.source, limit.too_short) == (LONGEST, Source.OWN, True)


@given(named=st.dictionaries(NAMES | st.just("*") | st.just("a*"), SECONDS, max_size=4), name=NAMES, stop=SECONDS)
def test_nothing_gets_more_than_the_longest_that_the_connection_is_made_for(
    named: dict[str, float], name: str, stop: float
) -> None:
    for timeouts in (Timeouts(named=named), Timeouts(5.0, named=named)):
        assert timeouts.look(name).seconds <= timeouts.longest_look
        assert timeouts.general <= timeouts.longest_look
        assert timeouts.action(name, stop).seconds <= timeouts.longest_action


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan])
def test_a_limit_that_is_none_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Timeouts(wrong)
    with pytest.raises(ValueError, match="above 0"):
        Timeouts(fast=wrong)
    with pytest.raises(ValueError, match="above 0"):
        Timeouts(slow=wrong)
    with pytest.raises(ValueError, match="above 0"):
        Timeouts(named={"x": wrong})
