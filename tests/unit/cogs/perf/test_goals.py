"""What `/perf goal` and its alarms say: goals met, missed, burning, not called, and many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cogs.perf.goals.book import Book, Kept, Kind, Notice
from cogs.perf.reports.goals import Goals, alarm, bar, goal_set
from tests.unit.golden import NOW
from utils.metrics.goals import Goal, read

if TYPE_CHECKING:
    from collections.abc import Callable

    import discord

    from cogs.perf.screen import Screen
    from tests.unit.golden import Filled
    from utils.performance_metrics import PerformanceMetrics

DOCKER = Goal("docker_operation", percentile=0.95, threshold=2.0, success=0.99)


def kept(goal: Goal, channel: int | None = None) -> Kept:
    return Kept(1, goal, channel, NOW)


@pytest.fixture
def used(fill: Filled) -> None:
    """One operation that is fine, one that burns, one that is spent."""
    fill("config_load", [0.002] * 900, ago=100)
    fill("config_load", [0.002] * 2, ago=50_000, outcome="error")
    fill("docker_operation", [0.4, 0.5] * 300, ago=40_000)
    fill("docker_operation", [2.5] * 12, ago=60)
    fill("docker_operation", [0.4] * 20, ago=800)
    fill("token_decrypt", [0.1] * 30, ago=100_000)
    fill("token_decrypt", [0.1] * 9, ago=200_000, outcome="error")


BOOK = Book(
    goals=(
        kept(DOCKER),
        kept(Goal("config_load", success=0.99), 60),
        kept(Goal("token_decrypt", success=0.95, days=14)),
        kept(Goal("**not `yet` called** @everyone", percentile=0.99, threshold=0.1)),
        Kept(2, Goal("of_another_server", success=0.9), None, NOW),
    ),
    channels={1: 50},
)


@pytest.mark.usefixtures("used")
def test_goals_met_burning_missed_and_not_called(
    drawn: Callable[[Screen], str], golden: Callable[[str, str], None]
) -> None:
    golden("goals", drawn(Goals(BOOK, 1)))


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize(
    ("goal", "verdict", "state"),
    [
        (DOCKER, "**The one goal burns too fast.**", "**▲ burning**"),
        (Goal("docker_operation", percentile=0.99, threshold=2), "**The one goal is not met and burns too fast.**",
         "**▲ burning, ✗ not met**"),
        (Goal("token_decrypt", success=0.95), "**The one goal is not met.**", "**✗ not met**"),
        (Goal("config_load", success=0.99), "The one goal is met.", "✓ met"),
    ],
)  # fmt: skip
def test_one_goal_alone_is_told_as_one(drawn: Callable[[Screen], str], goal: Goal, verdict: str, state: str) -> None:
    text = drawn(Goals(Book(goals=(kept(goal, 60),)), 1))
    assert verdict in text
    assert f"`{goal.operation}` {state}\n" in text
    assert "nowhere" not in text, "its alarms have a channel of their own"


def test_no_goal_says_how_to_set_one(drawn: Callable[[Screen], str]) -> None:
    assert "No goal is set here. Set one with `/perf goal set" in drawn(Goals(BOOK, 3))


@pytest.mark.usefixtures("large")
def test_thirty_goals_with_long_names_turn_pages(
    drawn: Callable[[Screen], str], metrics: PerformanceMetrics, golden: Callable[[str, str], None]
) -> None:
    metrics.health()
    many = Book(goals=tuple(kept(Goal(name, success=0.999)) for name in metrics.get_operations()))
    golden("goals-large", drawn(Goals(many, 1, page=2)))


def test_what_is_in_the_way_of_alarms_and_of_the_file_is_told(drawn: Callable[[Screen], str]) -> None:
    text = drawn(Goals(BOOK, 1, {(1, "config_load"): "I may not write to the channel."}, "The file was damaged."))
    assert "⚠ I may not write to the channel." in text
    assert "⚠ The file was damaged." in text
    assert "⚠ The file was damaged." in drawn(Goals(Book(), 1, damage="The file was damaged."))


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("kind", list(Kind))
def test_an_alarm_that_rings_and_one_that_ends(
    metrics: PerformanceMetrics,
    golden: Callable[[str, str], None],
    text_of: Callable[[discord.Embed], str],
    kind: Kind,
) -> None:
    notice = Notice(1, "docker_operation", kind, 50, NOW - 3_900, NOW)
    golden(f"goal-{kind.value}", text_of(alarm(notice, read(metrics, DOCKER, NOW)).build()))


@pytest.mark.usefixtures("used")
def test_a_goal_that_was_set_tells_what_it_means_and_how_it_stands(
    metrics: PerformanceMetrics, text_of: Callable[[discord.Embed], str]
) -> None:
    text = text_of(goal_set(read(metrics, DOCKER, NOW), 50, known=True).build())
    assert "**95 of 100 calls within 2 s, and 99 of 100 succeed, over 30 days.**" in text
    assert "speed `██████░░░░` **62 %** left · 12 of 632 too slow" in text
    assert "Alarms are posted in <#50>" in text


def test_a_goal_for_what_is_not_measured_yet_says_so_and_names_what_may_have_been_meant(
    metrics: PerformanceMetrics, text_of: Callable[[discord.Embed], str]
) -> None:
    stand = read(metrics, Goal("docker_opration", success=0.99), NOW)
    text = text_of(goal_set(stand, None, known=False, near=("docker_operation",)).build())
    assert "Nothing was measured under this name yet" in text
    assert "Did you mean `docker_operation`?" in text
    assert "No alarms are posted" in text


@pytest.mark.parametrize(
    ("left", "drawn_bar"),
    [(1.0, "██████████"), (0.5, "█████░░░░░"), (0.01, "█░░░░░░░░░"), (0.0, "░" * 10), (-3.0, "░" * 10)],
)
def test_a_bar_shows_what_is_left_and_a_small_rest_is_never_nothing(left: float, drawn_bar: str) -> None:
    assert bar(left) == f"`{drawn_bar}`"
