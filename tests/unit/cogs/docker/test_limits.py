from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.limits import LIMITED, later_embed, limit_lines, timed_out_embed, warning
from cogs.docker.queue import queue_embed
from cogs.perf.kit import BAD, FINE, LOOK, units
from services.docker import Action, Later, Limit, OperationTimeout, QueueStats, Source, State, Timeouts

NAME = "web"
LATE = OperationTimeout(3.0, "stop", NAME)


def shown(text: str | None) -> str:
    """What is read: a blank that keeps a number and its unit on a line is a blank."""
    return (text or "").replace("\u00a0", " ")


def lines(timeouts: Timeouts, name: str, image: str = "", stop: float = 10.0) -> str:
    limits = {Action.INFO: timeouts.look(name, image), Action.START: timeouts.action(name)}
    limits |= dict.fromkeys((Action.STOP, Action.RESTART), timeouts.action(name, stop))
    return limit_lines({action: limits[action] for action in LIMITED})


@pytest.mark.parametrize(
    ("timeouts", "image", "stop", "told"),
    [
        (Timeouts(), "", 10.0, "looks: 45 s · fast kind\nstart, stop, restart: 30 s · default"),
        (Timeouts(), "redis", 10.0, "looks: 60 s · slow kind, `redis`\nstart, stop, restart: 30 s · default"),
        (
            Timeouts(),
            "",
            60.0,
            "looks: 45 s · fast kind\nstart: 30 s · default\nstop, restart: 70 s · what it needs to stop",
        ),
        (
            Timeouts(12.5),
            "",
            60.0,
            (
                "looks: 45 s · fast kind\nstart, stop, restart: 12.5 s · set for all actions\n"
                "⚠ To stop it may rightly take 70 s, longer than the limit of 12.5 s."
            ),
        ),
        (Timeouts(named={"web": 90}), "redis", 10.0, "looks, start, stop, restart: 90 s · set for it by name"),
        (Timeouts(named={"w*": 90}), "redis", 10.0, "looks, start, stop, restart: 90 s · set for `w*`"),
    ],
)
def test_each_limit_is_told_with_where_it_comes_from(timeouts: Timeouts, image: str, stop: float, told: str) -> None:
    assert lines(timeouts, NAME, image, stop) == told


def test_a_container_that_is_never_killed_is_warned_of() -> None:
    assert warning(Limit(600.0, Source.OWN, needs=math.inf)) == (
        "⚠ Docker never kills it, so to stop may take longer than the limit of 600 s."
    )
    assert warning(Limit(600.0, Source.OWN, needs=600.0)) == ""


def test_while_it_is_looked_at_the_message_says_so() -> None:
    embed = timed_out_embed(LATE)
    assert (embed.title, embed.colour) == ("Not done in time", LOOK)
    assert (embed.description or "").endswith("I go on looking for up to 30\u00a0s, and tell here what I see.")


@pytest.mark.parametrize(
    ("later", "title", "colour", "told"),
    [
        (
            Later(Action.STOP, NAME, finished=True, state=State.EXITED, seconds=4.2),
            "Stopped after all",
            FINE,
            "Stopped `web`. Now ○ exited.\nIt took 4.2 s longer than the limit of 3 s.",
        ),
        (
            Later(Action.RESTART, NAME, finished=True, state=State.EXITED, seconds=4.2),
            "Restarted after all",
            LOOK,
            "Restarted `web`. Now ○ exited.\nIt took 4.2 s longer than the limit of 3 s.",
        ),
        (
            Later(Action.STOP, NAME, finished=True, state=State.UNKNOWN, seconds=4.2),
            "Stopped after all",
            LOOK,
            "Stopped `web`. What it does now could not be seen.\nIt took 4.2 s longer than the limit of 3 s.",
        ),
        (
            Later(Action.STOP, NAME, finished=False, state=State.RUNNING, seconds=30.0),
            "Not stopped in time",
            BAD,
            (
                "Stop of `web` took longer than 3 s. Docker may still finish it: look again in a moment.\n"
                "30 s later `web` was still ● running."
            ),
        ),
        (
            Later(Action.STOP, NAME, finished=False, state=State.RUNNING, seconds=4.2, problem="Docker said no."),
            "Not stopped",
            BAD,
            (
                "Stop of `web` took longer than 3 s. Docker may still finish it: look again in a moment.\n"
                "Docker said no.\n4.2 s later `web` was still ● running."
            ),
        ),
        (
            Later(Action.STOP, NAME, finished=False, state=State.UNKNOWN, seconds=0.0, problem="The bot was stopped."),
            "Not done in time",
            BAD,
            (
                "Stop of `web` took longer than 3 s. Docker may still finish it: look again in a moment.\n"
                "The bot was stopped.\nWhat it does now could not be seen; `/docker info` may tell."
            ),
        ),
    ],
)
def test_what_became_of_it_is_told(later: Later, title: str, colour: object, told: str) -> None:
    embed = later_embed(LATE, later)
    assert (embed.title, embed.colour, shown(embed.description)) == (title, colour, told)


def stats(**changes: float) -> QueueStats:
    zero = dict.fromkeys(
        ("total", "waited", "largest_line", "timeouts", "refused", "in_use", "waiting", "background"), 0
    )
    return QueueStats(**({**zero, "average_wait": 0.0, "free": 3} | changes))  # type: ignore[arg-type] # whole numbers all


def test_a_queue_at_rest_says_so() -> None:
    embed = queue_embed(stats(), 0)
    assert (embed.title, embed.description) == ("Docker queue · 0 of 3 places taken", "Nothing waits.")
    assert [field.value for field in embed.fields] == ["nothing was asked of Docker"]


def test_a_busy_queue_tells_what_waits_for_what_and_what_passed() -> None:
    busy = stats(
        total=1212, waited=14, average_wait=1.24, largest_line=5, timeouts=1, refused=2, in_use=3, free=0, waiting=4
    )
    embed = queue_embed(busy, 2)
    assert embed.title == "Docker queue · 3 of 3 places taken"
    assert embed.description == (
        "Waiting for a place: 4, in the background 0\nWaiting for a container being acted on: 2"
    )
    (field,) = embed.fields
    assert shown(field.value).splitlines() == [
        "1,212 operations, 14 waited, 1.2 s on average",
        "longest line 5",
        "1 timed out · 2 refused",
    ]


def test_one_operation_is_no_plural() -> None:
    (field,) = queue_embed(stats(total=1), 0).fields
    assert (field.value or "").startswith("1 operation, none waited")


@given(
    seconds=st.floats(0.001, 600),
    source=st.sampled_from(Source),
    by=st.text(max_size=300),
    needs=st.floats(0, 4000) | st.just(math.inf),
)
def test_whatever_decides_the_lines_fit_into_a_field(seconds: float, source: Source, by: str, needs: float) -> None:
    text = limit_lines(dict.fromkeys(LIMITED, Limit(seconds, source, by, needs)))
    assert 0 < units(text) <= 1024
    assert ("⚠" in text) == (seconds < needs)
