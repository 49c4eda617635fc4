"""The status message fits whatever there is, and differs only where something differs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.board.drawing import MOST_SHOWN, Drawing, container_line
from cogs.docker.board.lookout import Sight
from cogs.perf.kit import BAD, FINE, LOOK, units
from services.docker import Container, Health, State
from services.docker.live import Sample

MOMENT = datetime(2025, 11, 24, 5, 34, tzinfo=UTC)
STAMP = int(MOMENT.timestamp())


def container(name: str, state: State = State.RUNNING, **more: Any) -> Container:  # noqa: ANN401 - handed on
    return Container(id=name.ljust(64, "0"), name=name, image="x", state=state, **more)


def drawing(*containers: Container, away: float | None = None, silent: bool = False) -> Drawing:
    since = {one.id: MOMENT for one in containers}
    return Drawing(Sight(containers, since, away, silent), containers)


def test_a_line_tells_sign_name_state_since_and_health() -> None:
    since = {container("web").id: MOMENT}
    assert container_line(container("web", health=Health.HEALTHY), since) == (
        f"● `web` running since <t:{STAMP}:R> · healthy"
    )
    assert container_line(container("web", State.EXITED, status="Exited (137) 2 hours ago"), since) == (
        f"○ `web` exited <t:{STAMP}:R> (137)"
    )
    assert container_line(container("web", State.EXITED, status="Exited (0) 2 hours ago"), {}) == "○ `web` exited"


def test_what_needs_a_look_comes_first_and_colours_the_message() -> None:
    embed = drawing(container("a"), container("z", health=Health.UNHEALTHY), container("y", State.RESTARTING)).embed(0)
    lines = (embed.description or "").splitlines()
    assert [line.split("`")[1] for line in lines[:3]] == ["y", "z", "a"]
    assert embed.colour == LOOK
    assert drawing(container("a")).embed(0).colour == FINE


def test_an_engine_that_is_silent_or_away_is_told_before_the_last_known_state() -> None:
    for silent, words in ((True, "does not answer"), (False, "can't be reached")):
        embed = drawing(container("a"), away=1000.7, silent=silent).embed(2000.9)
        assert (embed.description or "").splitlines() == [
            f"⚠ **Docker {words}** since <t:1000:R>.",
            "This is how it was before; it may have changed.",
            "",
            f"● `a` running since <t:{STAMP}:R>",
            "",
            "Updated <t:2000:R>",
        ]
        assert embed.colour == BAD


def test_the_time_of_the_update_alone_is_no_change_and_a_state_is_one() -> None:
    one, other = drawing(container("a")), drawing(container("a", State.PAUSED))
    assert one.embed(1.0) != one.embed(2.0)
    assert one.content() == drawing(container("a")).content()
    assert one.content() != other.content()


def test_figures_are_told_as_far_as_they_are_known_and_are_no_change_of_facts() -> None:
    web, db, old = container("web"), container("db"), container("old", State.EXITED)
    sample = Sample(cpu=12.3, memory=340_000_000)
    figures = {web.id: sample, db.id: Sample(memory=5_000), old.id: sample}
    measured = Drawing(Sight((web, db, old), figures=figures), (web, db, old))
    lines = (measured.embed(0).description or "").splitlines()
    assert lines[:3] == [
        "● `db` running · 5\u00a0kB",
        "○ `old` exited",
        "● `web` running · 12\u00a0% · 340\u00a0MB",
    ]
    bare = Drawing(Sight((web, db, old)), (web, db, old))
    assert measured.content().facts == bare.content().facts
    assert measured.content().figures != bare.content().figures


def test_more_than_fit_are_counted() -> None:
    embed = drawing(*(container(f"c{number:04}") for number in range(2000))).embed(0)
    assert (embed.description or "").splitlines()[MOST_SHOWN] == "… 1970 more. `/docker list` shows them."
    assert embed.title == "Containers · 2000 of 2000 up"


def test_nothing_to_show_is_told() -> None:
    assert "none that may be shown" in (drawing().embed(0).description or "")


ANY = st.builds(
    Container,
    id=st.text("0123456789abcdef", min_size=64, max_size=64),
    name=st.text(min_size=1, max_size=255),
    image=st.just("x"),
    state=st.sampled_from(list(State)),
    status=st.sampled_from(["", "Exited (-2147483648) 23 months ago", "Up 5 weeks", "Up <@1> **x**"]),
    health=st.sampled_from(list(Health)),
)


@given(st.lists(ANY, max_size=45), st.none() | st.floats(0, 4e9))
def test_any_containers_fit_with_the_line_that_tells_the_time(containers: list[Container], away: float | None) -> None:
    since = {one.id: MOMENT for one in containers}
    figures = {one.id: Sample(cpu=6399.9, memory=999_000_000_000_000) for one in containers}
    embed = Drawing(Sight(tuple(containers), since, away, figures=figures), tuple(containers)).embed(4e9)
    text = embed.description or ""
    assert units(text) <= 4096
    assert text.splitlines()[-1] == "Updated <t:4000000000:R>"
    outside = "".join("".join(text.split("`")[::2]))
    assert "**x**" not in outside
    assert "<@1>" not in outside
