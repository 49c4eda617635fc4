from __future__ import annotations

import asyncio

from utils.metrics.outcome import Outcome, outcome_of


class RefusedError(Exception):
    outcome = Outcome.DENIED


class SaysItInTextError(Exception):
    outcome = "not_found"


class SaysNonsenseError(Exception):
    outcome = "sideways"


class TrapError(Exception):
    @property
    def outcome(self) -> Outcome:
        raise RuntimeError("no")


def test_only_ok_is_a_success() -> None:
    assert [outcome for outcome in Outcome if outcome.success] == [Outcome.OK]


def test_refusals_and_slips_do_not_spend_the_error_budget() -> None:
    spending = {outcome for outcome in Outcome if outcome.spends_budget}
    assert spending == {Outcome.ERROR, Outcome.TIMEOUT, Outcome.CANCELLED, Outcome.NOT_FOUND}


def test_an_exception_tells_its_own_outcome() -> None:
    assert outcome_of(RefusedError()) is Outcome.DENIED
    assert outcome_of(SaysItInTextError()) is Outcome.NOT_FOUND


def test_an_exception_without_a_known_outcome_is_judged_by_its_kind() -> None:
    assert outcome_of(TimeoutError()) is Outcome.TIMEOUT
    assert outcome_of(asyncio.CancelledError()) is Outcome.CANCELLED
    assert outcome_of(ValueError("x")) is Outcome.ERROR
    assert outcome_of(SaysNonsenseError()) is Outcome.ERROR


def test_an_exception_whose_attribute_raises_is_an_error() -> None:
    assert outcome_of(TrapError()) is Outcome.ERROR
