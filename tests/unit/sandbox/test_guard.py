import pytest

from sandbox.guard import is_local, is_own


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8765", "localhost", "localhost:1", "LOCALHOST:8765"])
def test_the_loopback_is_let_in(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "8.8.8.8",
        "[::1",
        "192.168.0.1",
    ],
)
def test_any_other_name_is_turned_away(host: str) -> None:
    assert not is_local(host)


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("http://127.0.0.1:8765", True),
        ("http://localhost:8765", False),
        ("https://127.0.0.1:8765", False),
        ("http://127.0.0.1:8766", False),
        ("http://evil.example", False),
        ("null", False),
    ],
)
def test_only_the_page_that_was_served_here_may_send_requests(origin: str, own: bool) -> None:  # noqa: FBT001 - a table
    assert is_own(origin, "127.0.0.1:8765") is own
