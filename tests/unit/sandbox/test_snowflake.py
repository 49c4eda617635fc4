from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import ManualClock
from sandbox.snowflake import SnowflakeFactory, at, moment

MILLISECONDS = st.integers(1_420_070_400_000, 4_000_000_000_000)


@given(MILLISECONDS)
def test_a_snowflake_tells_the_millisecond_of_its_making(milliseconds: int) -> None:
    assert abs(moment(at(milliseconds / 1000)) - milliseconds / 1000) < 0.0011


@given(st.lists(st.floats(-5, 5, allow_nan=False), max_size=50))
def test_ids_always_grow_even_when_the_clock_stands_or_steps_back(steps: list[float]) -> None:
    clock = ManualClock(1_700_000_000)
    ids = SnowflakeFactory(clock)
    made = [int(ids.next())]
    for step in steps:
        clock.advance(step)
        made.append(int(ids.next()))

    assert made == sorted(set(made))


def test_a_known_snowflake_has_its_known_time() -> None:
    assert moment(175928847299117063) == 1462015105.796
