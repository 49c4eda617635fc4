from __future__ import annotations

import gc

import pytest

from utils.metrics.parts import Collection, attach_meter, detach_meter
from utils.metrics.process.pauses import Collected, Pauses


@pytest.fixture
def garbage() -> list[list[object]]:
    """Much that the collector has to go through, so that it takes a while however fast the machine is."""
    return [[number, [number]] for number in range(200_000)]


def test_a_collection_is_seen_and_counted_once(garbage: list[list[object]]) -> None:
    gc.disable()
    pauses = Pauses()
    pauses.start()
    gc.collect()
    gc.collect()
    pauses.stop()
    gc.enable()
    taken = pauses.take()
    assert garbage
    assert taken.collections == 2
    assert 0 < taken.longest <= taken.seconds == pauses.total()
    assert pauses.take() == Collected(0.0, 0.0, 0)


def test_a_call_is_told_how_long_the_collector_held_it(garbage: list[list[object]]) -> None:
    pauses = Pauses()
    pauses.start()
    attach_meter("gc", pauses.total)
    with Collection() as parts:
        gc.collect()
        told = parts.rounded()
    detach_meter("gc", pauses.total)
    pauses.stop()
    assert garbage
    assert told["gc"] >= 0.0001


def test_started_twice_it_counts_once_and_stopped_it_counts_nothing() -> None:
    gc.disable()
    pauses = Pauses()
    pauses.start()
    pauses.start()
    gc.collect()
    pauses.stop()
    gc.collect()
    gc.enable()
    assert pauses.take().collections == 1
    assert not [one for one in gc.callbacks if getattr(one, "__self__", None) is pauses]
