"""The dialogue: asks, checks each answer where it can be checked, and makes a plan. It writes nothing."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from bot.discord_rest import BASE_VARIABLE, DiscordError, DiscordRest
from bot.doctor.engine import docker_findings
from bot.doctor.online import public
from bot.metrics_cli.codes import NOTHING, Ending
from bot.rights import invite, rights_in
from bot.setup.asking import Wrong
from bot.setup.choosing import NONE, OFF, Channel, guessed_zone, pick, time_of, yes_or_no, zone_named
from cogs.perf.doctor import Finding, Verdict
from cogs.perf.schedule import Schedule
from services.secrets import is_strange

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.discord_rest import Account, Guild
    from bot.setup.asking import Asker

T = TypeVar("T")

REFUSED = 3
NOT_REACHED = 4
_LOOK_EVERY = 2.0
_TEXT, _NEWS = 0, 5
_SIGNS = {Verdict.OK: "✓", Verdict.WARN: "!", Verdict.FAIL: "✗"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written.

    Attributes:
        guild_id: The bot's home.
        token: To be encrypted and kept; None where it is kept already.
        docker_host: The engine's address; None leaves the setting as it is.
        alerts_to: The channel of alerts; None for none.
        schedule: The daily summary; None for none.
    """

    guild_id: int
    token: str | None = field(default=None, repr=False)
    docker_host: str | None = None
    alerts_to: int | None = None
    schedule: Schedule | None = None


class Dialogue:
    """One run of it.

    Args:
        asker: Gives the answers.
        environment: The environment variables.
        run: Waits for something that Discord or Docker is asked.
    """

    def __init__(
        self, asker: Asker, environment: Mapping[str, str], run: Callable[[Awaitable[Any]], Any] | None = None
    ) -> None:
        self._asker = asker
        self._environment = environment
        self._run = run or _run

    def plan(self, known_token: str | None = None, origin: str = "") -> Plan:
        """Go through all questions.

        Args:
            known_token: One that was found; None to ask for it.
            origin: Where it was found.

        Raises:
            Ending: Something can't be answered.
        """
        token, me = self._token(known_token, origin)
        guild = self._guild(token)
        channel = self._channel(token, guild, me.id)
        schedule = self._schedule(guild, channel) if channel else None
        docker_host, works = self._docker()
        alerts = bool(channel and works) and self._asker.ask(
            "alerts", "Tell there when a container dies or gets sick", yes_or_no, default="yes"
        )
        return Plan(
            guild_id=guild.id,
            token=None if known_token else token,
            docker_host=docker_host,
            alerts_to=channel.id if channel and alerts else None,
            schedule=schedule,
        )

    def _token(self, known: str | None, origin: str) -> tuple[str, Account]:
        if known is not None:
            return known, self._named(known, f"the token of {origin}")
        self._asker.tell(
            "The bot's token: discord.com/developers/applications, your application, Bot, Reset Token.\n"
            "What you type or paste stays hidden. Switch Public Bot off there; no privileged intent is needed."
        )

        def check(typed: str) -> tuple[str, Account]:
            if is_strange(typed):
                raise Wrong("That holds blanks, line ends or strange signs. Copy the token again, in one piece.")
            try:
                return typed, self._named(typed, "this token")
            except Ending as ending:
                # A person may copy it better; where a file has it, the code tells what was wrong.
                if ending.code == REFUSED and self._asker.patience:
                    raise Wrong(ending.message) from None
                raise

        return self._asker.ask("token", "Token", check, secret=True)

    def _named(self, token: str, what: str) -> Account:
        async def ask(discord: DiscordRest) -> Account:
            return await discord.me()

        me = self._discord(token, ask)
        self._asker.tell(f"✓ Discord knows {what}: {me.name}.")
        return me

    def _guild(self, token: str) -> Guild:
        async def look(discord: DiscordRest) -> tuple[dict[str, Any], list[Guild]]:
            return await discord.application(), await discord.guilds()

        application, guilds = self._discord(token, look)
        self._show([one for one in [public(application)] if one.verdict is not Verdict.OK])
        link = invite(int(application["id"]))
        if not guilds:
            self._asker.tell(f"The bot is in no server yet. Open this, and choose yours:\n  {link}")
            guilds = self._joined(token, link)
        if len(guilds) == 1:
            (only,) = guilds

            def check(typed: str) -> Guild:
                return pick(typed, guilds)

            guild = self._asker.ask("guild", "Server", check, default=only.name) if not self._asker.patience else only
        else:
            self._asker.tell("\n".join(f"  {n}  {one.name} ({one.id})" for n, one in enumerate(guilds, 1)))
            guild = self._asker.ask("guild", "Which server is its home", lambda typed: pick(typed, guilds))
        self._asker.tell(f"✓ Its home is {guild.name}. For another server: {link}")
        return guild

    def _joined(self, token: str, link: str) -> list[Guild]:
        async def wait(discord: DiscordRest) -> list[Guild]:
            until = time.monotonic() + self._asker.patience
            # Without the gateway nobody tells; it is asked for.
            while not (guilds := await discord.guilds()) and time.monotonic() < until:  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_EVERY)
            return guilds

        if self._asker.patience:
            self._asker.tell("I wait until it is there (Ctrl+C ends all) …")
        guilds = self._discord(token, wait)
        if not guilds:
            raise Ending(NOTHING, f"The bot is in no server. Invite it, then run this again: {link}")
        return guilds

    def _channel(self, token: str, guild: Guild, bot_id: int) -> Channel | None:
        def look() -> list[Channel]:
            async def ask(discord: DiscordRest) -> list[Channel]:
                whole, member = await discord.guild(guild.id), await discord.member(guild.id, bot_id)
                found = [one for one in await discord.channels(guild.id) if one.get("type") in (_TEXT, _NEWS)]
                found.sort(key=lambda one: int(one.get("position") or 0))
                return [Channel(int(one["id"]), str(one["name"]), rights_in(one, whole, member)) for one in found]

            return self._discord(token, ask)

        channels = look()
        self._asker.tell("\n".join(f"  {n}  {_told(one)}" for n, one in enumerate(channels, 1)))

        def check(typed: str) -> Channel | None:
            if typed.lower() == NONE:
                return None
            wanted = pick(typed, channels).id
            # As they are now: somebody may have just given them.
            one = next((channel for channel in look() if channel.id == wanted), None)
            if one is None:
                raise Wrong("That channel has just gone. Choose another one.")
            if one.rights.lacking:
                raise Wrong(
                    f"The bot can't post in #{one.name}: {', '.join(one.rights.lacking)} missing. Allow it to the "
                    f"bot's role in the channel's settings, then give the same again; or another channel, or {NONE}."
                )
            return one

        return self._asker.ask("channel", f"Channel for summary and alerts ({NONE}: none)", check, default=NONE)

    def _schedule(self, guild: Guild, channel: Channel) -> Schedule | None:
        at = self._asker.ask("time", f"Daily summary at ({OFF}: none)", time_of, default="09:00")
        if at is None:
            return None
        zone = self._asker.ask("time_zone", "In the time zone", zone_named, default=guessed_zone(self._environment))
        return Schedule(guild.id, channel.id, at, zone, time.time())

    def _docker(self) -> tuple[str | None, bool]:
        """The address that was given, None for the usual one; and whether an engine answers there."""
        findings = self._run(docker_findings(None, self._environment))
        self._show(findings)
        works = all(one.verdict is not Verdict.FAIL for one in findings)
        if works and self._asker.patience:
            return None, True

        def check(typed: str) -> tuple[str | None, bool]:
            if typed == OFF:
                return None, works
            found = self._run(docker_findings(typed, self._environment))
            bad = [one for one in found if one.verdict is Verdict.FAIL]
            if bad:
                raise Wrong(" ".join(f"{one.said} {one.cure}" for one in bad))
            self._show(found)
            return typed, True

        question = f"Docker's address, such as tcp://proxy:2375 ({OFF}: as it is, look later)"
        return self._asker.ask("docker_host", question, check, default=OFF)

    def _show(self, findings: Sequence[Finding]) -> None:
        for one in findings:
            self._asker.tell(f"{_SIGNS[one.verdict]} {one.said}" + (f"\n  → {one.cure}" if one.cure else ""))

    def _discord(self, token: str, question: Callable[[DiscordRest], Awaitable[T]]) -> T:
        async def ask() -> T:
            async with DiscordRest(token, self._environment.get(BASE_VARIABLE)) as discord:
                return await question(discord)

        try:
            return self._run(ask())  # type: ignore[no-any-return]
        except DiscordError as error:
            raise Ending(REFUSED if error.is_refusal else NOT_REACHED, str(error)) from None


def _told(one: Channel) -> str:
    if one.rights.lacking:
        return f"#{one.name}  ✗ lacks {', '.join(one.rights.lacking)}"
    return f"#{one.name}  ✓" + ("" if one.rights.attach else " (no charts: Attach Files is missing)")


async def _awaited(what: Awaitable[T]) -> T:
    return await what


def _run(what: Awaitable[T]) -> T:
    return asyncio.run(_awaited(what))
