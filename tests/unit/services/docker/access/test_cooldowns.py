from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker import Action, Busy, ContainerNotFound, EngineError, TooSoon
from services.docker.access.cooldowns import Cooldowns, Key

SECONDS = {Action.START: 10.0, Action.RESTART: 15.0}
WEB = Key(1, "id-of-web", Action.START, "web")


def test_the_same_again_has_to_wait_and_is_told_how_long() -> None:
    cooldowns = Cooldowns(SECONDS)
    cooldowns.charge(WEB, 100.0)
    with pytest.raises(TooSoon, match=r"a start of `web` a moment ago\. Try again in 3 s\.") as caught:
        cooldowns.charge(WEB, 107.5)
    assert caught.value.seconds == 2.5
    cooldowns.charge(WEB, 110.0)


@pytest.mark.parametrize(
    "other", [Key(2, "id-of-web", Action.START), Key(1, "id-of-db", Action.START), Key(1, "id-of-web", Action.RESTART)]
)
def test_another_person_container_or_action_does_not_wait(other: Key) -> None:
    cooldowns = Cooldowns(SECONDS)
    cooldowns.charge(WEB, 0.0)
    cooldowns.charge(other, 0.0)


def test_a_new_name_is_no_way_round() -> None:
    cooldowns = Cooldowns(SECONDS)
    cooldowns.charge(WEB, 0.0)
    with pytest.raises(TooSoon):
        cooldowns.check(Key(1, "id-of-web", Action.START, "renamed"), 1.0)


def test_an_action_without_a_cooldown_never_waits() -> None:
    cooldowns = Cooldowns({Action.START: 0.0})
    for action in (Action.START, Action.STOP):
        cooldowns.charge(Key(1, "x", action), 0.0)
        cooldowns.charge(Key(1, "x", action), 0.0)


def test_what_was_never_begun_is_given_back_and_what_failed_is_not() -> None:
    cooldowns = Cooldowns(SECONDS)
    for error in (Busy(3), ContainerNotFound("web")):
        with pytest.raises(type(error)), cooldowns.charged(WEB, 0.0):
            raise error
    with pytest.raises(EngineError), cooldowns.charged(WEB, 0.0):
        raise EngineError(500, "no")
    with pytest.raises(TooSoon), cooldowns.charged(WEB, 1.0):
        raise AssertionError("nothing may be done")


def test_giving_back_an_old_charge_leaves_a_later_one() -> None:
    cooldowns = Cooldowns(SECONDS)
    first = cooldowns.charge(WEB, 0.0)
    cooldowns.charge(WEB, 20.0)
    cooldowns.give_back(WEB, first)
    with pytest.raises(TooSoon):
        cooldowns.check(WEB, 21.0)


def test_what_is_over_is_forgotten_in_the_long_run() -> None:
    cooldowns = Cooldowns(SECONDS)
    for number in range(5000):
        cooldowns.charge(Key(number, "x", Action.START), float(number))
    assert len(cooldowns._until) <= 1001


@given(st.lists(st.tuples(st.integers(1, 2), st.floats(0, 8)), max_size=40))
def test_between_two_that_are_accepted_lies_at_least_the_cooldown(steps: list[tuple[int, float]]) -> None:
    cooldowns = Cooldowns(SECONDS)
    now, last = 0.0, dict[int, float]()
    for user, pause in steps:
        now += pause
        ready = user not in last or now >= last[user] + 10.0
        try:
            cooldowns.charge(Key(user, "x", Action.START), now)
        except TooSoon:
            assert not ready
        else:
            assert ready
            last[user] = now
