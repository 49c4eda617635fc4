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
    """Let the end-to-end tests be last, and last of them those that share a bot for the whole session.

    That bot's Discord runs on the tests' loop: while another test keeps that, as the building of an image does for a
    minute or two, nobody would answer the bot.
    """
    items.sort(
        key=lambda item: ("e2e" in item.path.parts, _shares_the_bot(item))
    )  # stable: all else stays in its order


def _shares_the_bot(item: pytest.Item) -> bool:
    return "e2e" in item.path.parts and "world" in getattr(item, "fixturenames", ())
