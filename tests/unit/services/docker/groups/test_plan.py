"""What a plan says, for any labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from services.docker import Action, Condition, State
from services.docker.groups.plan import Held, Plan, make_plan
from services.docker.groups.target import groups_of
from tests.unit.services.docker.groups.compose import container

if TYPE_CHECKING:
    from services.docker import Container

SERVICES = st.sampled_from("abcdefgh")
ACTIONS = st.sampled_from([Action.START, Action.STOP, Action.RESTART])
TREES = st.dictionaries(SERVICES, st.sets(SERVICES), min_size=1)


def plan_of(*containers: Container, action: Action = Action.START, held: Held | None = None) -> Plan:
    (group,) = groups_of(containers)
    return make_plan(group, action, lambda _container: held)


def names(plan: Plan) -> list[list[str]]:
    return [[step.container.name for step in level] for level in plan.levels]


def before(plan: Plan) -> dict[str, list[tuple[str, Condition | None]]]:
    called = {step.container.id: step.container.name for step in plan.steps}
    return {
        step.container.name: [(called[one.id], one.condition) for one in step.before]
        for step in plan.steps
        if step.before
    }


SITE = (
    container("web", "db:service_healthy", "cache"),
    container("db"),
    container("cache"),
    container("proxy", "web"),
)


def test_a_start_begins_with_what_others_depend_on() -> None:
    plan = plan_of(*SITE)
    assert names(plan) == [["cache", "db"], ["web"], ["proxy"]]
    assert before(plan) == {
        "web": [("db", Condition.HEALTHY), ("cache", Condition.STARTED)],
        "proxy": [("web", Condition.STARTED)],
    }


def test_a_restart_goes_as_a_start_does() -> None:
    assert plan_of(*SITE, action=Action.RESTART).levels == plan_of(*SITE).levels


def test_a_stop_goes_the_other_way_round_and_waits_for_those_who_use_a_container() -> None:
    plan = plan_of(*SITE, action=Action.STOP)
    assert names(plan) == [["proxy"], ["web"], ["cache", "db"]]
    assert before(plan) == {"web": [("proxy", None)], "db": [("web", None)], "cache": [("web", None)]}


def test_what_depends_on_a_service_comes_after_all_its_replicas() -> None:
    plan = plan_of(container("web-1", service="web"), container("web-2", service="web"), container("proxy", "web"))
    assert names(plan) == [["web-1", "web-2"], ["proxy"]]
    assert before(plan) == {"proxy": [("web-1", Condition.STARTED), ("web-2", Condition.STARTED)]}


def test_services_of_one_name_in_two_projects_are_two() -> None:
    containers = (
        container("db", project="one", groups=("all",)),
        container("web", "db", project="two", groups=("all",)),
        container("other-db", project="two", service="db", groups=("all",)),
    )
    everything = next(group for group in groups_of(containers) if group.text == "all")
    plan = make_plan(everything, Action.START, lambda _container: None)
    assert before(plan) == {"web": [("other-db", Condition.STARTED)]}


def test_in_a_group_of_ones_own_the_number_rules_and_dependencies_among_those_of_one_number() -> None:
    plan = plan_of(
        container("a", project=None, groups=("g",), order=2),
        container("b", project=None, groups=("g",), order=1),
        container("c", project=None, groups=("g",), order=-1.5),
        container("d", project=None, groups=("g",)),
    )
    assert names(plan) == [["c"], ["d"], ["b"], ["a"]]
    assert before(plan) == {}, "a failure there holds up nobody"


def test_a_number_against_a_dependency_wins_and_is_told() -> None:
    groups = groups_of(
        [container("web", "db", groups=("g",), order=1), container("db", groups=("g",), order=2)],
    )
    own, project = (make_plan(group, Action.START, lambda _container: None) for group in groups)
    assert (names(own), own.against) == ([["web"], ["db"]], ("web",))
    assert before(own) == {}
    assert (names(project), project.against) == ([["db"], ["web"]], ()), "compose knows no such number"


def test_a_circle_is_cut_and_told() -> None:
    plan = plan_of(container("a", "b"), container("b", "a"))
    assert sorted(name for level in names(plan) for name in level) == ["a", "b"]
    assert plan.circles in ((("a", "b"),), (("b", "a"),))


def test_a_dependency_on_what_is_not_in_the_group_is_told_without_a_name() -> None:
    plan = plan_of(container("web", "vault"), container("db"))
    assert plan.outside == ("web",)
    assert "vault" not in repr([plan.levels[0][1].before, plan.circles, plan.outside])


def test_what_is_held_is_in_the_plan_but_not_acted_on() -> None:
    plan = plan_of(*SITE, held=Held.FORBIDDEN)
    assert (len(plan.steps), plan.acted) == (4, ())


def test_a_plan_that_would_change_nothing_knows_it() -> None:
    down = [container(name, state=State.EXITED) for name in "ab"]
    assert plan_of(*SITE).is_idle
    assert plan_of(*down, action=Action.STOP).is_idle
    assert not plan_of(*down).is_idle
    assert not plan_of(*SITE, *down, action=Action.STOP).is_idle
    assert not plan_of(*down, action=Action.RESTART).is_idle


@given(TREES, ACTIONS, st.integers(1, 3))
def test_every_container_comes_once_and_every_dependency_that_is_no_circle_is_kept(
    needs: dict[str, set[str]], action: Action, replicas: int
) -> None:
    containers = [
        container(f"{service}-{number}", *others, service=service)
        for service, others in needs.items()
        for number in range(replicas)
    ]
    plan = plan_of(*containers, action=action)
    assert sorted(step.container.name for step in plan.steps) == sorted(one.name for one in containers)
    place = {step.container.id: index for index, level in enumerate(plan.levels) for step in level}
    for step in plan.steps:
        assert all(place[one.id] < place[step.container.id] for one in step.before)
        assert len({one.id for one in step.before}) == len(step.before)
    service_of = {one.id: one.membership.service for one in containers}
    kept = {
        (service_of[step.container.id], service_of[one.id])[:: -1 if action is Action.STOP else 1]
        for step in plan.steps
        for one in step.before
    }
    wanted = {(who, whom) for who, others in needs.items() for whom in others & needs.keys()}
    assert kept <= wanted
    assert len(kept) + len(plan.circles) == len(wanted)
