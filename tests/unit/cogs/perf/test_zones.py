"""Time zones are offered and understood as people type them."""

from __future__ import annotations

from datetime import UTC, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.perf.arguments import BadInput
from cogs.perf.planning import Wish, plan
from cogs.perf.schedule import Kind, Schedule
from cogs.perf.zones import NoSuchZone, check_zone, suggest_zones, zone_of


def test_a_city_comes_before_a_region() -> None:
    assert suggest_zones("ber")[0] == "Europe/Berlin"
    assert suggest_zones("new york") == ["America/New_York"]


def test_the_usual_zones_are_offered_before_anything_is_typed() -> None:
    offered = suggest_zones("")
    assert offered[0] == "UTC"
    assert "Europe/Berlin" in offered


@given(st.text(max_size=5))
def test_never_more_is_offered_than_discord_takes(typed: str) -> None:
    offered = suggest_zones(typed)
    assert len(offered) <= 25
    assert all(len(name) <= 100 for name in offered)


@pytest.mark.parametrize(
    ("typed", "name"), [("UTC", "UTC"), (" europe/berlin ", "Europe/Berlin"), ("America/new york", "America/New_York")]
)
def test_a_zone_is_known_by_its_name_whatever_the_case(typed: str, name: str) -> None:
    assert check_zone(typed) == name


@pytest.mark.parametrize("typed", ["Berlin/Europe", "../../etc/passwd", "/etc/localtime", "", "\0", "CEST+2"])
def test_what_is_no_zone_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="is no time zone I know"):
        check_zone(typed)


def test_a_near_miss_is_answered_with_what_was_meant() -> None:
    with pytest.raises(BadInput, match="Did you mean `Europe/Berlin`"):
        check_zone("berlin")


@pytest.mark.usefixtures("no_time_zones")
def test_a_computer_without_time_zones_knows_utc_and_says_what_to_install() -> None:
    assert [zone_of(name) for name in ("UTC", "Etc/UTC")] == [UTC, UTC]
    assert check_zone("utc") == "UTC"
    assert suggest_zones("") == ["UTC"]
    with pytest.raises(BadInput, match="`pip install tzdata`"):
        check_zone("Europe/Berlin")
    with pytest.raises(NoSuchZone) as caught:
        zone_of("Europe/Berlin")
    assert "`Europe/Berlin` any more. `pip install tzdata`" in caught.value.user_message


@pytest.mark.usefixtures("no_time_zones")
def test_a_schedule_is_not_moved_while_its_zone_is_unknown() -> None:
    present = Schedule(1, 2, time(9), "Europe/Berlin", 5.0)
    with pytest.raises(BadInput, match="`Europe/Berlin` is no time zone I know"):
        plan(Wish(Kind.DAILY, at="10:00"), 1, [present], 6.0)
    assert plan(Wish(Kind.DAILY, zone="UTC"), 1, [present], 6.0) == Schedule(1, 2, time(9), "UTC", 6.0)
