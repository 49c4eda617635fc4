from __future__ import annotations

import json
import os
import tempfile
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from utils.metrics import codec
from utils.metrics.encoder import Encoder
from utils.metrics.engine.scan import _LINE, BLOCK, MAX_LINE, MEMORY, Scanner, _fields, line_at
from utils.metrics.model import WallTime

if TYPE_CHECKING:
    from pathlib import Path

    from utils.metrics.engine.scan import Row

OURS = (
    b'{"operation": "config_load", "start_time": 1699999999.123000, "end_time": 1699999999.456000, '
    b'"duration": 0.333000000, "success": true, "timestamp": "2025-11-14T22:13:19", "metadata": {}}\n'
)
texts = st.one_of(
    st.sampled_from(["op", "a.b", "é", "", 'quo"te', "\x7f", "\u2028", "\ud800", "x\\y"]), st.text(max_size=8)
)
numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**20), 10**20),
    st.sampled_from([0, -0.0, 1e-05, 1e22, 1.7e308, 1_699_999_999.123456]),
)
flat: st.SearchStrategy[object] = st.one_of(
    texts, numbers, st.booleans(), st.none(), st.lists(st.integers(), max_size=2)
)
values: st.SearchStrategy[object] = st.one_of(flat, st.dictionaries(texts, st.one_of(flat, st.just({})), max_size=2))
lines = st.builds(
    lambda fields, ascii_only: json.dumps(fields, ensure_ascii=ascii_only).encode("utf-8", "replace"),
    st.fixed_dictionaries(
        {
            "operation": st.one_of(texts, values),
            "start_time": st.one_of(numbers, values),
            "end_time": st.one_of(numbers, values),
            "duration": st.one_of(numbers, values),
            "success": st.one_of(st.booleans(), values),
            "timestamp": texts,
            "metadata": st.one_of(st.just({}), st.dictionaries(texts, values, max_size=3)),
        }
    ),
    st.booleans(),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    line = bytearray(draw(st.one_of(lines, st.just(OURS[:-1]))))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(line) - 1))
        if draw(st.booleans()):
            line[at] = draw(st.one_of(st.integers(0, 255), st.sampled_from(b'"{},: \\\n\r\x00-+.eE0')))
        else:
            del line[at:]
        if not line:
            break
    return bytes(line)


def scanned(content: bytes) -> tuple[dict[str, list[Row]], list[int], Scanner]:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        scanner = Scanner(file.fileno(), 0)
        while scanner.step(len(content)):
            pass
        return *scanner.take(), scanner


def expected(content: bytes) -> tuple[dict[str, list[Row]], list[int]]:
    rows: dict[str, list[Row]] = {}
    corrupt, offset = [], 0
    for line in content.split(b"\n")[:-1]:
        fields = codec.scan(line)
        if fields is not None:
            rows.setdefault(fields[0], []).append((fields[1], offset, fields[2], fields[3]))
        elif line.strip():
            corrupt.append(offset)
        offset += len(line) + 1
    return rows, corrupt


@settings(max_examples=400)
@given(st.lists(st.one_of(lines, damaged(), st.binary(max_size=30), st.sampled_from([b"", b"  ", b"\r"])), max_size=6))
def test_it_finds_just_what_reading_each_line_as_json_finds(content: list[bytes]) -> None:
    whole = b"".join(line + b"\n" for line in content)
    rows, corrupt, _ = scanned(whole)
    assert (rows, corrupt) == expected(whole)


@settings(max_examples=300)
@given(st.one_of(lines, damaged()))
def test_the_short_way_of_one_line_is_as_good_as_json(line: bytes) -> None:
    line = line.replace(b"\n", b" ")
    assert _fields(line) == codec.scan(line)


@given(st.sampled_from(["op", "docker_operation"]), st.floats(0, 10_000), st.booleans(), st.booleans())
def test_what_this_program_writes_takes_the_short_way(
    name: str,
    duration: float,
    success: bool,  # noqa: FBT001 - hypothesis calls it
    with_metadata: bool,  # noqa: FBT001 - as above
) -> None:
    parts = {"docker": 0.25, "discord": 0.1}
    told = {"container": "nginx", "tries": 3, "ack": 0.012, "é": None, "on": True, "parts": parts, "none": {}}
    metadata = told if with_metadata else None
    record = (name, WallTime(1_699_999_999.25), duration, 0.0, success, metadata)
    line = Encoder().encode([record], 0.0)
    assert len(_LINE.findall(line * 3)) == 3


def test_a_line_counts_from_its_end_on() -> None:
    rows, corrupt, scanner = scanned(OURS + OURS[:-1])
    assert (len(rows["config_load"]), corrupt, scanner.at) == (1, [], len(OURS))


def test_the_end_of_what_was_read_is_remembered() -> None:
    content = OURS * 3
    assert scanned(content)[2].tail == content[-MEMORY:]
    assert scanned(OURS)[2].tail == OURS[-MEMORY:]


def test_lines_longer_than_a_block_are_read_and_much_longer_ones_are_corrupt_once() -> None:
    long = json.dumps({"operation": "long", "end_time": 1, "duration": 1, "metadata": {"x": "y" * 3 * BLOCK}}).encode()
    huge = b"z" * (2 * MAX_LINE + 17)
    content = OURS + long + b"\n" + huge + b"\n" + OURS
    rows, corrupt, scanner = scanned(content)
    assert [row[1] for row in rows["config_load"]] == [0, len(content) - len(OURS)]
    assert [row[1] for row in rows["long"]] == [len(OURS)]
    assert corrupt == [len(OURS) + len(long) + 1]
    assert (scanner.at, scanner.mid_line) == (len(content), False)


def test_it_goes_on_in_the_middle_of_a_line_that_is_too_long() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"z" * 100 + b"\n" + OURS)
        file.flush()
        scanner = Scanner(file.fileno(), 50, mid_line=True)
        while scanner.step(101 + len(OURS)):
            pass
        rows, corrupt = scanner.take()
    assert ([row[1] for row in rows["config_load"]], corrupt) == ([101], [])


def test_a_line_is_read_back_whatever_its_length(tmp_path: Path) -> None:
    texts = [b"short", b"x" * 600, b"y" * 300_000, b"", b"last"]
    (tmp_path / "file").write_bytes(b"\n".join(texts) + b"\nunfinished")
    descriptor = os.open(tmp_path / "file", os.O_RDONLY)
    offset = 0
    for text in texts:
        assert line_at(descriptor, offset) == text
        offset += len(text) + 1
    assert line_at(descriptor, offset) == b""
    os.close(descriptor)
