from __future__ import annotations

from pathlib import Path

from bot.policy import docker_alerts, docker_policy
from services.config.access import PermissionRule
from services.config.docker import AlertSettings, DockerSettings
from services.docker import ALL, Policy, Right, Rule
from services.docker.events import AlertPlan, Kind, Rules


def test_the_settings_become_the_policy() -> None:
    settings = DockerSettings(
        operator_role_ids=(1,),
        permissions=(
            PermissionRule(containers=("a*",), projects=("p",), actions="all", roles=(2,), users=(3,), channels=(4,)),
            PermissionRule(containers=("b",), actions=("start",), users=(5,)),
        ),
        hidden=("h",),
        protected=("x",),
    )
    assert docker_policy(settings, "0123456789ab") == Policy(
        operator_role_ids=frozenset({1}),
        rules=(
            Rule(ALL, ("a*",), ("p",), frozenset({2}), frozenset({3}), frozenset({4})),
            Rule(frozenset({Right.START}), ("b",), user_ids=frozenset({5})),
        ),
        hidden=("h",),
        protected=("x",),
        own_container="0123456789ab",
    )


def test_without_settings_only_admins_have_any_right() -> None:
    assert docker_policy(DockerSettings()) == Policy()


def test_the_settings_become_the_plan_for_alerts() -> None:
    file = Path("alerts.json")
    assert docker_alerts(DockerSettings(), file) == AlertPlan(Rules(), None, file)
    given = AlertSettings(
        channel_id=7, kinds=("oom",), cooldown_minutes=1, loop_count=5, loop_minutes=2, group_seconds=3
    )
    assert docker_alerts(DockerSettings(alerts=given), file) == AlertPlan(
        Rules(frozenset({Kind.OOM}), cooldown=60, loop_count=5, loop_seconds=120, group=3), 7, file
    )
