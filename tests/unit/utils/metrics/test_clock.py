from __future__ import annotations

import time

from utils.metrics.clock import Clock, SystemClock


def test_the_systems_clock_tells_the_date_and_never_goes_back() -> None:
    clock: Clock = SystemClock()
    before = time.time()
    assert before <= clock.wall() <= time.time()
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)
