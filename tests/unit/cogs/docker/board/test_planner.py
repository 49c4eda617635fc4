"""The pace of the edits holds whatever happens, and the last change is shown in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.board.planner import Content, Pace, Planner

PACE = Pace()
A, B = Content("a"), Content("b")


@dataclass
class Try:
    began: float
    ended: float
    content: Content
    well: bool


@dataclass
class Course:
    """A driver as simple as can be: it waits until something is due, tries, and tells the planner."""

    planner: Planner = field(default_factory=Planner)
    now: float = 0.0
    tries: list[Try] = field(default_factory=list)

    def run(self, wanted: Content, until: float, answers: list[tuple[float, str]]) -> None:
        """Let time pass with one content; each try takes the next answer: how long it lasts, and how it ends."""
        while (due := max(self.planner.due(wanted), self.now)) <= until:
            lasted, ending = answers.pop() if answers else (0.1, "well")
            ended = due + lasted
            self.tries.append(Try(due, ended, wanted, ending == "well"))
            if ending == "well":
                self.planner.sent(wanted, ended)
            else:
                self.planner.failed(ended, 40.0 if ending == "wait" else 0.0)
            self.now = ended
        self.now = max(self.now, until)


CONTENTS = st.builds(Content, st.sampled_from("abc"), st.sampled_from("xyz"))
STEPS = st.lists(st.tuples(CONTENTS, st.floats(0.01, 200)), min_size=1, max_size=40)
ANSWERS = st.lists(st.tuples(st.floats(0, 30), st.sampled_from(["well", "well", "fails", "wait"])), max_size=40)


def walk(steps: list[tuple[Content, float]], answers: list[tuple[float, str]]) -> Course:
    course = Course()
    for content, seconds in steps:
        course.run(content, course.now + seconds, answers)
    return course


@given(STEPS, ANSWERS)
def test_there_is_never_more_than_one_try_in_any_five_seconds(
    steps: list[tuple[Content, float]], answers: list[tuple[float, str]]
) -> None:
    course = walk(steps, answers)
    assert all(later.began >= earlier.ended + PACE.edit for earlier, later in pairwise(course.tries))


@given(STEPS, ANSWERS)
def test_the_last_change_is_shown_in_the_end(
    steps: list[tuple[Content, float]], answers: list[tuple[float, str]]
) -> None:
    course = walk(steps, answers)
    last = steps[-1][0]
    course.run(last, course.now + PACE.longest_pause * 41, answers)
    assert course.tries[-1].well
    assert course.tries[-1].content == last


@given(STEPS)
def test_figures_alone_are_sent_once_a_minute_at_most(steps: list[tuple[Content, float]]) -> None:
    course = walk([(Content("same", content.figures), seconds) for content, seconds in steps], [])
    assert all(later.began >= earlier.ended + PACE.figures for earlier, later in pairwise(course.tries))


@given(st.floats(0, 5000))
def test_without_a_change_there_are_signs_of_life_and_nothing_else(seconds: float) -> None:
    course = walk([(A, seconds)], [])
    assert all(later.began >= earlier.ended + PACE.life for earlier, later in pairwise(course.tries))
    assert len(course.tries) == 1 + int(seconds // (PACE.life + 0.1))


def test_a_burst_becomes_one_edit_that_shows_its_end() -> None:
    course = Course()
    course.run(A, 100, [])
    for number in range(50):
        course.run(Content(f"burst {number}"), 100 + number * 0.05, [])
    course.run(Content("burst 49"), 130, [])
    assert [each.content.facts for each in course.tries] == ["a", "burst 0", "burst 49"]


def test_what_comes_back_before_it_was_shown_is_not_sent() -> None:
    course = Course()
    course.run(A, 1, [])
    course.run(B, 2, [])
    course.run(A, 60, [])
    assert [each.content for each in course.tries] == [A]


def test_the_pause_doubles_with_each_failure_up_to_its_longest_and_is_short_again_after_a_success() -> None:
    planner, now, pauses = Planner(), 0.0, []
    for _ in range(8):
        planner.failed(now)
        pauses.append(planner.due(A) - now)
    assert pauses == [10, 20, 40, 80, 160, 300, 300, 300]
    planner.sent(A, now)
    planner.failed(now)
    assert planner.due(A) == 10


def test_discords_own_wish_for_a_pause_is_kept() -> None:
    planner = Planner()
    planner.failed(100.0, retry_after=1000.0)
    assert planner.due(A) == 1100.0


def test_a_lost_message_is_posted_anew_at_once_but_not_twice_in_a_minute() -> None:
    planner = Planner()
    planner.sent(A, 0.0, posted=True)
    planner.lost(10.0)
    assert planner.due(A) == 60.0
    planner.sent(A, 60.0, posted=True)
    planner.lost(500.0)
    assert planner.due(A) == 500.0


def test_what_is_shown_after_a_failure_is_not_known_so_it_is_sent_again() -> None:
    planner = Planner()
    planner.sent(A, 0.0)
    planner.failed(20.0)
    assert planner.due(A) == 30.0


def test_how_long_a_message_lives_is_counted_from_its_post() -> None:
    planner = Planner()
    planner.sent(A, 100.0, posted=True)
    planner.sent(B, 200.0)
    assert planner.lived(250.0) == 150.0
