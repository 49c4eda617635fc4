"""Views that only their owner can press, that check the right again at each press, and that end by themselves.

An interaction's token lives 15 minutes. Every press brings a new one, and a view ends 13 minutes after the last, so
that there is always a token left to disable the items with.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import discord

from .access import Denied
from .errors import answer_error
from .report import PLAIN, Report
from .text import cut

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

Interaction = discord.Interaction[Any]

LONGEST = 13 * 60.0
_LABEL = 80
_LOG = logging.getLogger(__name__)
_UPDATES = (
    discord.InteractionResponseType.message_update,
    discord.InteractionResponseType.deferred_message_update,
)


class OwnedView(discord.ui.View):
    """A view for one person.

    Args:
        owner_id: The only user who may press.
        allowed: Asked again at each press; false refuses the press.
        timeout: Seconds of silence after which the view ends, at most 13 minutes.
        origin: The interaction that shows the view; `show` sets it, too.
    """

    def __init__(
        self,
        owner_id: int,
        allowed: Callable[[Interaction], bool],
        timeout: float = LONGEST,
        origin: Interaction | None = None,
    ) -> None:
        super().__init__(timeout=min(timeout, LONGEST))
        self._owner_id = owner_id
        self._allowed = allowed
        self._opened_by: Interaction | None = None
        self._shown_by: list[Interaction] = [] if origin is None else [origin]

    def remember(self, interaction: Interaction) -> None:
        """Keep the interaction whose token can edit the view's message when the view ends."""
        # A press that was answered beside the message, with an error perhaps, can't edit it.
        self._shown_by = [*list(filter(self._is_shown_by, self._shown_by))[-1:], interaction]

    def lay_out(self, items: Iterable[discord.ui.Item[Any]]) -> None:
        """Put items in place of those that are there; the message must be edited for it to show."""
        before = list(self.children)
        self.clear_items()
        for item in before:
            # Until Discord has taken the new ones, a press is on the old ones, and discord.py finds the old item: one
            # without a view it would drop, and the person would get no answer.
            item._view = self  # noqa: SLF001 - discord.py offers no other way to put it back
        for item in items:
            self.add_item(item)

    def opened(self, interaction: Interaction) -> None:
        """Keep the interaction whose answer the view's message is: it may be a press on another message, too."""
        self._opened_by = interaction
        self.remember(interaction)

    def _is_shown_by(self, interaction: Interaction) -> bool:
        if interaction is self._opened_by:
            return interaction.response.is_done()
        return _edits_its_message(interaction)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Refuse everyone but the owner, and the owner, too, when the right has gone since.

        Raises:
            Denied: Always instead of returning false, so that the person gets an answer and the refusal is measured.
        """
        if interaction.user.id != self._owner_id:
            raise Denied("These buttons belong to someone else. Run the command yourself.")
        if not self._allowed(interaction):
            raise Denied("You have no right to do this any more. Ask an admin of this server.")
        self.remember(interaction)
        return True

    async def on_error(self, interaction: Interaction, error: Exception, _item: discord.ui.Item[Any], /) -> None:
        """Answer whatever a press raised."""
        await answer_error(interaction, error)

    def disable(self) -> None:
        """Grey out every button and select; the message must be edited for it to show."""
        for item in self.children:
            if isinstance(item, discord.ui.Button | discord.ui.Select):
                item.disabled = True

    async def on_timeout(self) -> None:
        """Disable the items in the message, when it is still there."""
        self.disable()
        shown_by = next(filter(self._is_shown_by, reversed(self._shown_by)), None)
        if shown_by is None:
            return
        try:
            await shown_by.edit_original_response(view=self)
        except (discord.DiscordException, OSError) as failure:
            _LOG.debug("A view that ended could not be disabled: %s", type(failure).__name__)


class ConfirmView(OwnedView):
    """Asks before something is done that can't be undone. Serves one press, then ends.

    When the person confirms, the buttons are disabled first, which also acknowledges the press: `on_confirm` answers
    with `interaction.edit_original_response(...)` or `show(interaction, embed)`.

    Args:
        owner_id: The only user who may press.
        allowed: Asked again when the button is pressed.
        label: The confirm button's text; names the target and the count. Plain text, at most 80 characters.
        on_confirm: Does it, once.
        danger: A red button rather than a green one.
        keep: The other button's text.
        kept: What the message says after the other button.
        timeout: Seconds until the view ends without a press.
    """

    def __init__(
        self,
        owner_id: int,
        allowed: Callable[[Interaction], bool],
        *,
        label: str,
        on_confirm: Callable[[Interaction], Awaitable[None]],
        danger: bool = True,
        keep: str = "Cancel",
        kept: str = "Nothing was changed.",
        timeout: float = 120.0,
    ) -> None:
        super().__init__(owner_id, allowed, timeout=timeout)
        self._on_confirm = on_confirm
        self._kept = kept
        self._used = False
        # Buttons show no markdown: a name's code span would show its back ticks.
        self.confirm.label = cut(label.replace("`", ""), _LABEL)
        self.confirm.style = discord.ButtonStyle.danger if danger else discord.ButtonStyle.success
        self.keep.label = cut(keep, _LABEL)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Refuse a second press, beside what every owned view refuses."""
        await super().interaction_check(interaction)
        if self._used:
            raise Denied("This was answered already.")
        self._used = True
        self.stop()
        return True

    @discord.ui.button(custom_id="confirm")
    async def confirm(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        """Do it."""
        self.disable()
        await interaction.response.edit_message(view=self)
        await self._on_confirm(interaction)

    @discord.ui.button(custom_id="keep")
    async def keep(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        """Don't."""
        embed = Report("Cancelled", PLAIN).line(self._kept).build()
        await interaction.response.edit_message(embed=embed, view=None)


async def show(
    interaction: Interaction,
    embed: discord.Embed,
    view: OwnedView | None = None,
    files: Sequence[discord.File] = (),
) -> None:
    """Show an embed as the answer to a command, or in place of the message whose button was pressed.

    Args:
        interaction: Deferred, answered or still unanswered.
        embed: What to show.
        view: Its buttons; without one the message's buttons go.
        files: Attachments; they replace those of the message.
    """
    attachments = list(files)
    if view is not None:
        view.opened(interaction)
    if interaction.response.is_done():
        await interaction.edit_original_response(content=None, embed=embed, attachments=attachments, view=view)
    elif interaction.type is discord.InteractionType.component:
        await interaction.response.edit_message(content=None, embed=embed, attachments=attachments, view=view)
    elif view is None:
        await interaction.response.send_message(embed=embed, files=attachments, ephemeral=True)
    else:
        await interaction.response.send_message(embed=embed, files=attachments, view=view, ephemeral=True)


def _edits_its_message(interaction: Interaction) -> bool:
    pressed = interaction.type is discord.InteractionType.component
    return interaction.response.is_done() and pressed == (interaction.response.type in _UPDATES)
