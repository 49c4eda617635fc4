"""The buttons under a status message. They outlive the bot: their custom ids hold the action and nothing else.

Everyone in the channel sees them; who presses is answered alone, and may do what the service's policy says they may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from cogs.docker.acting import RIGHTS, act_or_ask
from cogs.docker.actors import actor_of
from cogs.docker.choices import sensible
from cogs.docker.later import followed, tell_timeout
from cogs.docker.logs import Query
from cogs.docker.status import sign_and_word
from cogs.docker.views import InPlaceView
from cogs.perf.instrumentation import note_outcome
from cogs.perf.kit import LOOK, Report, answer_error, denied, label, show
from services.docker import Action
from utils.metrics.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from cogs.docker.logs import LogDesk
    from services.docker import Container, DockerService

Interaction = discord.Interaction[Any]
Button = discord.ui.Button[Any]

MARK = "status_message:"
"""What the custom ids begin with; no other message of the bot has such."""
_PAGE = 25
_LABEL = 100


class StatusButtons(discord.ui.View):
    """Start, stop, restart, logs; which container is asked after the press, when there are several.

    Args:
        service: What acts, and judges.
        log_desk: Shows logs.
        allowed: Whether a person has any right here.
    """

    def __init__(self, service: DockerService, log_desk: LogDesk, allowed: Callable[[Interaction], bool]) -> None:
        super().__init__(timeout=None)
        self._service = service
        self._log_desk = log_desk
        self._allowed = allowed

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Refuse whoever has no right here at all; the service judges each container and action.

        Raises:
            Denied: Instead of returning false, so that the person gets an answer.
        """
        if not self._allowed(interaction):
            raise denied(interaction, "You have no right to do anything with containers here. Ask an admin.")
        return True

    async def on_error(self, interaction: Interaction, error: Exception, _item: discord.ui.Item[Any], /) -> None:
        """Answer whatever a press raised."""
        if timeout := followed(error):
            await tell_timeout(interaction, timeout)
        else:
            await answer_error(interaction, error)

    @discord.ui.button(label="Start", custom_id=f"{MARK}start", style=discord.ButtonStyle.success)
    async def start(self, interaction: Interaction, _button: Button) -> None:
        """Start a container."""
        await self._choose(interaction, Action.START)

    @discord.ui.button(label="Stop", custom_id=f"{MARK}stop", style=discord.ButtonStyle.danger)
    async def stop_container(self, interaction: Interaction, _button: Button) -> None:
        """Stop a container, after a question."""
        await self._choose(interaction, Action.STOP)

    @discord.ui.button(label="Restart", custom_id=f"{MARK}restart", style=discord.ButtonStyle.secondary)
    async def restart(self, interaction: Interaction, _button: Button) -> None:
        """Restart a container, after a question."""
        await self._choose(interaction, Action.RESTART)

    @discord.ui.button(label="Logs", custom_id=f"{MARK}logs", style=discord.ButtonStyle.secondary)
    async def logs(self, interaction: Interaction, _button: Button) -> None:
        """Show the end of a container's log."""
        await self._choose(interaction, Action.LOGS)

    async def _act(self, interaction: Interaction, action: Action, name: str) -> None:
        if action is Action.LOGS:
            await self._log_desk.show(interaction, Query(name))
        else:
            await act_or_ask(self._service, self._allowed, interaction, action, name)

    async def _choose(self, interaction: Interaction, action: Action) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self._found(interaction, action)
        if not found:
            note_outcome(Outcome.DENIED)
            deed = "read the log of" if action is Action.LOGS else action.value
            words = f"There is no container here that you may {deed}. Ask an admin for the right."
            await show(interaction, Report("Nothing to choose from").line(words).build())
        elif len(found) == 1:
            await self._act(interaction, action, found[0].name)
        else:
            view = ContainerChoice(interaction.user.id, self._allowed, self._act, action, found)
            await show(interaction, view.embed(), view)

    async def _found(self, interaction: Interaction, action: Action) -> list[Container]:
        """Find what the person may do this with: what it makes sense for first, then by name."""
        actor, right = actor_of(interaction), RIGHTS[action]
        found = await self._service.names(actor, right)
        if not found:
            # Names tell nothing of an engine that is away, and a list does; after it the names are those of now.
            await self._service.list(actor)
            found = await self._service.names(actor, right)
        return sorted(found, key=lambda one: (not sensible(one, action), one.name.casefold(), one.name))


class ContainerChoice(InPlaceView):
    """Asks which container, 25 a page, then acts as the command would.

    Args:
        owner_id: The only user who may choose.
        allowed: Asked again at each press.
        act: Does it, in the interaction's own message.
        action: START, STOP, RESTART or LOGS.
        containers: Those to choose from.
    """

    def __init__(
        self,
        owner_id: int,
        allowed: Callable[[Interaction], bool],
        act: Callable[[Interaction, Action, str], Awaitable[None]],
        action: Action,
        containers: Sequence[Container],
    ) -> None:
        super().__init__(owner_id, allowed)
        self._act = act
        self._action = action
        self._containers = containers
        self._page = 0
        self._select = _Containers()
        self.add_item(self._select)
        self._turn(0)

    def embed(self) -> discord.Embed:
        """What stands above the select."""
        logs = self._action is Action.LOGS
        report = Report(
            "Log of which container?" if logs else f"{self._action.value.capitalize()} which container?", LOOK
        )
        if self._last:
            report.line(f"Page {self._page + 1} of {self._last + 1}, {len(self._containers)} containers.")
        elif self._action is Action.START:
            report.line("It is started at once.")
        elif not logs:
            report.line("You are asked once more before anything happens.")
        return report.build()

    async def picked(self, interaction: Interaction, name: str) -> None:
        """Do it, or ask."""
        self.stop()
        await interaction.response.defer()
        await self._act(interaction, self._action, name)

    @discord.ui.button(label="◀", custom_id="previous", row=1)
    async def previous(self, interaction: Interaction, _button: Button) -> None:
        """Turn back."""
        self._turn(self._page - 1)
        await show(interaction, self.embed(), self)

    @discord.ui.button(label="▶", custom_id="next", row=1)
    async def next(self, interaction: Interaction, _button: Button) -> None:
        """Turn on."""
        self._turn(self._page + 1)
        await show(interaction, self.embed(), self)

    @property
    def _last(self) -> int:
        return (len(self._containers) - 1) // _PAGE

    def _turn(self, page: int) -> None:
        self._page = max(0, min(page, self._last))
        shown = self._containers[self._page * _PAGE : (self._page + 1) * _PAGE]
        self._select.options = [
            discord.SelectOption(
                label=label(one.name, _LABEL),
                value=one.name if len(one.name) <= _LABEL else one.id,
                description=sign_and_word(one.state),
            )
            for one in shown
        ]
        self.previous.disabled = self._page == 0
        self.next.disabled = self._page == self._last
        if not self._last:
            self.remove_item(self.previous)
            self.remove_item(self.next)


class _Containers(discord.ui.Select[ContainerChoice]):
    def __init__(self) -> None:
        super().__init__(custom_id="container", placeholder="Choose a container", row=0)

    async def callback(self, interaction: Interaction) -> None:
        if self.view is not None:
            await self.view.picked(interaction, self.values[0])
