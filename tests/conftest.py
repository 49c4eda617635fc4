"""What holds for every test."""

import signal

import pytest
from hypothesis import settings

# No timing decides a test: a busy machine is no defect of the code.
settings.register_profile("ddc-perf", deadline=None)
settings.load_profile("ddc-perf")

# A shell starts a job in the background with Ctrl+C ignored. The programs that tests interrupt would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the end-to-end tests be last: they share a bot for the whole session, and its Discord runs on their loop.

    With other tests after them, nobody would answer that bot until it is stopped.
    """
    items.sort(key=lambda item: "e2e" in item.path.parts)  # stable: all else stays in its order
