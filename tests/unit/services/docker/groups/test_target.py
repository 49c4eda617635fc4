"""Which groups there are, and which a text means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.docker.groups.target import Kind, Target, groups_of, meant
from tests.unit.services.docker.groups.compose import container


def test_projects_and_labels_are_groups_by_name_with_their_containers_by_name() -> None:
    found = groups_of(
        [
            container("web", groups=("public",)),
            container("db"),
            container("lone", project=None),
            container("mc", project=None, groups=("games", "public")),
        ]
    )
    assert [(group.target, group.text, [one.name for one in group.containers]) for group in found] == [
        (Target("games", Kind.GROUP), "games", ["mc"]),
        (Target("public", Kind.GROUP), "public", ["mc", "web"]),
        (Target("site", Kind.PROJECT), "site", ["db", "web"]),
    ]


def test_what_a_compose_run_made_is_in_no_group() -> None:
    made = container("task", groups=("games",))
    assert groups_of([replace(made, membership=replace(made.membership, one_off=True))]) == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("site", None), ("project:site", Kind.PROJECT), ("group:site", Kind.GROUP), ("games", Kind.GROUP), ("x", None)],
)
def test_a_name_that_means_two_needs_its_kind_in_front(text: str, kind: Kind | None) -> None:
    groups = groups_of([container("a"), container("b", project=None, groups=("site", "games"))])
    assert [group.text for group in groups] == ["games", "group:site", "project:site"]
    found = meant(groups, f" {text} ")
    assert (found and found.target.kind) == kind
