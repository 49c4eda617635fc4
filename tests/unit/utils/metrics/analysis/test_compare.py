from __future__ import annotations

import random

from utils.metrics.analysis.compare import Verdict, compare
from utils.metrics.samples import OK, Samples


def windows(first: list[float], second: list[float]) -> Samples:
    calls = [(number / 1_000, value, OK) for number, value in enumerate(first)]
    return Samples.of(calls + [(10 + number / 1_000, value, OK) for number, value in enumerate(second)])


def verdict(first: list[float], second: list[float]) -> Verdict:
    return compare(windows(first, second), (0, 10), (10, 20)).verdict


def test_a_clear_shift_is_told_with_its_direction() -> None:
    source = random.Random(1)
    base = [source.expovariate(1) for _ in range(200)]
    slow = [2 * source.expovariate(1) for _ in range(200)]
    assert (verdict(base, slow), verdict(slow, base)) == (Verdict.SLOWER, Verdict.FASTER)


def test_two_halves_of_one_lot_differ_by_chance() -> None:
    lot = sorted(random.Random(2).expovariate(1) for _ in range(200))
    assert verdict(lot[::2], lot[1::2]) is Verdict.CHANCE


def test_a_handful_of_calls_is_called_too_few_and_still_counted() -> None:
    found = compare(windows([1.0] * 3, [2.0] * 50), (0, 10), (10, 20))
    assert (found.verdict, found.first.calls, found.second.calls) == (Verdict.TOO_FEW, 3, 50)
