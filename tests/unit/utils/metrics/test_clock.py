from __future__ import annotations

import math
import time

import pytest

from utils.metrics.clock import Clock, SystemClock, WallOffset


def test_the_systems_clock_tells_the_date_and_never_goes_back() -> None:
    clock: Clock = SystemClock()
    before = time.time()
    assert before <= clock.wall() <= time.time()
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


class Hands:
    """A clock whose hands the test turns, each by itself; its monotonic one may move while it is read."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.ticks = 50.0
        self.slips: list[float] = []

    def wall(self) -> float:
        return self.now

    def monotonic(self) -> float:
        if self.slips:
            self.ticks += self.slips.pop()
        return self.ticks

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.ticks += seconds


def test_a_moment_is_told_by_both_hands_together() -> None:
    hands = Hands()
    offset = WallOffset(hands)
    assert hands.ticks + offset.look() == hands.now
    hands.pass_time(5_000)
    assert hands.ticks + offset.look() == hands.now


def test_small_corrections_of_the_wall_clock_change_nothing_until_they_add_up() -> None:
    hands = Hands()
    offset = WallOffset(hands)
    first = offset.look()
    for correction in (0.0004, -0.0009, 0.0005):
        hands.now += correction
        hands.pass_time(0.04)
        assert offset.look() == first
    hands.now += 0.003
    hands.pass_time(0.04)
    assert offset.look() == first
    hands.pass_time(0.04)
    assert abs(offset.look() - first - 0.003) < 1e-6


@pytest.mark.parametrize("jump", [3_600.0, -3_600.0, 8 * 3_600.0])
def test_a_jump_counts_for_what_ends_after_it_was_noticed(jump: float) -> None:
    hands = Hands()
    offset = WallOffset(hands)
    before = offset.look()
    hands.pass_time(0.03)
    # Somebody sets the clock, or the machine sleeps, in which the monotonic hand stands still.
    hands.now += jump
    hands.pass_time(0.01)
    assert offset.look() == before
    hands.pass_time(0.04)
    assert math.isclose(offset.look(), before + jump, abs_tol=1e-6)
    assert math.isclose(hands.ticks + offset.look(), hands.now, abs_tol=1e-6)


def test_who_did_not_look_for_long_takes_the_clock_as_it_is() -> None:
    hands = Hands()
    offset = WallOffset(hands)
    before = offset.look()
    hands.pass_time(60)
    hands.now += 3_600
    assert offset.look() == before + 3_600


def test_hands_that_move_apart_while_they_are_read_are_read_again() -> None:
    hands = Hands()
    hands.slips = [0.0, 0.0, 0.0, 7.0, 0.0, 0.0, 5.0, 0.0]  # from the end: the first two readings are torn apart
    assert WallOffset(hands).look() == hands.now - hands.ticks
