"""When an alarm is told: pure steps, and what must hold of any course of ringing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from cogs.perf.goals.alarms import COOLDOWN, step
from cogs.perf.goals.book import Book, Kept, Kind, Notice
from utils.metrics.analysis.goals import Goal

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY = (1, "op")
KEPT = Kept(1, Goal("op", success=0.99), None, 0.0)
BOOK = Book(goals=(KEPT,), channels={1: 50})
MINUTE, HOUR = 60.0, 3_600.0


def told(book: Book) -> list[tuple[Kind, float]]:
    return [(notice.kind, notice.at) for notice in book.notices]


def tried(book: Book) -> Book:
    return replace(book, notices=tuple(replace(notice, tried=notice.at) for notice in book.notices))


def run(book: Book, course: Sequence[tuple[float, bool]]) -> tuple[Book, list[Notice]]:
    """Go through moments; every message is posted at once."""
    posted: list[Notice] = []
    for now, rings in course:
        book = step(book, {KEY: rings}, now)
        posted += book.notices
        book = replace(book, notices=())
    return book, posted


def test_one_message_when_it_rings_and_one_when_it_ends() -> None:
    _, posted = run(BOOK, [(10, False), (20, True), (30, True), (40, False), (50, False)])
    assert [(notice.kind, notice.began, notice.at) for notice in posted] == [(Kind.RING, 20, 20), (Kind.END, 20, 40)]
    assert {notice.channel_id for notice in posted} == {50}


def test_nothing_new_gives_back_the_same_book() -> None:
    quiet = step(BOOK, {KEY: False}, 10)
    ringing = step(BOOK, {KEY: True}, 10)
    assert quiet is BOOK
    assert step(ringing, {KEY: True}, 20) is ringing


def test_what_rings_again_within_the_cooldown_is_not_told_nor_its_end() -> None:
    course = [(0.0, True), (MINUTE, False), (2 * MINUTE, True), (3 * MINUTE, False)]
    _, posted = run(BOOK, course)
    assert [notice.kind for notice in posted] == [Kind.RING, Kind.END]


def test_what_still_rings_after_the_cooldown_is_told_then() -> None:
    course = [(0.0, True), (MINUTE, False), (HOUR, True), (COOLDOWN - 1, True), (COOLDOWN, True), (COOLDOWN + 9, False)]
    _, posted = run(BOOK, course)
    assert [(notice.kind, notice.began, notice.at) for notice in posted[2:]] == [
        (Kind.RING, HOUR, COOLDOWN),
        (Kind.END, HOUR, COOLDOWN + 9),
    ]


def test_a_ringing_that_ended_before_its_message_could_be_tried_is_told_not_at_all() -> None:
    book = step(step(BOOK, {KEY: True}, 10), {KEY: False}, 20)
    assert told(book) == []
    assert told(step(book, {KEY: True}, 30)) == [(Kind.RING, 30)], "and nothing keeps the next one quiet"


def test_a_message_that_was_tried_may_be_there_so_its_end_is_told_too() -> None:
    book = step(tried(step(BOOK, {KEY: True}, 10)), {KEY: False}, 20)
    assert told(book) == [(Kind.RING, 10), (Kind.END, 20)]


def test_without_a_channel_nothing_is_told_until_one_is_set_while_it_rings() -> None:
    book = step(replace(BOOK, channels={}), {KEY: True}, 10)
    assert told(book) == []
    book = step(book.with_channel(1, 70), {KEY: True}, 20)
    (notice,) = book.notices
    assert (notice.channel_id, notice.began, notice.at) == (70, 10, 20)


def test_a_goals_own_channel_goes_over_the_servers() -> None:
    book = step(BOOK.with_goal(replace(KEPT, channel_id=60)), {KEY: True}, 10)
    assert [notice.channel_id for notice in book.notices] == [60]


def test_a_removed_goal_takes_its_alarm_and_its_messages_along() -> None:
    book = step(BOOK, {KEY: True}, 10).without_goal(KEY)
    assert (book.goals, book.alarms, book.notices) == ((), {}, ())
    assert step(book, {KEY: True}, 20) is book


@given(st.lists(st.tuples(st.floats(1, 3 * HOUR), st.booleans()), max_size=40))
def test_whatever_comes_messages_alternate_and_ringings_are_told_a_cooldown_apart(
    steps: list[tuple[float, bool]],
) -> None:
    now, course = 0.0, []
    for pause, rings in steps:
        now += pause
        course.append((now, rings))
    _, posted = run(BOOK, course)
    kinds = [notice.kind for notice in posted]
    assert kinds == [Kind.RING if index % 2 == 0 else Kind.END for index in range(len(kinds))]
    rang = [notice.at for notice in posted if notice.kind is Kind.RING]
    assert all(after - before >= COOLDOWN for before, after in pairwise(rang))
