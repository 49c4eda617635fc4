"""From exceptions and answers to the reason why an engine can't be reached, which has its cure. Pure."""

from __future__ import annotations

import errno
import ssl
from http import HTTPStatus

import aiohttp

from services.docker.errors import Why

_ERRNO: dict[int, Why] = {
    errno.ENOENT: Why.NO_SOCKET,
    errno.ENOTDIR: Why.NO_SOCKET,
    errno.EACCES: Why.PERMISSION,
    errno.EPERM: Why.PERMISSION,
    errno.ECONNREFUSED: Why.REFUSED,
    errno.ENOTSOCK: Why.REFUSED,
    errno.EPROTOTYPE: Why.REFUSED,
    errno.EHOSTUNREACH: Why.NO_ROUTE,
    errno.ENETUNREACH: Why.NO_ROUTE,
    errno.ETIMEDOUT: Why.NO_ROUTE,
}
# What OpenSSL's verification says (X509_V_ERR_…).
_VERIFY: dict[int, Why] = {
    2: Why.TLS_AUTHORITY,  # unable to get issuer certificate
    9: Why.TLS_EXPIRED,  # not yet valid
    10: Why.TLS_EXPIRED,
    18: Why.TLS_AUTHORITY,  # self-signed
    19: Why.TLS_AUTHORITY,  # self-signed in the chain
    20: Why.TLS_AUTHORITY,  # unable to get local issuer certificate
    21: Why.TLS_AUTHORITY,  # unable to verify the first certificate
    62: Why.TLS_NAME,  # of a host
    64: Why.TLS_NAME,  # of an address
}
# What comes back when the other side does not speak TLS at all.
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"})
# What those say who speak TLS and got a plain request: Go's server, nginx, Apache.
_WANTS_TLS = (
    "http request to an https server",
    "plain http request was sent to https",
    "speaking plain http to an ssl",
)
_BEHIND: dict[int, Why] = {
    HTTPStatus.BAD_GATEWAY: Why.CUT,
    HTTPStatus.SERVICE_UNAVAILABLE: Why.BEHIND,
    HTTPStatus.GATEWAY_TIMEOUT: Why.CUT,
}


def reason(error: BaseException | None) -> Why:
    """Find out from an exception of aiohttp, ssl or the system why there was no whole answer.

    Args:
        error: As it came.
    """
    if isinstance(error, aiohttp.ClientOSError) and isinstance(error.__cause__, ssl.SSLError):
        # An alert that came after the handshake. Its errno is 1, which elsewhere means a lack of permission.
        error = error.__cause__
    match error:
        case aiohttp.ClientConnectorDNSError():
            return Why.UNKNOWN_HOST
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return _insecure(error)
        case aiohttp.ClientResponseError():
            return Why.NOT_DOCKER
        case OSError(errno=int(number)):
            return _ERRNO.get(number, Why.CUT)
        case _:
            return Why.CUT


def _insecure(error: BaseException) -> Why:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        error = error.certificate_error
    elif isinstance(error, aiohttp.ClientConnectorSSLError):
        error = error.os_error
    match error:
        case ssl.SSLCertVerificationError():
            return _VERIFY.get(error.verify_code, Why.TLS)
        case ssl.SSLError(reason=str(said)) if "_ALERT_" in said:
            return Why.TLS_REFUSED
        case ssl.SSLError(reason=str(said)) if said in _NO_TLS:
            return Why.TLS_PLAIN
        case _:
            return Why.TLS


def behind_a_proxy(status: int, message: str) -> Why | None:
    """Tell whether an error is not an engine's own, but of what stands before it.

    Args:
        status: Of the answer.
        message: Its text.

    Returns:
        Why the engine could not be reached; None when it is the engine's own word.
    """
    said = message.lower()
    if status == HTTPStatus.BAD_REQUEST and any(words in said for words in _WANTS_TLS):
        return Why.TLS_WANTED
    if "<html" in said or "<h1" in said:
        return _BEHIND.get(status)
    return None
