"""What Discord says: the token, the clock, the intents, the server, the channels, the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.discord_rest import DiscordError, DiscordRest
from bot.rights import invite, rights_in
from cogs.perf.doctor import Finding, judging
from cogs.perf.doctor.outline import compare, outline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.doctor.channels import Place
    from cogs.perf.doctor.outline import Outline

_PRIVILEGED = {
    "Presence": (1 << 12) | (1 << 13),
    "Server Members": (1 << 14) | (1 << 15),
    "Message Content": (1 << 18) | (1 << 19),
}
_MANY = 5


class Online:
    """Asks Discord, one thing after the other: what comes later needs what came before.

    Args:
        discord: Opened.
        guild_id: The bot's home, as the settings have it; None for the only server that it is in.
        places: Where it posts.
        ours: The commands that it has.
    """

    def __init__(self, discord: DiscordRest, guild_id: int | None, places: Sequence[Place], ours: Outline) -> None:
        self._discord = discord
        self._guild_id = guild_id
        self._places = places
        self._ours = ours
        self._found: list[Finding] = []

    async def findings(self) -> Sequence[Finding]:
        """Ask, as far as one comes."""
        try:
            await self._ask()
        except DiscordError as error:
            check = "Token" if error.is_refusal else "Discord"
            self._found.append(Finding.fail(check, error.said, error.cure))
        if self._discord.ahead is not None:
            self._found.append(judging.clock(self._discord.ahead))
        return self._found

    async def _ask(self) -> None:
        me = await self._discord.me()
        self._found.append(Finding.ok("Token", f"Discord knows it: {me.name} ({me.id})."))
        application = await self._discord.application()
        self._found += [intents(application), public(application)]
        application_id, bot_id = int(application["id"]), me.id
        guild_id = await self._home(application_id)
        if guild_id is None:
            return
        if self._places:
            await self._channels(guild_id, bot_id)
        theirs = outline(await self._discord.commands(application_id))
        theirs |= outline(await self._discord.commands(application_id, guild_id))
        self._found.append(judging.commands(compare(self._ours, theirs), len(theirs)))

    async def _home(self, application_id: int) -> int | None:
        guilds = await self._discord.guilds()
        here = {guild.id: guild.name for guild in guilds}
        check, wanted = "Server", self._guild_id
        if not guilds or (wanted is not None and wanted not in here):
            said = (
                "The bot is in no server yet."
                if not guilds
                else f"The bot is not in the server {wanted} of `guild_id`."
            )
            self._found.append(Finding.fail(check, said, f"Invite it: {invite(application_id, wanted)}"))
            return None
        if wanted is None and len(guilds) > 1:
            names = ", ".join(f"{guild.name} ({guild.id})" for guild in guilds[:_MANY])
            said = f"The bot is in {len(guilds)} servers, and none is named as its home, so no admin counts: {names}."
            self._found.append(Finding.fail(check, said, "Set `guild_id` to one of them."))
            return None
        home = wanted or guilds[0].id
        self._found.append(Finding.ok(check, f"In {here[home]} ({home})."))
        return home

    async def _channels(self, guild_id: int, bot_id: int) -> None:
        guild = await self._discord.guild(guild_id)
        member = await self._discord.member(guild_id, bot_id)
        channels = {int(one["id"]): one for one in await self._discord.channels(guild_id)}
        for place in self._places:
            channel = channels.get(place.channel_id)
            if channel is None:
                self._found.append(judging.channel_gone(place.channel_id, place.what_for, place.set_anew))
                continue
            rights = rights_in(channel, guild, member)
            name = f"#{channel['name']}"
            self._found.append(judging.channel(name, place.what_for, rights.lacking, attach=rights.attach))


def intents(application: Mapping[str, Any]) -> Finding:
    """Judge the privileged intents. The bot needs none, so none can be missing."""
    flags = int(application.get("flags") or 0)
    granted = [name for name, bits in _PRIVILEGED.items() if flags & bits]
    if granted:
        return Finding.ok("Intents", f"None is needed; switched on, and not used: {', '.join(granted)}.")
    return Finding.ok("Intents", "No privileged one is needed, and none is switched on.")


def public(application: Mapping[str, Any]) -> Finding:
    """Judge whether strangers can invite the bot."""
    if application.get("bot_public"):
        return Finding.warn(
            "Invitations", "Anybody can invite the bot.", "Developer Portal, Bot: switch Public Bot off."
        )
    return Finding.ok("Invitations", "Its owner alone can invite it.")
