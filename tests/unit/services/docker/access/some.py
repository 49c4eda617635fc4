"""Containers, people and rules for the tests of who may do what."""

from __future__ import annotations

from hypothesis import strategies as st

from services.docker import Actor, Container, Policy, Right, Rule, State

NAMES = ("web", "web-db", "Web", "vault", "w", "a.b")
PROJECTS = (None, "shop", "media")
PATTERNS = ("*", "web*", "?", "web", "*-db", "a.b", "shop", "m?dia")
IDS = st.frozensets(st.integers(1, 4), max_size=2)


def container(name: str, project: str | None = None, identity: str = "") -> Container:
    return Container(
        id=identity or name.encode().hex(), name=name, image="image:1", state=State.RUNNING, project=project
    )


containers = st.builds(container, st.sampled_from(NAMES), st.sampled_from(PROJECTS))
rights = st.sampled_from(Right)
patterns = st.lists(st.sampled_from(PATTERNS), max_size=2).map(tuple)
rules = st.builds(
    Rule,
    rights=st.frozensets(rights, max_size=3),
    containers=patterns,
    projects=patterns,
    role_ids=IDS,
    user_ids=IDS,
    channel_ids=IDS,
)
members = st.builds(
    Actor,
    user_id=st.integers(0, 4),
    role_ids=IDS,
    channel_ids=IDS,
    at_home=st.booleans(),
)
policies = st.builds(
    Policy,
    operator_role_ids=IDS,
    rules=st.lists(rules, max_size=4).map(tuple),
    hidden=patterns,
    protected=patterns,
)
