from __future__ import annotations

import pytest

from tests.unit.services.docker.logs.log_engine import LogEngine


@pytest.fixture
def engine() -> LogEngine:
    made = LogEngine()
    made.add("web")
    return made
