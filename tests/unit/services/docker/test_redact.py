from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker.redact import HIDDEN, LONGEST, redact, redact_line

SECRETS = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="<>\"'"), min_size=6, max_size=40
).filter(lambda secret: secret not in HIDDEN)  # a secret such as "hidden" stands in what replaces it


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
    assert secret not in redact(f"failed with {name}{sign}{secret}").removeprefix(f"failed with {name}{sign}")


@given(st.text(max_size=6000))
def test_the_result_is_one_short_line_whatever_comes(message: str) -> None:
    result = redact(message)
    assert len(result) <= LONGEST
    assert "\n" not in result


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-24 08:00:00,123 INFO  [main] Server started on port 25565",
        '[08:00:01] [Server thread/INFO]: Done (3.456s)! For help, type "help"',
        '10.0.0.1 - - [24/Nov/2026:08:00:00 +0000] "GET /static/js/main.8f3a2b1c.js HTTP/1.1" 200 1234 "Mozilla/5.0"',
        "GET /api/v10/users/@me 200 in 12ms",
        "nextcloud_cron_job_2_finished_successfully",
        "/data/Movies/Season01/Episode02/part1 copied to /mnt/backup/2026-11-24/Movies",
        "Downloading https://example.com:8080/path/file.tar.gz from registry.example.com/owner/app:1.2.3",
        "all tests passed: 12 ok, monkey: banana",
        "at org.springframework.boot.autoconfigure.AutoConfigurationPackages.get(AutoConfigurationPackages.java:196)",
        "user bob logged in from 192.168.1.20 at 2026-11-24T08:00:00.123456Z, mail bob@example.com",
        'level=info msg="listening" addr=0.0.0.0:80',
    ],
)
def test_a_usual_log_line_stays_as_it_is(line: str) -> None:
    assert redact_line(line) == line


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("connect postgres://app:hunter2@db:5432/app", f"connect postgres://{HIDDEN}@db:5432/app"),
        ("redis://:p@ss/w@rd@cache:6379/0 is up", f"redis://{HIDDEN}@cache:6379/0 is up"),
        ("POSTGRES_PASSWORD=hunter2 in use", f"POSTGRES_PASSWORD={HIDDEN} in use"),
        ('{"user":"bob","password":"hun\\"ter2","x":1}', f'{{"user":"bob","password":{HIDDEN},"x":1}}'),
        (r"body {\"apiKey\":\"my own key\",\"x\":1}", rf"body {{\"apiKey\":{HIDDEN},\"x\":1}}"),
        ("'secret': 'it is hunter2'", f"'secret': {HIDDEN}"),
        ("GET /cb?token=hunter2&x=1 200", f"GET /cb?token={HIDDEN} 200"),
        ("Authorization: Digest username=bob, response=hunter2", f"Authorization: {HIDDEN}"),
        ('"authorization": "Token hunter2", "x": 1', f'"authorization": {HIDDEN}, "x": 1'),
        ("Set-Cookie: sid=hunter2; Path=/", f"Set-Cookie: {HIDDEN}"),
        ("X-Api-Key: hunter2", f"X-Api-Key: {HIDDEN}"),
        ("sent Bearer hunter22", f"sent Bearer {HIDDEN}"),
        ("$ mysql --password hunter2 -u root", f"$ mysql --password {HIDDEN} -u root"),
        ("requirepass hunter2", f"requirepass {HIDDEN}"),
        ("CREATE USER bob IDENTIFIED BY 'hunter2'", f"CREATE USER bob IDENTIFIED BY {HIDDEN}"),
        (
            "A temporary password is generated for root@localhost: hunter2",
            f"A temporary password is {HIDDEN} for root@localhost: {HIDDEN}",
        ),
        ("GENERATED ROOT PASSWORD: hunter2", f"GENERATED ROOT PASSWORD: {HIDDEN}"),
        ("the password is hunter2 now", f"the password is {HIDDEN} now"),
        ("uses AKIAIOSFODNN7EXAMPLE now", f"uses {HIDDEN} now"),
        ("uses wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY now", f"uses {HIDDEN} now"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sflKxwRJSMeKKF2QT4fw now", f"jwt {HIDDEN} now"),
        ("bot MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs up", f"bot {HIDDEN} up"),
        (
            "post https://discord.com/api/v10/webhooks/123456789012345678/aB3-dE_fG failed",
            f"post https://discord.com/api/v10/webhooks/{HIDDEN} failed",
        ),
        ("https://hooks.slack.com/services/T0001/B0001/abcdefgh", f"https://hooks.slack.com/services/{HIDDEN}"),
        ("clone with ghp_abcdefghijklmnopqrst now", f"clone with {HIDDEN} now"),
        ("api.telegram.org/bot123456789:AAabcdefghijklmnopqrstuvwxyzabcdefg", f"api.telegram.org/{HIDDEN}"),
        ("id 0123456789ab" + "c" * 52 + " pulled", "id 0123456789ab pulled"),
        ("md5 0123456789abcdef0123456789abcdef", f"md5 {HIDDEN}"),
    ],
)
def test_a_log_lines_secrets_go_and_the_rest_stays(line: str, expected: str) -> None:
    assert redact_line(line) == expected


@given(
    name=st.sampled_from(["password", "DB_PASSWORD", "dbPassword", "client_secret", "API_TOKEN", "apiKey", "passwd"]),
    sign=st.sampled_from(["=", ": ", " = ", '="', '": "', r"\": \"", " => ", ":"]),
    secret=SECRETS,
    before=st.sampled_from(["", "x ", "{", '"', "?a=1&", "[INFO] "]),
)
def test_a_named_secret_never_comes_through_in_a_log_line(name: str, sign: str, secret: str, before: str) -> None:
    assert secret not in redact_line(f"{before}{name}{sign}{secret}").removeprefix(f"{before}{name}{sign}")


@given(
    st.text(string.ascii_letters + string.digits + "-_", min_size=28, max_size=80).filter(
        lambda word: len(re.findall(r"[a-z](?=[A-Z0-9])|[A-Z](?=[0-9])|[0-9](?=[A-Za-z])", word)) * 4 > len(word)
    )
)
def test_a_long_mixed_word_never_comes_through(word: str) -> None:
    assert word not in redact_line(f"got {word} now")


@pytest.mark.parametrize(
    "made",
    [
        *("AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "AROAIOSFODNN7EXAMPLE", "AIDAIOSFODNN7EXAMPLE"),
        *("AGPAIOSFODNN7EXAMPLE", "ANPAIOSFODNN7EXAMPLE", "ABIAIOSFODNN7EXAMPLE", "ACCAIOSFODNN7EXAMPLE"),
        *(
            "ghp_abcdefghijklmnopqr",
            "gho_abcdefghijklmnopqr",
            "github_pat_abcdefghijklmnopqr",
            "glpat-abcdefghijklmno",
        ),
        *("xoxb-abcdefgh-ijk", "xapp-abcdefghi", "sk_live_abcdefghi", "pk_test_abcdefghi", "rk_live_abcdefghi"),
        *("whsec_abcdefghi", "sk-abcdefghijklmnopq", "AIza" + "a" * 35, "ya29.abcdefghijklmnopq", "npm_" + "a" * 36),
        *("pypi-abcdefghijklmnopq", "dckr_pat_abcdefghijklmnopq", "SG.abcdefghi.abcdefghi", "hvs.abcdefghijklmnopq"),
        *("mfa." + "a" * 24, "tskey-abcdefghi", "123456789:" + "a" * 35, "eyJhbGciOi.eyJzdWIi.c2ln"),
    ],
)
def test_a_key_or_token_of_known_make_is_known_by_its_beginning(made: str) -> None:
    assert redact_line(f"got {made} now") == f"got {HIDDEN} now"
