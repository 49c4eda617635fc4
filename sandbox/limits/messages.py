"""Discord's rules for a message as a whole: what a bot sends becomes a checked `Draft`, or is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.limits.components import check_components
from sandbox.limits.embeds import check_embeds

if TYPE_CHECKING:
    from sandbox.attachments import Upload
    from sandbox.jsontypes import Json
    from sandbox.limits.form import Form

CONTENT = 2000
ATTACHMENTS = 10
NONCE = 25
MENTIONED = 100

SUPPRESS_EMBEDS = 1 << 2
EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_NOTIFICATIONS = 1 << 12
COMPONENTS_V2 = 1 << 15
SETTABLE_FLAGS = SUPPRESS_EMBEDS | EPHEMERAL | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2


@dataclass(frozen=True, slots=True)
class AllowedMentions:
    """Whom a message may ping. `None` for a list means everyone of that kind."""

    everyone: bool = True
    users: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    replied_user: bool = True


@dataclass(slots=True)
class Draft:
    """A message or a change of one, checked. `None` means: not said, so an edit leaves it as it is.

    Attributes:
        content: The text.
        embeds: Embeds in their normal form.
        components: Components in their normal form, with ids.
        flags: The settable flags that were asked for.
        mentions: Who may be pinged.
        keep: Attachments that stay, and the words about new ones: {"id", "filename", "description"}.
        files: New files by their index in the request.
        tts: Whether to read it aloud.
        nonce: The sender's own mark, given back.
        enforce_nonce: Whether a second message with the same nonce is the first one again.
        reply_to: Id of the message that is answered.
        reply_must_exist: Whether a reply to a missing message is refused.
    """

    content: str | None = None
    embeds: list[Json] | None = None
    components: list[Json] | None = None
    flags: int | None = None
    mentions: AllowedMentions = field(default_factory=AllowedMentions)
    keep: list[Json] | None = None
    files: dict[int, Upload] = field(default_factory=dict)
    tts: bool = False
    nonce: str | int | None = None
    enforce_nonce: bool = False
    reply_to: str | None = None
    reply_must_exist: bool = True

    def has(self, flag: int) -> bool:
        """Whether a flag was asked for."""
        return bool((self.flags or 0) & flag)


def check_message(form: Form, files: dict[int, Upload]) -> Draft:
    """Check what was said in a message or an edit; errors are noted in the form and raised at its end.

    Args:
        form: The message's JSON.
        files: The files of the request by index.

    Raises:
        ApiError: 400, code 50035, when anything breaks a limit.
    """
    form.mapping()
    draft = Draft(files=files, tts=form.flag("tts"))
    flags = form.integer("flags")
    draft.flags = None if flags is None else flags & SETTABLE_FLAGS
    draft.mentions = _allowed_mentions(form.child("allowed_mentions"))
    _content(form, draft)
    if "embeds" in form:
        draft.embeds = check_embeds(form)
    if "components" in form:
        draft.components = check_components(form, v2=draft.has(COMPONENTS_V2))
    if draft.has(COMPONENTS_V2) and (draft.content or draft.embeds):
        form.at("content").error(
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2",
        )
    if "attachments" in form:
        draft.keep = _attachments(form, files)
    _nonce(form, draft)
    _reference(form.child("message_reference"), draft)
    form.check()
    return draft


def _content(form: Form, draft: Draft) -> None:
    if "content" in form:
        draft.content = form.text("content", high=CONTENT) or ""


def _attachments(form: Form, files: dict[int, Upload]) -> list[Json]:
    kept = []
    for place in form.items("attachments", high=ATTACHMENTS):
        entry = place.mapping()
        identity = str(entry.get("id", ""))
        if not identity.isdecimal():
            place.at("id").error("BASE_TYPE_REQUIRED", "This field is required")
        elif int(identity) < ATTACHMENTS and int(identity) not in files:
            place.at("id").error("ATTACHMENT_NOT_FOUND", f"Attachment data for index {identity} not found")
        place.text("description", high=1024)
        kept.append({**entry, "id": identity})
    return kept


def _nonce(form: Form, draft: Draft) -> None:
    raw = form.mapping().get("nonce")
    if isinstance(raw, int) and not isinstance(raw, bool):
        draft.nonce = raw
    else:
        draft.nonce = form.text("nonce", high=NONCE, strip=False)
    draft.enforce_nonce = form.flag("enforce_nonce")


def _reference(form: Form | None, draft: Draft) -> None:
    if form is not None:
        draft.reply_to = form.text("message_id", high=20, required=True)
        draft.reply_must_exist = form.flag("fail_if_not_exists", default=True)


def _allowed_mentions(form: Form | None) -> AllowedMentions:
    if form is None:
        return AllowedMentions()
    kinds = None
    if "parse" in form:
        kinds = [str(place.raw) for place in form.items("parse", high=3)]
        for index, kind in enumerate(kinds):
            if kind not in {"users", "roles", "everyone"}:
                form.at("parse", index).error(
                    "BASE_TYPE_CHOICES", "Value must be one of ('roles', 'users', 'everyone')."
                )
    lists: dict[str, frozenset[str] | None] = {}
    for kind in ("users", "roles"):
        named = frozenset(str(place.raw) for place in form.items(kind, high=MENTIONED))
        if named and kinds is not None and kind in kinds:
            form.at(kind).error(
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )
        lists[kind] = None if kinds is not None and kind in kinds else named
    everyone = kinds is not None and "everyone" in kinds
    return AllowedMentions(
        everyone=everyone, users=lists["users"], roles=lists["roles"], replied_user=form.flag("replied_user")
    )
