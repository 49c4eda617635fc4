import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.attachments import Attachment, clean_filename, guess_type, image_size


@given(st.text())
def test_a_cleaned_name_is_a_plain_one_and_stays_as_it_is(name: str) -> None:
    clean = clean_filename(name)

    assert clean
    assert not set(clean) & set('/\\ "\n<>')
    assert clean_filename(clean) == clean


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("chart.png", "image/png"),
        ("metrics.csv", "text/csv; charset=utf-8"),
        ("metrics.json", "application/json; charset=utf-8"),
        ("metrics.jsonl", "application/octet-stream"),
        ("unknown", "application/octet-stream"),
    ],
)
def test_the_type_is_guessed_from_the_name(name: str, kind: str) -> None:
    assert guess_type(name) == kind


def test_a_picture_tells_its_size() -> None:
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480)

    assert image_size(png) == (640, 480)
    assert image_size(b"GIF89a" + struct.pack("<HH", 3, 4)) == (3, 4)
    assert image_size(b"\x89PNG\r\n\x1a\n") is None
    assert image_size(b"text") is None


def test_an_attachment_tells_what_discord_tells() -> None:
    attachment = Attachment("1", "a.txt", b"abc", "text/plain", "http://127.0.0.1/a.txt", "words", ephemeral=True)

    assert attachment.json() == {
        "id": "1",
        "filename": "a.txt",
        "size": 3,
        "url": "http://127.0.0.1/a.txt",
        "proxy_url": "http://127.0.0.1/a.txt",
        "content_type": "text/plain",
        "description": "words",
        "ephemeral": True,
    }
