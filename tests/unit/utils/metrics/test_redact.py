"""Secrets go out of texts however they are spelled, and nothing else does."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.redact import HIDDEN, Redactor, conceal
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "MTE5OTk5OTk5OTk5OTk5OTk5OQ.GhT_-x.a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9"  # noqa: S105 - nobody's
ID, TIME, SIGNATURE = TOKEN.split(".")
WORDS = 'correct horse/"battery" +stäple'


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.conceal(TOKEN)
    redactor.conceal(WORDS)
    return redactor


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"Authorization: Bot {TOKEN}",
        ID,
        f"time {TIME}",
        f"x{SIGNATURE}y",
        TOKEN[: TOKEN.rindex(".")],
        TOKEN.replace(".", "%2E"),
        TOKEN.replace(".", "%2e").replace("_", "%5F"),
        "".join(f"%{ord(char):02X}" for char in TOKEN),
        TOKEN.encode().hex(),
        WORDS,
        repr(WORDS),
        json.dumps(WORDS),
        json.dumps(WORDS, ensure_ascii=False),
        quote(WORDS),
        quote(WORDS, safe=""),
        quote_plus(WORDS),
        base64.b64encode(WORDS.encode()).decode(),
    ],
)
def test_a_secret_that_was_told_is_found_in_each_spelling(redactor: Redactor, text: str) -> None:
    clean = redactor.redact(f"before {text} after")
    assert HIDDEN in clean
    for part in (ID, TIME, SIGNATURE, "horse", "GhT", "%47"):
        assert part not in clean
    assert clean.startswith("before ")
    assert clean.endswith(" after")


@given(st.binary(max_size=40), st.binary(max_size=40), st.booleans())
def test_base64_of_a_text_around_it_hides_no_secret(redactor: Redactor, before: bytes, after: bytes, url: bool) -> None:  # noqa: FBT001
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    clean = redactor.redact(encode(before + TOKEN.encode() + after).decode())
    assert HIDDEN in clean
    left = sum(map(len, clean.split(HIDDEN)))
    assert left <= len(encode(before + after)) + 6  # nothing but the signs that the secret shares with its neighbours


@given(st.lists(st.sampled_from([0, 1, 2]), min_size=len(TOKEN), max_size=len(TOKEN)))
def test_an_address_may_escape_any_of_its_signs(redactor: Redactor, ways: list[int]) -> None:
    spelled = "".join(
        (char, f"%{ord(char):02x}", f"%{ord(char):02X}")[way] for char, way in zip(TOKEN, ways, strict=True)
    )
    assert redactor.redact(f"/{spelled}?") == f"/{HIDDEN}?"


@given(st.text(), st.text())
def test_whatever_stands_around_it_no_secret_stays(redactor: Redactor, before: str, after: str) -> None:
    clean = redactor.redact(before + TOKEN + after)
    assert TOKEN not in clean
    assert SIGNATURE not in clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"token {TOKEN}!", f"token {HIDDEN}!"),
        (f"x{TOKEN}", f"x{HIDDEN}"),
        ("mfa.AbCdEfGhIjKlMnOpQrStUvWx", HIDDEN),
        ("{'Authorization': 'Bot own-token'}", f"{{'Authorization': 'Bot {HIDDEN}'}}"),
        ("<CIMultiDict('Authorization': 'Bot odd.one')>", f"<CIMultiDict('Authorization': 'Bot {HIDDEN}')>"),
        ("(b'authorization', b'Bearer abc')", f"(b'authorization', b'Bearer {HIDDEN}')"),
        ("authorization: hunter2", f"authorization: {HIDDEN}"),
        (
            "POST /api/v10/interactions/123456789012345678/aW50ZXJhY3Rpb246MTIzNDU2/callback",
            f"POST /api/v10/interactions/123456789012345678/{HIDDEN}/callback",
        ),
        ("its token is aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1", f"its token is aW50ZXJhY3Rpb2{HIDDEN}"),
        (
            "https://discord.com/api/webhooks/123456789012345678/AbCdEfGhIjKlMnOpQrStUvWx-_0123",
            f"https://discord.com/api/webhooks/123456789012345678/{HIDDEN}",
        ),
    ],
)
def test_what_has_the_shape_of_a_secret_goes_untold(text: str, clean: str) -> None:
    assert Redactor().redact(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Discord has 12 commands: /docker, /perf",
        "/webhooks/{application_id}/{interaction_token}/messages/@original",
        "/guilds/123456789012345678/auto-moderation-rules/and-more",
        "/channels/123456789012345678/messages/123456789012345678",
        "services.docker.live.sampler.TheNameOfAClass",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "Authorization failed",
    ],
)
def test_a_harmless_text_stays(redactor: Redactor, text: str) -> None:
    assert redactor.redact(text) == text


def test_a_word_too_short_for_a_secret_is_none() -> None:
    redactor = Redactor()
    redactor.conceal("any")
    assert redactor.redact("is there any?") == "is there any?"


def test_a_secret_with_dots_that_is_no_token_hides_none_of_its_words() -> None:
    redactor = Redactor()
    redactor.conceal("docker.restart.nginx")
    assert redactor.redact("docker restart nginx") == "docker restart nginx"


def _new_token() -> str:
    return f"MTE5{secrets.token_urlsafe(16)[:22]}.{secrets.token_hex(3)}.{secrets.token_urlsafe(30)[:38]}"


@pytest.mark.parametrize("told", [True, False], ids=["told", "by its shape"])
def test_no_measurement_and_no_export_holds_a_token(tmp_path: Path, told: bool) -> None:  # noqa: FBT001 - a parameter of the test
    token = _new_token()
    if told:
        conceal(token)
    metrics = PerformanceMetrics(tmp_path)
    metadata = {
        "plain": f"a {token}",
        "deep": [{"x": (token, {"y": f"…{token}"})}],
        token: 1,
        "cut": "x" * 1_980 + token,
        "headers": {"Authorization": f"Bot {token}"},
        "url": f"https://x/?t={quote(token, safe='')}",
        "error": ValueError(token),
    }
    for key, value in metadata.items():
        metrics.record("leak", 0.1, success=True, metadata={key: value})
    metrics.record(f"call.{token}", 0.1, success=True)
    with pytest.raises(RuntimeError), metrics.track("raised"):
        raise RuntimeError(token)
    metrics.flush()
    metrics.export_to_json(tmp_path / "export.json")
    names = metrics.get_operations()
    metrics.close()
    for file in tmp_path.iterdir():
        content = file.read_text(encoding="utf-8", errors="replace")
        for part in (token, token.split(".")[2], token[:30]):
            assert part not in content, file
    assert token not in "".join(names)


def test_an_old_file_with_a_token_in_it_is_exported_without(tmp_path: Path) -> None:
    token = _new_token()
    line = {
        "operation": "old", "start_time": 1699999999.1, "end_time": 1699999999.2, "duration": 0.1, "success": False,
        "timestamp": "2025-11-12T23:59:59", "metadata": {"error": f"401 for {token}"},
    }  # fmt: skip
    (tmp_path / "performance_metrics.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    metrics = PerformanceMetrics(tmp_path)
    assert metrics.export_to_json(tmp_path / "export.json") is not None
    metrics.close()
    exported = (tmp_path / "export.json").read_text(encoding="utf-8")
    assert token not in exported
    assert HIDDEN in exported


_WORD_OF_THE_FILE = """
import sys
from pathlib import Path
from utils.metrics.redact import conceal
from utils.performance_metrics import PerformanceMetrics
conceal("duration")
metrics = PerformanceMetrics(Path(sys.argv[1]))
metrics.record("words", 0.5, success=True, metadata={"said": "the duration", "n": 3})
metrics.close()
"""


def test_a_secret_that_is_a_word_of_the_file_leaves_the_file_readable(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", _WORD_OF_THE_FILE, tmp_path], check=True)  # what it conceals, it alone knows
    metrics = PerformanceMetrics(tmp_path)
    (entry,) = metrics.get_recent_metrics("words")
    metrics.close()
    assert entry.duration == pytest.approx(0.5)
    assert entry.metadata == {"said": f"the {HIDDEN}", "n": 3}
