from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.backlog import MAX_BYTES, MAX_LINES, Backlog

batches = st.lists(st.lists(st.binary(max_size=5).map(lambda text: text.replace(b"\n", b"") + b"\n"), max_size=4))


@given(batches, st.integers(0, 30))
def test_lines_come_out_in_the_order_they_came_whole_and_counted(added: list[list[bytes]], size: int) -> None:
    backlog = Backlog()
    for lines in added:
        backlog.add(b"".join(lines))
    expected = [line for lines in added for line in lines]
    assert backlog.lines == len(expected)
    out: list[bytes] = []
    while backlog:
        assert backlog.all() == expected[len(out) :]
        first = backlog.first(size)
        assert len(first) >= size or first == b"".join(backlog.all())
        # The disk takes only the first line of them, and all of the rest the next time.
        taken = first[: first.index(b"\n") + 1] if len(out) % 2 else first
        backlog.remove(len(taken))
        out += [line + b"\n" for line in taken.split(b"\n")[:-1]]
    assert out == expected
    assert (backlog.lines, backlog.dropped, backlog.first(size)) == (0, 0, b"")


def test_of_too_many_lines_the_oldest_are_given_up() -> None:
    backlog = Backlog()
    for number in range(0, MAX_LINES + 150, 50):
        backlog.add(b"".join(b"%d\n" % (number + turn) for turn in range(50)))
    assert (backlog.lines, backlog.dropped) == (MAX_LINES, 150)
    assert backlog.first(1).startswith(b"150\n")


def test_of_too_many_bytes_the_oldest_are_given_up() -> None:
    backlog = Backlog()
    big = b"x" * (MAX_BYTES // 4) + b"\n"
    for _ in range(6):
        backlog.add(big)
    assert (backlog.lines, backlog.dropped) == (3, 3)
    backlog.add(b"y" * (2 * MAX_BYTES) + b"\n")
    assert (backlog.lines, backlog.dropped, bool(backlog)) == (0, 7, False)
