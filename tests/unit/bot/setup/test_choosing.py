"""From what was typed to a server, a channel, a time, a zone."""

from __future__ import annotations

import contextlib
import json
from datetime import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_rest import Guild
from bot.metrics_cli.codes import Ending
from bot.setup.asking import AnswersFile, Wrong
from bot.setup.choosing import guessed_zone, pick, time_of, yes_or_no, zone_named

if TYPE_CHECKING:
    from pathlib import Path

HOME, CLUB, OTHER_CLUB = Guild(900, "Home"), Guild(901, "Club"), Guild(902, "Club")


@pytest.mark.parametrize("typed", ["1", "900", "Home", "home", "#Home", " home "])
def test_a_number_an_id_and_a_name_all_mean_it(typed: str) -> None:
    assert pick(typed, [HOME, CLUB]) is HOME


@given(st.text())
def test_whatever_is_typed_is_one_of_them_or_told_to_be_wrong(typed: str) -> None:
    found = None
    with contextlib.suppress(Wrong):  # and nothing else
        found = pick(typed, [HOME, CLUB, OTHER_CLUB])
    assert found in (None, HOME, CLUB, OTHER_CLUB)


def test_a_name_that_two_have_asks_for_the_id() -> None:
    with pytest.raises(Wrong, match="901, 902"):
        pick("club", [HOME, CLUB, OTHER_CLUB])


def test_times_zones_and_yes_are_read_or_told_to_be_wrong() -> None:
    assert time_of("9:05") == time(9, 5)
    assert time_of("OFF") is None
    assert zone_named("europe/berlin") == "Europe/Berlin"
    assert (yes_or_no("Yes"), yes_or_no("n")) == (True, False)
    for read in (time_of, zone_named, yes_or_no):
        with pytest.raises(Wrong):
            read("what?")


def test_the_zone_is_that_of_tz_else_of_the_machine_else_utc(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    assert guessed_zone({"TZ": "Europe/Paris"}, link) == "Europe/Paris"
    assert guessed_zone({"TZ": ":Europe/Paris"}, link) == "Europe/Paris"
    assert guessed_zone({"TZ": "Mars/Crater"}, link) == "Asia/Tokyo"
    assert guessed_zone({}, link) == "Asia/Tokyo"
    assert guessed_zone({}, tmp_path / "none") == "UTC"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is no JSON"),
        ("[]", "one JSON object"),
        ('{"tokens": 1}', "nothing asks for tokens"),
        (None, "can't be read"),
    ],
)
def test_a_wrong_file_of_answers_is_told(tmp_path: Path, content: str | None, told: str) -> None:
    path = tmp_path / "answers.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Ending, match=told):
        AnswersFile(path)


def test_a_wrong_answer_in_a_file_ends_it_with_its_key_and_without_the_answer(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"token": "a secret", "time": True}))
    asker = AnswersFile(path)

    def never(_typed: str) -> str:
        raise Wrong("Copy it again.")

    with pytest.raises(Ending) as caught:
        asker.ask("token", "Token", never, secret=True)
    assert caught.value.message == f"{path}, `token`: Copy it again."
    with pytest.raises(Ending, match="`time`: write a text"):
        asker.ask("time", "When", str)
    with pytest.raises(Ending, match="lacks `guild`: Which"):
        asker.ask("guild", "Which", str)
    assert asker.ask("channel", "Where", str, default="none") == "none"
