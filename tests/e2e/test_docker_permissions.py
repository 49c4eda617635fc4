"""Who may do what with which container, in the real bot: by role and channel, hidden, protected, too soon, audited."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from sandbox.world import GENERAL_ID, OPERATOR_ROLE_ID
from tests.e2e.world import (
    CHANNEL,
    IMAGE,
    World,
    docker,
    find_component,
    living_bot,
    settings_file,
    soon,
    text_of,
    until_text,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sandbox.interactions import Interaction

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="session")]


@dataclass(frozen=True)
class Names:
    """The containers here: what Olga's role may start, what everyone in #general may see, what nobody may."""

    game: str
    shop: str
    vault: str
    proxy: str

    def all(self) -> tuple[str, ...]:
        return (self.game, self.shop, self.vault, self.proxy)


@pytest.fixture(scope="module")
def names(engine: None) -> Iterator[Names]:  # noqa: ARG001 - it must be there
    run = f"ddc-t-{secrets.token_hex(3)}"
    made = Names(*(f"{run}-{part}" for part in ("game", "shop", "vault", "proxy")))
    try:
        for name in made.all():
            docker("run", "--detach", "--name", name, IMAGE)
        yield made
    finally:
        docker("rm", "--force", *made.all())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("guarded")
    settings_file(
        folder,
        {
            "docker": {
                "permissions": [
                    {"containers": ["*-game", "*-vault"], "actions": ["start"], "roles": [OPERATOR_ROLE_ID]},
                    {"containers": ["*-shop", "*-vault"], "actions": ["see"], "channels": [GENERAL_ID]},
                ],
                "hidden": ["*-vault"],
                "protected": ["*-proxy"],
                "cooldown_seconds": {"restart": 300},
            }
        },
    )
    async with living_bot(folder, DDC_OPERATOR_ROLE_IDS="") as world:
        yield world


async def offered(world: World, user: str, action: str, typed: str, channel: str = CHANNEL) -> list[str]:
    choices = await world.sandbox.autocomplete(user, channel, f"docker {action}", {"container": typed}, "container")
    return [choice["value"] for choice in choices]


async def in_general(world: World, user: str, command: str, **options: object) -> Interaction:
    return await world.settled(world.sandbox.run_command(user, "general", command, options))


def running(name: str) -> bool:
    return docker("inspect", "--format", "{{.State.Running}}", name) == "true"


async def test_a_member_with_a_rule_sees_only_theirs_in_lists_suggestions_and_errors(
    guarded: World, names: Names
) -> None:
    listed = text_of(await guarded.run("docker list", user="Olga"))
    assert names.game in listed
    for action in ("info", "start"):
        assert await offered(guarded, "Olga", action, "ddc-t") == [names.game]
    for action in ("stop", "restart"):
        assert await offered(guarded, "Olga", action, "ddc-t") == []
    # One letter off: what is close and hers is suggested, what is close and not hers is not.
    assert names.game in text_of(await guarded.run("docker info", user="Olga", container=f"{names.game}x"))
    wrong = (names.shop[:-1], names.vault[:-1], f"{names.proxy}x")
    answers = [listed, *[text_of(await guarded.run("docker info", user="Olga", container=asked)) for asked in wrong]]
    for other in (names.shop, names.vault, names.proxy):
        assert all(other not in answer.replace(f"{other}x", "") for answer in answers)


async def test_she_starts_hers_and_can_neither_stop_it_nor_is_asked_whether(guarded: World, names: Names) -> None:
    docker("stop", "--time", "1", names.game)
    await until_text(await guarded.run("docker start", user="Olga", container=names.game), "Started")
    assert running(names.game)
    for action in ("stop", "restart"):
        refused = await guarded.run(f"docker {action}", user="Olga", container=names.game)
        assert f"no right to {action}" in text_of(refused)
        assert not refused.messages[0]["components"]
    assert running(names.game)
    record = await guarded.bot.recorded("docker_operation", container=names.game, outcome="denied")
    assert record["success"] is False


async def test_a_rule_for_a_channel_holds_there_for_everyone_and_nowhere_else(guarded: World, names: Names) -> None:
    seen = text_of(await in_general(guarded, "Max", "docker list"))
    assert names.shop in seen
    assert not [name for name in (names.game, names.vault, names.proxy) if name in seen]
    assert await offered(guarded, "Max", "info", "ddc-t", "general") == [names.shop]
    assert "no right to stop" in text_of(await in_general(guarded, "Max", "docker stop", container=names.shop))
    assert "Only admins and the roles" in text_of(await guarded.run("docker list", user="Max"))
    assert await offered(guarded, "Max", "info", "ddc-t") == []
    assert running(names.shop)


async def test_what_is_hidden_answers_as_what_is_not_there_and_admins_see_it(guarded: World, names: Names) -> None:
    identity = docker("inspect", "--format", "{{.Id}}", names.vault)[:12]
    for action in ("info", "start", "stop", "restart"):
        for asked, missing in ((names.vault, names.vault.replace("vault", "xault")), (identity, "0123456789ab")):
            answer = await guarded.run(f"docker {action}", user="Olga", container=asked)
            expected = await guarded.run(f"docker {action}", user="Olga", container=missing)
            assert "There is no container" in text_of(answer)
            assert text_of(answer).replace(asked, missing) == text_of(expected)
            assert not answer.messages[0]["components"]
    assert names.vault in text_of(await guarded.run("docker list"))
    await guarded.bot.recorded("docker_operation", container=names.vault, outcome="denied")
    # Reports name containers; they are for admins alone.
    assert [command["name"] for command in guarded.sandbox.state("Olga")["commands"]] == ["docker"]


async def test_what_is_protected_admins_do_not_stop_either(guarded: World, names: Names) -> None:
    refused = await guarded.run("docker stop", container=names.proxy)
    assert "is protected" in text_of(refused)
    assert not refused.messages[0]["components"]
    assert await offered(guarded, "Ada", "stop", names.proxy) == []
    assert running(names.proxy)


async def test_the_same_again_is_too_soon_and_nothing_runs_twice(guarded: World, names: Names) -> None:
    # Two questions stand open before the first is answered, as after a double click.
    questions = [await guarded.run("docker restart", container=names.proxy) for _ in range(2)]
    await until_text(await guarded.press(questions[0], f"Restart {names.proxy}"), "Restarted")
    since = docker("inspect", "--format", "{{.State.StartedAt}}", names.proxy)
    message, button = find_component(questions[1], "confirm")
    pressed = guarded.sandbox.use_component("Ada", CHANNEL, message["id"], button["custom_id"])
    assert "a moment ago. Try again in" in await until_text(pressed, "Try again in")
    third = await guarded.run("docker restart", container=names.proxy)
    assert "a moment ago. Try again in" in text_of(third)
    assert not third.messages[0]["components"]
    assert docker("inspect", "--format", "{{.State.StartedAt}}", names.proxy) == since


async def test_the_audit_shows_what_was_done_and_what_was_refused_to_admins_alone(guarded: World, names: Names) -> None:
    await until_text(await guarded.run("docker start", container=names.shop), "Already running")
    await guarded.run("docker stop", user="Olga", container=names.game)
    await guarded.run("docker stop", user="Olga", container=names.vault)
    await guarded.run("docker stop", container=names.proxy)
    told = text_of(await guarded.run("docker audit", limit=4))
    wanted = [
        f"✗ stop `{names.proxy}` · denied, protected",
        f"✗ stop `{names.vault}` · denied, may not see it",
        f"✗ stop `{names.game}` · denied, no right",
        f"✓ start `{names.shop}` · ",
    ]
    lines = told.splitlines()[1:9]
    assert [line.startswith(want) for line, want in zip(lines[::2], wanted, strict=True)] == [True] * 4, told
    assert [line.split()[0] for line in lines[1::2]] == ["ada", "olga", "olga", "ada"]
    only = text_of(
        await guarded.settled(
            guarded.sandbox.run_command("Ada", CHANNEL, "docker audit", {"container": names.game, "user": "olga"})
        )
    )
    assert names.game in only
    assert names.proxy not in only
    refused = await guarded.run("docker audit", user="Olga")
    assert "Only admins can see the audit" in text_of(refused)
    assert "ddc-t-" not in json.dumps(refused.messages)


async def test_a_long_audit_has_pages_and_the_file_is_one_line_an_action(guarded: World, names: Names) -> None:
    for _ in range(9):
        await guarded.run("docker stop", container=names.proxy)
    first = await guarded.run("docker audit", container=names.proxy)
    assert "page 1 of 2" in text_of(first)
    second = await guarded.press(first, "older")
    await until_text(second, "page 2 of 2")
    await until_text(await guarded.press(second, "newer"), "page 1 of 2")
    file = guarded.bot.folder / "audit" / "docker.jsonl"
    await soon(file.exists)
    entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    refused = [one for one in entries if one["container"] == names.proxy and one["error_type"] == "Protected"]
    assert len(refused) >= 9
    assert {one["name"] for one in refused} == {"ada"}
