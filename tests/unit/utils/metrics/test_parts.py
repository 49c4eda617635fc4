from __future__ import annotations

import asyncio

import pytest

from utils.metrics.parts import Collection, Timed, say


def test_what_is_said_inside_adds_up_by_part_and_traces_are_left_out() -> None:
    with Collection() as parts:
        say("docker", 1.0)
        say("docker", 0.5)
        say("discord", 0.00001)
    assert parts.rounded() == {"docker": 1.5}


def test_outside_of_a_collection_it_is_said_to_nobody() -> None:
    say("docker", 1.0)
    with Collection() as parts:
        pass
    say("docker", 1.0)
    assert parts.seconds == {}


def test_an_inner_collection_has_its_own() -> None:
    with Collection() as outer:
        with Collection() as inner:
            say("docker", 1.0)
        say("docker", 2.0)
    assert (outer.seconds, inner.seconds) == ({"docker": 2.0}, {"docker": 1.0})


async def test_tasks_started_inside_say_it_to_the_same_collection_and_others_do_not() -> None:
    async def work(part: str) -> None:
        await asyncio.sleep(0)
        say(part, 1.0)

    other = asyncio.create_task(work("other"))
    with Collection() as parts:
        await asyncio.gather(work("a"), asyncio.create_task(work("b")), other)
    assert parts.seconds == {"a": 1.0, "b": 1.0}


def test_a_timed_part_is_said_also_when_it_fails() -> None:
    with Collection() as parts, pytest.raises(ZeroDivisionError), Timed("docker"):
        raise ZeroDivisionError
    assert 0 <= parts.seconds["docker"] < 60
