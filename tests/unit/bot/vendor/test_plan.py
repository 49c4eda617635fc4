from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vendor.plan import Deed, in_the_way, plan

HASHES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["1", "2", "3"]))


@pytest.mark.parametrize(
    ("ours", "stamped", "there", "deed"),
    [
        ("1", None, None, Deed.ADD),
        ("1", "1", None, Deed.ADD),
        ("1", "1", "1", Deed.SAME),
        ("2", "1", "1", Deed.UPDATE),
        ("1", "1", "3", Deed.KEEP),
        ("2", "1", "3", Deed.CONFLICT),
        ("2", "1", "2", Deed.SAME),
        (None, "1", "1", Deed.REMOVE),
        (None, "1", "3", Deed.KEEP),
        (None, "1", None, Deed.SAME),
    ],
)
def test_a_file_is_judged_by_what_is_there_was_put_there_and_would_be(
    ours: str | None, stamped: str | None, there: str | None, deed: Deed
) -> None:
    def of(value: str | None) -> dict[str, str]:
        return {} if value is None else {"x": value}

    assert [step.deed for step in plan(of(ours), of(stamped), of(there))] == [deed]


@given(HASHES, HASHES, HASHES)
def test_what_was_edited_is_never_written_over_or_removed(
    ours: dict[str, str], stamped: dict[str, str], there: dict[str, str]
) -> None:
    for step in plan(ours, stamped, there):
        if step.deed in (Deed.UPDATE, Deed.REMOVE):
            assert there[step.path] == stamped[step.path]
        if step.deed is Deed.ADD:
            assert step.path not in there


@given(HASHES, HASHES)
def test_after_an_update_without_edits_all_is_as_it_should_be(ours: dict[str, str], stamped: dict[str, str]) -> None:
    there = dict(stamped)
    for step in plan(ours, stamped, there):
        if step.deed in (Deed.ADD, Deed.UPDATE):
            there[step.path] = ours[step.path]
        if step.deed is Deed.REMOVE:
            del there[step.path]
    assert there == ours
    assert {step.deed for step in plan(ours, ours, there)} <= {Deed.SAME}


def test_only_what_differs_is_in_the_way() -> None:
    assert in_the_way({"a": "1", "b": "1"}, {"a": "2", "b": "1", "c": "9"}) == ["a"]
