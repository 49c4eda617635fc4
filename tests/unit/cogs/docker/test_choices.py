from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.choices import choices
from services.docker import Action, Container, State


def made(**states: str) -> list[Container]:
    return [
        Container(id=f"{number:064x}", name=name, image="x", state=State(state))
        for number, (name, state) in enumerate(states.items())
    ]


def names(containers: list[Container], typed: str, action: Action) -> list[str]:
    return [str(choice.value) for choice in choices(containers, typed, action)]


def test_a_choice_shows_the_state_and_gives_the_name() -> None:
    (choice,) = choices(made(nginx="running"), "", Action.INFO)
    assert (choice.name, choice.value) == ("nginx · running", "nginx")


def test_names_that_begin_with_what_is_typed_come_before_those_that_hold_it() -> None:
    containers = made(song="running", nginx="running", other="running", NGO="running")
    assert names(containers, "ng", Action.INFO) == ["NGO", "nginx", "song"]


def test_containers_for_which_the_action_makes_sense_come_first() -> None:
    containers = made(a="running", b="exited", c="paused", d="created")
    assert names(containers, "", Action.START) == ["b", "d", "a", "c"]
    assert names(containers, "", Action.STOP) == ["a", "c", "b", "d"]
    assert names(containers, "", Action.RESTART) == ["a", "c", "b", "d"]
    assert names(containers, "", Action.INFO) == ["a", "b", "c", "d"]


def test_a_name_longer_than_a_choice_may_be_is_cut_in_the_middle_and_stands_for_its_id() -> None:
    containers = made(**{"x" * 200: "running", "y" * 100: "running"})
    first, second = choices(containers, "", Action.INFO)
    assert first.value == containers[0].id
    assert second.value == "y" * 100
    assert "…" in first.name


@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=255), st.sampled_from(list(State))), max_size=60),
    st.text(max_size=5),
    st.sampled_from(list(Action)),
)
def test_whatever_there_is_discord_takes_the_choices(
    found: list[tuple[str, State]], typed: str, action: Action
) -> None:
    containers = [Container(id="a" * 64, name=name, image="x", state=state) for name, state in found]
    offered = choices(containers, typed, action)
    assert len(offered) <= 25
    for choice in offered:
        assert 1 <= len(choice.name) <= 100
        assert 1 <= len(str(choice.value)) <= 100
