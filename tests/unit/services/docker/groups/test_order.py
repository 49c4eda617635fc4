"""The order holds for any needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.docker.groups.order import in_order

NODES = st.integers(0, 12)
ANY = st.dictionaries(NODES, st.sets(NODES))
ACYCLIC = ANY.map(lambda needs: {one: {other for other in others if other < one} for one, others in needs.items()})

Needs = dict[int, set[int]]


@given(ACYCLIC)
def test_without_a_circle_everything_comes_once_and_after_all_that_it_needs(needs: Needs) -> None:
    levels, cut = in_order(needs)
    assert cut == ()
    place = {one: index for index, level in enumerate(levels) for one in level}
    assert sorted(one for level in levels for one in level) == sorted(needs)
    assert all(place[other] < place[one] for one, others in needs.items() for other in others if other in needs)


@given(ACYCLIC)
def test_nothing_waits_for_longer_than_it_must(needs: Needs) -> None:
    levels, _ = in_order(needs)
    before: set[int] = set()
    for level in levels:
        assert all(not before or needs[one] & before for one in level)
        before = set(level)


@given(ANY)
def test_circles_are_cut_and_told_and_all_other_needs_are_kept(needs: Needs) -> None:
    levels, cut = in_order(needs)
    place = {one: index for index, level in enumerate(levels) for one in level}
    assert sorted(one for level in levels for one in level) == sorted(needs)
    for one, others in needs.items():
        for other in others & needs.keys():
            assert place[other] < place[one] or (one, other) in cut
    for who, needed in cut:
        assert needed in needs[who]
        assert leads_to(needs, needed, who), "only what goes round in a circle is cut"


def leads_to(needs: Needs, start: int, goal: int) -> bool:
    seen, to_do = set(), [start]
    while to_do:
        one = to_do.pop()
        if one == goal:
            return True
        if one not in seen:
            seen.add(one)
            to_do += needs.get(one, set())
    return False


def test_a_thing_that_needs_itself_does_not() -> None:
    assert in_order({"a": ["a"]}) == ((("a",),), (("a", "a"),))


def test_what_is_not_there_is_passed_over() -> None:
    assert in_order({"web": ["db"]}).levels == (("web",),)
