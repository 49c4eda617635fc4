"""What is read of labels, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker.labels import LONGEST_GROUP, Condition, Dependency, Membership, membership, project

COMPOSE = {
    "com.docker.compose.project": "site",
    "com.docker.compose.service": "web",
    "com.docker.compose.depends_on": "db:service_healthy:true,migrate:service_completed_successfully:false,cache",
    "com.docker.compose.oneoff": "False",
    "basicauth": "hunter2",
}


def test_composes_labels_tell_project_service_and_what_must_run_before_it() -> None:
    assert project(COMPOSE) == "site"
    assert membership(COMPOSE) == Membership(
        service="web",
        depends_on=(
            Dependency("db", Condition.HEALTHY),
            Dependency("migrate", Condition.COMPLETED),
            Dependency("cache", Condition.STARTED),
        ),
    )


def test_what_a_compose_run_made_is_marked() -> None:
    assert membership({"com.docker.compose.oneoff": "True"}).one_off


@pytest.mark.parametrize(
    ("value", "groups"),
    [
        ("games", ("games",)),
        (" games , media ,, games ", ("games", "media")),
        (" , ", ()),
        ("g" * (LONGEST_GROUP + 1) + ",short", ("short",)),
    ],
)
def test_a_label_may_name_several_groups_parted_by_commas(value: str, groups: tuple[str, ...]) -> None:
    assert membership({"ddc.group": value}).groups == groups


def test_the_settings_choose_the_label() -> None:
    labels = {"ddc.group": "a", "org.example.stack": "b"}
    assert membership(labels, "org.example.stack").groups == ("b",)


@pytest.mark.parametrize(
    ("value", "order"), [("3", 3.0), ("-1.5", -1.5), ("", 0.0), ("first", 0.0), ("nan", 0.0), ("inf", 0.0)]
)
def test_the_order_is_a_number_or_nothing(value: str, order: float) -> None:
    assert membership({"ddc.order": value}).order == order


@given(
    st.none()
    | st.text()
    | st.lists(st.text())
    | st.dictionaries(st.sampled_from([*COMPOSE, "ddc.group", "ddc.order"]), st.text() | st.integers() | st.none())
)
def test_whatever_an_engine_sends_is_read_without_an_error_and_each_name_once(labels: object) -> None:
    found = membership(labels)
    project(labels)
    services = [need.service for need in found.depends_on]
    assert len(services) == len(set(services))
    assert all(name == name.strip() != "" for name in found.groups)
