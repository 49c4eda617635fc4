from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker.redact import HIDDEN, LONGEST, redact

SECRETS = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="<>\"'"), min_size=6, max_size=40
)


@pytest.mark.parametrize(
    "message",
    [
        "driver failed programming external connectivity on endpoint web: Bind for :::80 failed: port is in use",
        'OCI runtime create failed: exec: "/bin/nope": stat /bin/nope: no such file or directory',
        "cannot start a paused container, try unpause instead",
        "client version 1.99 is too new. Maximum supported API version is 1.41",
    ],
)
def test_what_engines_usually_say_stays_as_it_is(message: str) -> None:
    assert redact(message) == message


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("env POSTGRES_PASSWORD=hunter2 is bad", f"env POSTGRES_PASSWORD={HIDDEN} is bad"),
        ('{"token": "abc def", "x": 1}', f'{{"token": {HIDDEN}, "x": 1}}'),
        ("pull https://me:hunter2@registry.example/x failed", f"pull https://{HIDDEN}@registry.example/x failed"),
        ("Authorization: Bearer abc.def", f"Authorization: {HIDDEN} {HIDDEN}"),
        ("container " + "0123456789ab" + "c" * 52 + " is broken", "container 0123456789ab is broken"),
        ("image sha256:" + "0123456789ab" + "c" * 52, "image 0123456789ab"),
        ("plugin said AKIA1234567890abcdefGHIJ9876", f"plugin said {HIDDEN}"),
        ("<html><body><h1>403 Forbidden</h1>\nNo.</body></html>", "403 Forbidden No."),
        ("  two\n\tlines ", "two lines"),
        ("", ""),
    ],
)
def test_secrets_go_and_the_rest_stays(message: str, expected: str) -> None:
    assert redact(message) == expected


@given(
    name=st.sampled_from(
        ["password", "DB_PASSWORD", "client_secret", "API_TOKEN", "api_key", "aws-credentials", "PWD"]
    ),
    sign=st.sampled_from(["=", ": ", " = ", '="']),
    secret=SECRETS,
)
def test_a_named_secret_never_comes_through(name: str, sign: str, secret: str) -> None:
    assert secret not in redact(f"failed with {name}{sign}{secret}")


@given(st.text(max_size=6000))
def test_the_result_is_one_short_line_whatever_comes(message: str) -> None:
    result = redact(message)
    assert len(result) <= LONGEST
    assert "\n" not in result
