from __future__ import annotations

import errno
import ssl

import aiohttp
import pytest

from services.docker import Why
from services.docker.reach import behind_a_proxy, reason


def alert(name: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {name}]")
    error.reason = name
    return error


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("SSLV3_ALERT_BAD_CERTIFICATE", Why.TLS_REFUSED),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", Why.TLS_REFUSED),
        ("TLSV1_ALERT_UNKNOWN_CA", Why.TLS_REFUSED),
        ("WRONG_VERSION_NUMBER", Why.TLS_PLAIN),
        ("SOMETHING_NEW", Why.TLS),
    ],
)
def test_what_tls_says_becomes_a_reason_and_never_a_lack_of_permission(name: str, why: Why) -> None:
    assert reason(alert(name)) is why
    after_the_handshake = aiohttp.ClientOSError(errno.EPERM, "[SSL]")
    after_the_handshake.__cause__ = alert(name)
    assert reason(after_the_handshake) is why


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(errno.EACCES, "x"), Why.PERMISSION),
        (OSError(errno.EPERM, "x"), Why.PERMISSION),
        (FileNotFoundError(errno.ENOENT, "x"), Why.NO_SOCKET),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), Why.REFUSED),
        (OSError(errno.EHOSTUNREACH, "x"), Why.NO_ROUTE),
        (ConnectionResetError(errno.ECONNRESET, "x"), Why.CUT),
        (aiohttp.ServerDisconnectedError(), Why.CUT),
        (None, Why.CUT),
    ],
)
def test_what_the_system_says_becomes_a_reason(error: Exception | None, why: Why) -> None:
    assert reason(error) is why


@pytest.mark.parametrize(
    ("status", "message", "why"),
    [
        (400, "Client sent an HTTP request to an HTTPS server.\n", Why.TLS_WANTED),
        (400, "<h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port", Why.TLS_WANTED),
        (400, "client version 1.41 is too old", None),
        (503, "<html><body><h1>503 Service Unavailable</h1>", Why.BEHIND),
        (502, "<html><body><h1>502 Bad Gateway</h1>", Why.CUT),
        (504, "<html><body><h1>504 Gateway Time-out</h1>", Why.CUT),
        (503, "This node is not a swarm manager.", None),
        (403, "<html><body><h1>403 Forbidden</h1>", None),
        (500, "<html> in the words of an engine", None),
    ],
)
def test_what_stands_before_the_engine_is_told_from_the_engine(status: int, message: str, why: Why | None) -> None:
    assert behind_a_proxy(status, message) is why
