"""The HTTP face, as the chat page uses it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

import discord
import pytest
from discord import app_commands

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import aiohttp

    from sandbox.server import Sandbox
    from tests.contract.sandbox.conftest import Bot


@pytest.fixture
def post(sandbox: Sandbox, http: aiohttp.ClientSession) -> Callable[..., Awaitable[tuple[int, Any]]]:
    async def send(path: str, body: object) -> tuple[int, Any]:
        async with http.post(f"{sandbox.url}/sandbox/{path}", json=body) as response:
            return response.status, await response.json()

    return send


@pytest.fixture
def get(sandbox: Sandbox, http: aiohttp.ClientSession) -> Callable[..., Awaitable[Any]]:
    async def fetch(path: str) -> Any:  # noqa: ANN401 - any JSON
        async with http.get(f"{sandbox.url}/sandbox/{path}") as response:
            return await response.json()

    return fetch


class View(discord.ui.View):
    @discord.ui.button(label="Ask", custom_id="ask")
    async def ask(self, interaction: discord.Interaction, _: discord.ui.Button[Self]) -> None:
        await interaction.response.send_modal(Ask())


class Ask(discord.ui.Modal, title="Ask"):
    name: discord.ui.TextInput[Self] = discord.ui.TextInput(label="Name", custom_id="name")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Hello {self.name.value}", ephemeral=True)


@pytest.fixture
async def greeter(sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]) -> Bot:
    @bot.tree.command(description="d")
    async def greet(interaction: discord.Interaction, name: str = "you") -> None:
        await interaction.response.send_message(f"Hello {name}", view=View())

    @greet.autocomplete("name")
    async def complete(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=current.upper(), value=current)]

    return await run(sandbox, bot)


async def test_the_state_shows_a_user_s_world(greeter: Bot, get: Callable[..., Awaitable[Any]]) -> None:
    state = await get("state?user=Max")

    assert state["guild"]["name"] == "Sandbox"
    assert [(each["name"], each["can_send"]) for each in state["channels"]] == [
        ("general", True),
        ("bot-commands", True),
        ("reports", False),
    ]
    assert [user["name"] for user in state["users"]] == ["Ada", "Olga", "Max"]
    assert state["users"][1] | {"id": ""} == {
        "id": "",
        "name": "Olga",
        "role_names": ["Docker operators"],
        "colour": "#3BA55D",
    }
    assert (state["me"]["name"], state["bot"]["name"], state["bot"]["online"]) == ("Max", "ddc-perf", True)
    assert [command["name"] for command in state["commands"]] == ["greet"]
    assert state["commands"][0]["application_id"] == str(greeter.application_id)


async def test_without_a_user_the_state_is_the_first_one_s_and_an_unknown_user_is_told(
    get: Callable[..., Awaitable[Any]],
) -> None:
    assert (await get("state"))["me"]["name"] == "Ada"
    assert await get("state?user=Nobody") == {"error": "There is no user 'Nobody' in the sandbox."}


async def test_a_whole_conversation_goes_over_http_and_is_told_to_the_page(
    sandbox: Sandbox,
    greeter: Bot,
    http: aiohttp.ClientSession,
    post: Callable[..., Awaitable[tuple[int, Any]]],
    get: Callable[..., Awaitable[Any]],
) -> None:
    assert greeter.is_ready()
    async with http.ws_connect(f"{sandbox.url}/sandbox/events?user=Max") as events:

        async def event(kind: str) -> dict[str, Any]:
            async with asyncio.timeout(10):
                while (told := await events.receive_json())["t"] != kind:
                    pass
            return dict(told)

        ada = {"user": "Ada", "channel": "general"}
        _, typed = await post("autocomplete", ada | {"command": "greet", "options": {"name": "m"}, "focused": "name"})
        assert typed["choices"] == [{"name": "M", "value": "m"}]

        run = {"user": "Max", "channel": "general", "command": "greet", "options": {"name": "Max"}, "nonce": "n1"}
        status, started = await post("command", run)
        assert status == 200
        sent = await event("interaction")
        assert (sent["id"], sent["nonce"], sent["state"]) == (started["id"], "n1", "sent")
        message = (await event("message_create"))["message"]
        assert message["content"] == "Hello Max"
        assert (await event("interaction"))["state"] == "done"

        press = {"user": "Max", "channel": message["channel_id"], "message": message["id"], "custom_id": "ask"}
        _, pressed = await post("component", press)
        opened = await event("modal")
        assert (opened["interaction_id"], opened["modal"]["title"]) == (pressed["id"], "Ask")

        values = {"user": "Max", "interaction": pressed["id"], "values": {"name": "Olga"}}
        await post("modal", values)
        message = (await event("message_create"))["message"]
        assert (message["content"], message["flags"]) == ("Hello Olga", 64)

    interactions = await get("interactions")
    assert [interactions[each["id"]]["state"] for each in (started, pressed)] == ["done", "done"]
    assert interactions[started["id"]]["command"] == "greet"
    assert interactions[started["id"]]["ack_seconds"] >= 0
    state = await get("state?user=Ada")
    assert [each["content"] for each in state["messages"][message["channel_id"]]] == ["Hello Max"]


async def test_a_page_of_another_user_hears_nothing_of_what_it_cannot_see(
    sandbox: Sandbox, greeter: Bot, http: aiohttp.ClientSession
) -> None:
    assert greeter.is_ready()
    async with http.ws_connect(f"{sandbox.url}/sandbox/events?user=Olga") as events:
        sandbox.write("Ada", "secret", "hidden")
        sandbox.run_command("Max", "general", "greet")

        # The command of Max itself is his alone; its answer is everybody's.
        told = await events.receive_json()
        assert (told["t"], told["message"]["content"]) == ("message_create", "Hello you")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("command", {"user": "Max", "channel": "general", "command": "gone"}, 404),
        ("command", {"user": "Max", "channel": "secret", "command": "greet"}, 403),
        ("command", {"user": "Nobody", "channel": "general", "command": "greet"}, 404),
        ("command", {"user": "Max", "channel": "general", "command": "greet", "options": {"gone": 1}}, 400),
        ("command", {"user": "Max", "channel": "general", "command": "greet", "options": []}, 200),
        ("command", {"user": "Max", "channel": "general", "command": "greet", "options": "x"}, 400),
        ("command", {"channel": "general"}, 400),
        ("command", [], 400),
        ("component", {"user": "Max", "channel": "general", "message": "1", "custom_id": "x"}, 404),
        ("modal", {"user": "Max", "interaction": "1", "values": {}}, 404),
        ("autocomplete", {"user": "Max", "channel": "general", "command": "greet", "focused": "gone"}, 400),
        ("message", {"user": "Max", "channel": "reports", "content": "x"}, 403),
        ("faults", {"kind": "earthquake"}, 400),
        ("faults", {"kind": "503", "times": "many"}, 400),
    ],
)
async def test_what_cannot_be_done_is_answered_with_the_reason(
    greeter: Bot, post: Callable[..., Awaitable[tuple[int, Any]]], path: str, body: object, status: int
) -> None:
    assert greeter.is_ready()
    answered, told = await post(path, body)

    assert answered == status
    assert status == 200 or told["error"]


async def test_the_bot_s_requests_are_listed_with_their_route(greeter: Bot, get: Callable[..., Awaitable[Any]]) -> None:
    await greeter.guilds[0].text_channels[0].send("x")
    requests = await get("requests")

    assert [request["n"] for request in requests] == list(range(1, len(requests) + 1))
    last = requests[-1]
    assert (last["method"], last["route"], last["status"]) == ("POST", "/channels/{channel_id}/messages", 200)
    assert last["body"]["content"] == "x"
    assert last["response"]["content"] == "x"
    assert await get(f"requests?since={last['n']}") == []


async def test_a_fault_is_ordered_listed_and_cleared(
    sandbox: Sandbox,
    http: aiohttp.ClientSession,
    post: Callable[..., Awaitable[tuple[int, Any]]],
    get: Callable[..., Awaitable[Any]],
) -> None:
    _, told = await post("faults", {"kind": "503", "path": "/callback$", "method": "POST", "times": 2})
    assert told["waiting"] == [{"kind": "503", "path": "/callback$", "method": "POST", "times": 2, "seconds": 1.0}]
    assert "drop_socket" in (await get("faults"))["kinds"]

    async with http.delete(f"{sandbox.url}/sandbox/faults") as response:
        assert await response.json() == {"waiting": []}


async def test_an_unknown_route_is_answered_and_recorded_as_such(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{sandbox.api_base}/guilds/1/unheard-of") as response:
        assert response.status == 404
        assert response.headers["Content-Type"] == "application/json"
        assert await response.json() == {"message": "404: Not Found", "code": 0}
    [request] = sandbox.requests()
    assert (request.route, request.path) == (None, "/guilds/1/unheard-of")


async def test_a_body_that_is_no_json_is_refused(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bot {sandbox.token}", "Content-Type": "application/json"}
    url = f"{sandbox.api_base}/users/@me/channels"

    async with http.post(url, data="{", headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (400, 50109)
    async with http.post(url, data="x", headers=headers | {"Content-Type": "text/plain"}) as response:
        assert (response.status, (await response.json())["code"]) == (400, 50035)


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}],
)
async def test_a_foreign_name_or_page_is_turned_away(
    sandbox: Sandbox, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    for path in ("/sandbox/state", "/api/v10/gateway", "/", "/gateway"):
        async with http.get(sandbox.url + path, headers=headers) as response:
            assert response.status == 403


async def test_the_page_s_own_requests_are_let_in(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{sandbox.url}/sandbox/state", headers={"Origin": sandbox.url}) as response:
        assert response.status == 200


@pytest.mark.parametrize("path", ["/page/../server.py", "/page/%2e%2e/server.py", "/page/gone.js", "/page//etc/passwd"])
async def test_only_the_page_s_files_are_served(sandbox: Sandbox, http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(sandbox.url + path) as response:
        assert response.status == 404
