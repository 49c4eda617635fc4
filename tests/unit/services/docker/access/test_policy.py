from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker import ALL, BOT, Actor, Container, Policy, Right, Rule
from services.docker.access.rule import matches
from tests.contract.docker.people import ADMIN
from tests.unit.services.docker.access.some import PATTERNS, container, containers, members, policies, rights, rules

WEB, DB, VAULT = container("web", "shop"), container("web-db", "shop"), container("vault")
MEMBER = Actor(user_id=7, role_ids=frozenset({70}), channel_ids=frozenset({700}))


WEBS = Rule(frozenset({Right.START}), containers=("web*",))


@given(members, containers, rights, policies)
def test_nobody_without_a_rule_that_holds_for_them_gets_anything(
    actor: Actor, one: Container, right: Right, policy: Policy
) -> None:
    nothing = replace(
        policy, operator_role_ids=frozenset(), rules=tuple(r for r in policy.rules if not r.is_for(actor))
    )
    assert not nothing.may(actor, one, right)
    assert not nothing.knows(actor)


@given(members, containers, rights, policies, rules)
def test_one_more_rule_takes_no_right_away(
    actor: Actor, one: Container, right: Right, policy: Policy, more: Rule
) -> None:
    after = replace(policy, rules=(*policy.rules, more))
    assert after.may(actor, one, right) >= policy.may(actor, one, right)
    assert after.knows(actor) >= policy.knows(actor)


@given(members, containers, rights, policies)
def test_what_is_hidden_no_rule_opens_and_admins_see(
    actor: Actor, one: Container, right: Right, policy: Policy
) -> None:
    hidden = replace(policy, hidden=(*policy.hidden, one.name))
    assert not hidden.may(actor, one, right)
    assert not hidden.may(hidden.reader(1), one, right)
    assert hidden.may(ADMIN, one, right)
    assert hidden.may(BOT, one, right)


@given(members, containers, rights, policies)
def test_whoever_may_do_anything_may_see_it_and_is_known(
    actor: Actor, one: Container, right: Right, policy: Policy
) -> None:
    if policy.may(actor, one, right):
        assert policy.may(actor, one, Right.SEE)
        assert policy.knows(actor)
        assert policy.lets_others_in


@given(members, containers, rights, policies)
def test_in_another_server_no_rule_holds(actor: Actor, one: Container, right: Right, policy: Policy) -> None:
    away = replace(actor, at_home=False)
    assert not policy.may(away, one, right)
    assert not policy.knows(away)


@given(members, st.lists(containers, max_size=6), rights, policies)
def test_many_are_judged_as_each_of_them_is(actor: Actor, some: list[Container], right: Right, policy: Policy) -> None:
    assert policy.allowed(actor, some, right) == tuple(one for one in some if policy.may(actor, one, right))


@given(st.text("ab-", max_size=5), st.lists(st.sampled_from((*PATTERNS, "a*b", "?-*", "*a*a*")), max_size=3))
def test_a_name_matches_when_one_pattern_does(name: str, patterns: list[str]) -> None:
    assert matches(name, tuple(patterns)) == any(fnmatchcase(name, pattern) for pattern in patterns)


def test_case_matters_and_a_pattern_is_for_the_whole_name() -> None:
    assert matches("web-1", ("web-?",))
    assert not matches("Web-1", ("web-?",))
    assert not matches("my-web-1", ("web-?",))
    assert not matches("web-1\n", ("web-?",))


def test_a_rule_opens_what_it_names_and_the_sight_of_it_alone() -> None:
    policy = Policy(rules=(replace(WEBS, user_ids=frozenset({7})),))
    assert [right for right in Right if policy.may(MEMBER, WEB, right)] == [Right.SEE, Right.START]
    assert not any(policy.may(MEMBER, VAULT, right) for right in Right)


@pytest.mark.parametrize(
    ("who", "holds"),
    [
        ({"user_ids": frozenset({7})}, True),
        ({"user_ids": frozenset({8})}, False),
        ({"role_ids": frozenset({70, 71})}, True),
        ({"role_ids": frozenset({71})}, False),
        ({"role_ids": frozenset({71}), "user_ids": frozenset({7})}, True),
        ({"channel_ids": frozenset({700})}, True),
        ({"channel_ids": frozenset({701})}, False),
        ({"channel_ids": frozenset({700}), "role_ids": frozenset({70})}, True),
        ({"channel_ids": frozenset({701}), "role_ids": frozenset({70})}, False),
        ({"channel_ids": frozenset({700}), "role_ids": frozenset({71})}, False),
        ({"channel_ids": frozenset()}, False),
    ],
)
def test_each_kind_of_who_that_is_given_must_fit(who: dict[str, frozenset[int]], holds: bool) -> None:  # noqa: FBT001
    policy = Policy(rules=(replace(WEBS, **who),))  # type: ignore[arg-type] # the fields are of several kinds
    assert policy.may(MEMBER, WEB, Right.START) is holds


@pytest.mark.parametrize(
    ("names", "projects", "found"),
    [
        (("web*",), (), [WEB, DB]),
        ((), ("shop",), [WEB, DB]),
        ((), ("*",), [WEB, DB]),
        (("*-db", "vault"), ("shop",), [DB]),
        ((), (), []),
    ],
)
def test_names_and_projects_must_both_fit_when_both_are_given(
    names: tuple[str, ...], projects: tuple[str, ...], found: list[Container]
) -> None:
    policy = Policy(rules=(Rule(ALL, containers=names, projects=projects, user_ids=frozenset({7})),))
    assert list(policy.allowed(MEMBER, (WEB, DB, VAULT), Right.SEE)) == found


def test_operators_may_do_everything_but_see_what_is_hidden() -> None:
    policy = Policy(operator_role_ids=frozenset({70}), hidden=("vault",))
    assert all(policy.may(MEMBER, WEB, right) for right in Right)
    assert not any(policy.may(MEMBER, VAULT, right) for right in Right)


def test_who_reads_a_channel_sees_all_that_is_not_hidden_and_can_do_nothing() -> None:
    policy = Policy(hidden=("vault",))
    reader = policy.reader(700)
    assert policy.allowed(reader, (WEB, VAULT), Right.SEE) == (WEB,)
    assert not any(policy.may(reader, WEB, right) for right in Right if right is not Right.SEE)


def test_the_bots_own_container_is_protected_by_the_beginning_of_its_id() -> None:
    own = "0123456789ab" + "c" * 52
    policy = Policy(own_container=own[:12], protected=("pro*",))
    assert policy.protects(container("renamed", identity=own))
    assert policy.protects(container("proxy"))
    assert not policy.protects(container("web"))
    assert not Policy().protects(container("web"))
