from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.embeds import (
    already_stopped_embed,
    confirm_embed,
    failed_embed,
    info_embed,
    list_embed,
    result_embed,
    working_embed,
)
from cogs.perf.kit import BAD, FINE, LOOK, PLAIN, units
from services.docker import (
    Action,
    ActionResult,
    Container,
    ContainerInfo,
    EngineVersion,
    Health,
    Membership,
    Port,
    State,
)

if TYPE_CHECKING:
    import discord

MOMENT = datetime(2025, 11, 24, 5, 34, tzinfo=UTC)
STAMP = int(MOMENT.timestamp())
# Markdown, a mention, a link, back ticks, a new line: none of it may have an effect.
HOSTILE = "`**x**` <@1> @everyone [a](http://b)\n# c"


def container(name: str = "web", state: State = State.RUNNING, **more: Any) -> Container:  # noqa: ANN401 - passed through
    return Container(id="ab" * 32, name=name, image="nginx:1.27", state=state, created=MOMENT, **more)


def info(state: State = State.RUNNING, **more: Any) -> ContainerInfo:  # noqa: ANN401 - passed through
    inner = more.pop("container", None) or container(state=state)
    return ContainerInfo(inner, started=MOMENT, finished=MOMENT, **more)


def text(embed: discord.Embed) -> str:
    return (embed.description or "").replace("\u00a0", " ")


def outside_code(embed: discord.Embed) -> str:
    """All that is read as markdown: what stands outside of code spans."""
    whole = [text(embed), *(field.value or "" for field in embed.fields)]
    return "".join("".join(part.split("`")[::2]) for part in whole)


def fits(embed: discord.Embed) -> None:
    assert units(text(embed)) <= 4096
    assert len(embed.fields) <= 25
    assert all(units(field.value or "") <= 1024 for field in embed.fields)
    assert len(embed) <= 6000


def test_the_list_gives_each_container_a_line_with_sign_and_word() -> None:
    embed = list_embed(
        [container("web", status="Up 3 minutes"), container("db", State.EXITED, status="Exited (1) now")]
    )
    assert embed.title == "Containers · 1 of 2 up"
    assert text(embed).splitlines() == ["● `web` running 3 min", "○ `db` exited now (1)"]
    assert embed.colour == PLAIN


def test_an_unhealthy_container_colours_the_list_and_is_named_in_words() -> None:
    embed = list_embed([container(health=Health.UNHEALTHY)])
    assert embed.colour == LOOK
    assert "⚠ unhealthy" in text(embed)


def test_no_container_at_all_says_what_to_do_next() -> None:
    assert "docker run" in text(list_embed([]))


def test_fifty_containers_with_the_longest_names_and_words_fit() -> None:
    worst = [
        container(
            f"{number:02}" + "n" * 61,
            State.RESTARTING,
            status="Restarting (137) Less than a second ago",
            health=Health.UNHEALTHY,
        )
        for number in range(50)
    ]
    embed = list_embed(worst)
    fits(embed)
    lines = text(embed).splitlines()
    assert len(lines) == 50
    assert all(line.startswith(f"↻ `{number:02}") for number, line in enumerate(lines))


def test_more_than_fifty_are_cut_with_a_note() -> None:
    embed = list_embed([container(f"c{number}") for number in range(73)])
    fits(embed)
    assert text(embed).splitlines()[50:] == ["… 23 more. `/docker info` shows each of them."]
    assert embed.title == "Containers · 73 of 73 up"


def test_a_close_look_tells_what_matters() -> None:
    looked = info(
        container=container(
            ports=(Port(53, "udp"), Port(80, "tcp", 8080)),
            project="site",
            membership=Membership(service="front"),
            health=Health.HEALTHY,
        ),
        restart_count=2,
        restart_policy="on-failure:5",
    )
    embed = info_embed(looked)
    fits(embed)
    assert text(embed) == f"`web` ● running since <t:{STAMP}:R> · healthy"
    assert {field.name: field.value for field in embed.fields} == {
        "Image": "`nginx:1.27`",
        "Ports": "53/udp, not published\n8080 → 80/tcp",
        "Restarts": "2 by Docker\npolicy on-failure:5",
        "Compose": "project `site`\nservice `front`",
        "Created": f"<t:{STAMP}:R>",
    }
    assert embed.footer.text == "id abababababab"
    assert embed.colour == FINE
    seen_in = info_embed(looked, engine=EngineVersion("Podman", "4.9.4", (1, 52), (1, 44)))
    assert seen_in.footer.text == "id abababababab · Podman 4.9.4, API 1.52, newer than tested (1.40 to 1.41)"


@pytest.mark.parametrize(
    ("looked", "words", "colour"),
    [
        (info(State.EXITED, exit_code=0), f"○ exited <t:{STAMP}:R> · exit code 0", PLAIN),
        (info(State.EXITED, exit_code=1), f"○ exited <t:{STAMP}:R> · exit code 1", LOOK),
        (
            info(State.EXITED, exit_code=137, oom_killed=True),
            f"○ exited <t:{STAMP}:R> · exit code 137 · ⚠ out of memory",
            LOOK,
        ),
        (info(State.DEAD, exit_code=1), f"✗ dead <t:{STAMP}:R> · exit code 1", BAD),
        (info(State.RESTARTING), f"↻ restarting since <t:{STAMP}:R>", LOOK),
        (info(State.PAUSED), f"◐ paused since <t:{STAMP}:R>", LOOK),
        (info(container=container(health=Health.UNHEALTHY)), f"● running since <t:{STAMP}:R> · ⚠ unhealthy", LOOK),
        (ContainerInfo(container(state=State.CREATED)), f"○ created <t:{STAMP}:R>", PLAIN),
    ],
)
def test_a_state_is_told_with_its_since_and_its_why(looked: ContainerInfo, words: str, colour: object) -> None:
    embed = info_embed(looked)
    assert text(embed) == f"`web` {words}"
    assert embed.colour == colour


def test_a_container_with_hundreds_of_ports_fits() -> None:
    fits(info_embed(info(container=container(ports=tuple(Port(port, "tcp", port) for port in range(1, 500))))))


def test_the_question_names_the_container_its_state_and_what_will_happen() -> None:
    restart = confirm_embed(Action.RESTART, info())
    assert restart.title == "Restart this container?"
    assert text(restart) == f"`web` ● running since <t:{STAMP}:R>\nWhoever uses it is cut off for a moment."
    assert "stays down until someone starts it" in text(confirm_embed(Action.STOP, info()))
    assert "so this starts it" in text(confirm_embed(Action.RESTART, info(State.EXITED)))


def test_while_it_works_the_message_says_so() -> None:
    assert text(working_embed(Action.RESTART, "web")) == "Restarting `web`…"


def result(action: Action, state: State, *, changed: bool = True, wait: float = 0.0) -> ActionResult:
    return ActionResult(action, "web", changed=changed, state=state, duration=0.34, queue_wait=wait)


def test_a_result_tells_the_state_the_duration_and_a_wait_that_was_noticed() -> None:
    embed = result_embed(result(Action.RESTART, State.RUNNING, wait=0.8))
    assert (embed.title, embed.colour) == ("Restarted", FINE)
    assert text(embed) == "Restarted `web`. Now ● running.\nTook 340 ms, after 800 ms in the queue."
    assert text(result_embed(result(Action.STOP, State.EXITED, wait=0.01))).endswith("Took 340 ms.")


@pytest.mark.parametrize(
    ("action", "state"),
    [(Action.START, State.EXITED), (Action.RESTART, State.RESTARTING), (Action.STOP, State.RUNNING)],
)
def test_what_did_not_stay_as_it_should_is_told(action: Action, state: State) -> None:
    embed = result_embed(result(action, state))
    assert embed.colour == LOOK
    assert "did not stay as it should" in text(embed)


def test_a_state_that_could_not_be_seen_is_not_invented() -> None:
    embed = result_embed(result(Action.STOP, State.UNKNOWN))
    assert embed.colour == LOOK
    assert "could not be seen" in text(embed)


def test_a_container_that_went_with_its_stop_was_stopped_well() -> None:
    assert result_embed(result(Action.STOP, State.REMOVED)).colour == FINE


def test_nothing_to_do_is_told_as_such() -> None:
    assert result_embed(result(Action.START, State.RUNNING, changed=False)).title == "Already running"
    assert result_embed(result(Action.STOP, State.EXITED, changed=False)).title == "Already stopped"
    assert "`web` is not running" in text(already_stopped_embed("web"))


@pytest.mark.parametrize(
    "embed",
    [
        list_embed([container(HOSTILE, status="Up <@1> **x**")]),
        info_embed(
            info(
                container=Container(
                    id="a" * 64,
                    name=HOSTILE,
                    image=HOSTILE,
                    state=State.RUNNING,
                    project=HOSTILE,
                    membership=Membership(service=HOSTILE),
                ),
                restart_policy="a_b_c",
            )
        ),
        confirm_embed(Action.STOP, info(container=container(HOSTILE))),
        working_embed(Action.STOP, HOSTILE),
        result_embed(ActionResult(Action.STOP, HOSTILE, changed=True, state=State.EXITED, duration=1, queue_wait=0)),
        already_stopped_embed(HOSTILE),
    ],
)
def test_nothing_that_comes_from_outside_works_as_markdown_or_mention(embed: discord.Embed) -> None:
    outside = outside_code(embed)
    assert "**" not in outside
    assert "<@1>" not in outside
    assert "@everyone" not in outside
    assert "[a](" not in outside
    assert HOSTILE not in (embed.title or "")


@given(
    st.lists(
        st.tuples(
            st.text(max_size=300), st.sampled_from(list(State)), st.text(max_size=100), st.sampled_from(list(Health))
        ),
        max_size=120,
    )
)
def test_any_list_fits(rows: list[tuple[str, State, str, Health]]) -> None:
    fits(list_embed([container(name, state, status=status, health=health) for name, state, status, health in rows]))


def test_a_failure_is_shown_as_it_was_worded() -> None:
    assert text(failed_embed("There is no `web`.")) == "There is no `web`."
