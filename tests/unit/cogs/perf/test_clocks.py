"""A wall clock that jumps is believed at the second look."""

from __future__ import annotations

import pytest

from cogs.perf.clocks import JUMP, Clocks


class Two:
    """Two clocks to be set by hand."""

    def __init__(self) -> None:
        self.wall, self.run = 1e9, 5.0
        self.clocks = Clocks(lambda: self.wall, lambda: self.run)

    def look(self, wall: float, run: float) -> bool:
        """Let the clocks go on by so many seconds, and look at them."""
        self.wall += wall
        self.run += run
        return self.clocks.settled()


def test_clocks_that_go_together_are_settled() -> None:
    two = Two()
    assert two.look(60, 60)
    assert two.look(7200, 7200)


def test_a_clock_that_is_put_right_bit_by_bit_is_followed() -> None:
    two = Two()
    assert all(two.look(60 + JUMP - 1, 60) for _ in range(20))


@pytest.mark.parametrize("jump", [JUMP + 1, -JUMP - 1, 3e7, -3e7])
def test_a_jump_is_believed_at_the_second_look(jump: float) -> None:
    two = Two()
    assert not two.look(60 + jump, 60)
    assert two.look(60, 60)
    assert two.look(60, 60)


def test_a_jump_and_back_is_never_believed() -> None:
    two = Two()
    assert not two.look(60 + 3e6, 60)
    assert two.look(60 - 3e6, 60)
    assert not two.look(60 + 3e6, 60)


def test_a_clock_that_jumps_on_and_on_is_not_believed_before_it_rests() -> None:
    two = Two()
    assert [two.look(60 + 1e4, 60) for _ in range(3)] == [False] * 3
    assert two.look(60, 60)


def test_a_clock_that_was_wrong_at_the_start_is_put_right() -> None:
    two = Two()
    assert not two.look(60 - 3e7, 60)
    assert two.look(60, 60)
