from __future__ import annotations

from typing import TYPE_CHECKING

from utils.metrics.clock import SystemClock
from utils.metrics.intake import Intake

if TYPE_CHECKING:
    from utils.metrics.model import Record

RECORD: Record = ("op", 1.0, 0.5, 0.0, True, None)


def test_what_is_put_is_appended_and_a_plain_intake_needs_no_look() -> None:
    taken: list[Record] = []
    intake = Intake(SystemClock.monotonic, taken.append)
    assert not intake.careful
    intake.put(RECORD)
    assert taken == [RECORD]


def test_who_is_careful_looks_after_the_append() -> None:
    seen: list[int] = []
    taken: list[Record] = []
    intake = Intake(SystemClock.monotonic, taken.append, lambda: seen.append(len(taken)))
    intake.put(RECORD)
    intake.careful = False
    intake.put(RECORD)
    intake.careful = True
    intake.put(RECORD)
    assert seen == [1, 3]
