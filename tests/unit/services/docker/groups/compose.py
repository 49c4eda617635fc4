"""Containers as compose labels them, for these tests."""

from __future__ import annotations

import hashlib

from services.docker import Condition, Container, Dependency, Membership, State


def labelled(*needs: str, service: str | None = None, groups: tuple[str, ...] = (), order: float = 0.0) -> Membership:
    """What labels say; a need is a service, or a service and a condition as in "db:service_healthy"."""
    known = {condition.value: condition for condition in Condition}
    depends_on = []
    for need in needs:
        name, _, word = need.rpartition(":")
        depends_on.append(Dependency(name, known[word]) if word in known else Dependency(need))
    return Membership(service=service, depends_on=tuple(depends_on), groups=groups, order=order)


def container(
    name: str, *needs: str, project: str | None = "site", state: State = State.RUNNING, **more: object
) -> Container:
    """A container of a service of its own name, unless `more` says otherwise."""
    membership = labelled(*needs, **({"service": name} | more))  # type: ignore[arg-type] # as `labelled` takes them
    identity = hashlib.sha256(name.encode()).hexdigest()
    return Container(identity, name, "image:1", state, project=project, membership=membership)
