"""Tries to leak a token through logging, and through what nobody catches."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp
import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from services.secrets import SecretFilter
from utils.metrics.redact import conceal

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[4]


class _Json(logging.Formatter):
    """Writes everything that a record has."""

    def format(self, record: logging.LogRecord) -> str:
        super().format(record)
        return json.dumps(vars(record), default=repr)


class _Holder:
    def __init__(self, token: str) -> None:
        self.token = token

    def __repr__(self) -> str:
        return f"_Holder({self.token!r})"

    def __str__(self) -> str:
        return "harmless"


def _logged(say: Callable[[logging.Logger], None]) -> str:
    """What comes out of a handler for people, and of one that writes all there is."""
    stream = io.StringIO()
    logger = logging.Logger("leak.test")  # noqa: LOG001 - with no handlers but these
    handlers = [logging.StreamHandler(stream), logging.StreamHandler(stream)]
    handlers[0].setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handlers[1].setFormatter(_Json())
    for handler in handlers:
        handler.addFilter(SecretFilter())
        logger.addHandler(handler)
    try:
        say(logger)
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
    return stream.getvalue()


def _raise(token: str, log: logging.Logger) -> None:
    try:
        _fail(token)
    except ValueError:
        log.exception("It failed")


def _fail(token: str) -> None:
    try:
        int(token)
    except ValueError as error:
        raise ValueError("second") from error


def _locals(token: str, log: logging.Logger) -> None:
    try:
        _raise_in(token)
    except ZeroDivisionError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        log.error("%s", "".join(told.format()))  # noqa: TRY400 - its own traceback is what is tried


def _raise_in(token: str) -> float:
    return len(token) / 0


def _aiohttp_error(token: str, log: logging.Logger) -> None:
    headers = CIMultiDictProxy(CIMultiDict({"Authorization": f"Bot {token}"}))
    info = aiohttp.RequestInfo(URL(f"https://x/?token={token}"), "GET", headers, URL("https://x/"))
    error = aiohttp.ClientResponseError(info, (), status=401, headers=headers)
    log.error("%r %s %s", error, error, headers, exc_info=error)


def _wrong_arguments(token: str, log: logging.Logger) -> None:
    log.error("%d of %s", token)  # noqa: PLE1206 - that is what is tried


def _broken(token: str, log: logging.Logger) -> None:
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError(token)

    log.error("%s", token, extra={"broken": Broken()})


LEAKS: dict[str, Callable[[str, logging.Logger], Any]] = {
    "message": lambda token, log: log.error(f"token {token}"),  # noqa: G004 - that is the leak
    "argument": lambda token, log: log.error("token %s", token),
    "named argument": lambda token, log: log.error("%(a)r", {"a": {"b": [token]}}),
    "argument that shows none": lambda token, log: log.error("%s", _Holder(token)),
    "repr of an object": lambda token, log: log.error("%r", _Holder(token)),
    "extra": lambda token, log: log.error(
        "x", extra={"token": token, "holder": _Holder(token), "deep": {"a": [token]}}
    ),
    "bytes": lambda token, log: log.error("%s", token.encode()),
    "part": lambda token, log: log.error("%s …", token[: token.rindex(".")]),
    "base64": lambda token, log: log.error("Basic %s", base64.b64encode(f"bot:{token}".encode()).decode()),
    "address": lambda token, log: log.error("GET /?t=%s", quote(token, safe="").replace("-", "%2D")),
    "exception": _raise,
    "locals": _locals,
    "aiohttp": _aiohttp_error,
    "wrong arguments": _wrong_arguments,
    "broken object": _broken,
    "name of a thread": lambda token, log: log.handle(
        logging.makeLogRecord({"msg": "x", "levelno": logging.ERROR, "threadName": token})
    ),
    "stack": lambda token, log: log.handle(
        logging.makeLogRecord({"msg": "x", "levelno": logging.ERROR, "stack_info": f"in {token}"})
    ),
}


# A part or another spelling has no token's shape: only who was told of the token can find it there.
_SHAPELESS = ("part", "base64", "address")


@pytest.mark.parametrize(
    ("way", "told"),
    [(way, told) for way in LEAKS for told in (True, False) if told or way not in _SHAPELESS],
)
def test_no_way_into_the_log_takes_the_token_along(
    token: str,
    way: str,
    told: bool,  # noqa: FBT001 - a parameter of the test
    capsys: pytest.CaptureFixture[str],
) -> None:
    if told:
        conceal(token)
    written = _logged(lambda log: LEAKS[way](token, log)) + "".join(capsys.readouterr())
    assert written
    for piece in (token, token.split(".")[2], token[:30], base64.b64encode(token.encode()).decode()[8:40]):
        assert piece not in written


def test_a_record_without_a_secret_stays_as_it_is() -> None:
    error = ValueError("harmless")
    record = logging.makeLogRecord(
        {"msg": "%d of %s", "args": (1, "x"), "exc_info": (ValueError, error, None), "n": [3]}
    )
    before = dict(vars(record))
    assert SecretFilter().filter(record)
    assert vars(record) == before


async def test_what_asyncio_tells_of_a_forgotten_exception_holds_no_token(token: str) -> None:
    conceal(token)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(SecretFilter())
    log = logging.getLogger("asyncio")
    log.addHandler(handler)
    try:
        asyncio.get_running_loop().call_exception_handler(
            {"message": f"forgotten {token}", "exception": RuntimeError(token), "context": _Holder(token)}
        )
    finally:
        log.removeHandler(handler)
    assert "forgotten [hidden]" in stream.getvalue()
    assert token not in stream.getvalue()
    assert token.split(".")[2] not in stream.getvalue()


_UNCAUGHT = """
import sys, threading
from services.secrets import guard_hooks
from utils.metrics.redact import conceal
token = sys.stdin.readline().strip()
guard_hooks()
conceal(token)
class Late:
    def __del__(self):
        raise RuntimeError("destructor " + token)
def fail():
    raise RuntimeError("thread " + token)
thread = threading.Thread(target=fail, name=token)
thread.start()
thread.join()
late = Late()
del late
raise RuntimeError("main " + token)
"""


def test_what_nobody_catches_is_told_without_the_token(token: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _UNCAUGHT], input=token, text=True, capture_output=True, check=False, cwd=ROOT
    )
    assert done.returncode == 1
    for said in ("main [hidden]", "thread [hidden]", "destructor [hidden]", "in thread [hidden]"):
        assert said in done.stderr
    assert token not in done.stderr
