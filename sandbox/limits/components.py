"""Discord's rules for the components of a message, and their normal form, in which every component has an id.

Without the components v2 flag a message has up to five rows, each with up to five buttons or one select. With it,
texts, sections, galleries, files, separators and containers are allowed too, 40 components and 4000 characters in all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.limits.emoji import is_emoji

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.jsontypes import Json
    from sandbox.limits.form import Form

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = range(1, 9)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR = range(9, 15)
CONTAINER, LABEL = 17, 18
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)

ROWS = 5
ROW_WIDTH = 5
COMPONENTS = 40
TEXTS = 4000
CUSTOM_ID = 100
BUTTON_LABEL = 80
BUTTON_URL = 512
SELECT_OPTIONS = 25
OPTION_TEXT = 100
PLACEHOLDER = 150

LINK, PREMIUM = 5, 6
BUTTON_STYLES = (1, 2, 3, 4, LINK, PREMIUM)

_TOP = (ROW,)
_TOP_V2 = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER)
_IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)


class Numbering:
    """Gives components their ids and sees that none is there twice."""

    def __init__(self) -> None:
        self._custom_ids: set[str] = set()
        self._ids: set[int] = set()
        self.count = 0
        self.characters = 0

    def number(self, place: Form) -> int:
        """The component's own id, or the next free number."""
        self.count += 1
        own = place.integer("id", low=0)
        if own:
            if own in self._ids:
                place.at("id").error("COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
            self._ids.add(own)
            return own
        free = self.count
        while free in self._ids:
            free += 1
        self._ids.add(free)
        return free

    def custom_id(self, place: Form) -> str | None:
        """The component's custom id, which no other may have."""
        custom_id = place.text("custom_id", low=1, high=CUSTOM_ID, required=True, strip=False)
        if custom_id is not None:
            if custom_id in self._custom_ids:
                place.at("custom_id").error(
                    "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
                )
            self._custom_ids.add(custom_id)
        return custom_id


def check_components(form: Form, *, v2: bool) -> list[Json]:
    """The components at "components" of a message in their normal form; errors are noted in the form.

    Args:
        form: The message.
        v2: Whether the message has the components v2 flag.
    """
    numbering = Numbering()
    places = form.items("components", high=COMPONENTS if v2 else ROWS)
    components = [_component(place, numbering, _TOP_V2 if v2 else _TOP) for place in places]
    if numbering.count > COMPONENTS:
        form.at("components").error("COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"Must be {COMPONENTS} or fewer.")
    if numbering.characters > TEXTS:
        form.at("components").error("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"Must be {TEXTS} or fewer in length.")
    return components


def _component(place: Form, numbering: Numbering, allowed: tuple[int, ...]) -> Json:
    place.mapping()
    kind = place.integer("type", choices=allowed, required=True)
    if kind is None:
        return {}
    base: Json = {"type": kind, "id": numbering.number(place)}
    return {**base, **_CHECKS[kind](place, numbering)}


def _row(place: Form, numbering: Numbering) -> Json:
    children = place.items("components", low=1, high=ROW_WIDTH)
    checked = [_component(child, numbering, (BUTTON, *SELECTS)) for child in children]
    if len(checked) > 1 and any(child.get("type") in SELECTS for child in checked):
        # A select is five wide, so it stands alone.
        place.at("components").error("COMPONENT_LAYOUT_WIDTH_EXCEEDED", f"Maximum row width of {ROW_WIDTH} exceeded")
    return {"components": checked}


def _button(place: Form, numbering: Numbering) -> Json:
    style = place.integer("style", choices=BUTTON_STYLES, required=True)
    data = place.mapping()
    button: Json = {"style": style, "disabled": place.flag("disabled")}
    if style == LINK:
        url = place.text("url", low=1, high=BUTTON_URL, required=True)
        if url and not url.startswith(("http://", "https://", "discord://")):
            place.at("url").error("URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https', 'discord').")
        button["url"] = url
    elif style == PREMIUM:
        button["sku_id"] = place.text("sku_id", low=1, high=20, required=True)
    elif style is not None:
        button["custom_id"] = numbering.custom_id(place)
    if style is not None:
        _exclusive(place, "custom_id", forbidden=style in (LINK, PREMIUM))
        _exclusive(place, "url", forbidden=style != LINK)
    label = place.text("label", high=BUTTON_LABEL, strip=False)
    if label:
        button["label"] = label
    if data.get("emoji"):
        button["emoji"] = _emoji(place)
    if style != PREMIUM and not button.get("label") and "emoji" not in button:
        place.at("label").error("BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button must have a label or an emoji")
    return button


def _exclusive(place: Form, key: str, *, forbidden: bool) -> None:
    if forbidden and place.mapping().get(key):
        place.at(key).error("BUTTON_COMPONENT_INVALID_FIELD", f"A button of this style must not have {key}")


def check_select(place: Form, numbering: Numbering) -> Json:
    """A select menu, of a message or of a modal, in its normal form."""
    data = place.mapping()
    low, high = place.integer("min_values", low=0, high=25), place.integer("max_values", low=1, high=25)
    select: Json = {
        "custom_id": numbering.custom_id(place),
        "min_values": 1 if low is None else low,
        "max_values": 1 if high is None else high,
        "disabled": place.flag("disabled"),
    }
    placeholder = place.text("placeholder", high=PLACEHOLDER)
    if placeholder:
        select["placeholder"] = placeholder
    if select["min_values"] > select["max_values"]:
        place.at("min_values").error("SELECT_COMPONENT_MIN_VALUES_TOO_LARGE", "min_values must not be above max_values")
    if data.get("type") == STRING_SELECT:
        select["options"] = _options(place, select["max_values"])
    elif data.get("type") == CHANNEL_SELECT and data.get("channel_types"):
        select["channel_types"] = list(data["channel_types"])
    if data.get("default_values"):
        select["default_values"] = data["default_values"]
    return select


def _options(place: Form, most: int) -> list[Json]:
    options = [_option(child) for child in place.items("options", low=1, high=SELECT_OPTIONS)]
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        place.at("options").error(
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"
        )
    if options and most > len(options):
        place.at("max_values").error(
            "SELECT_COMPONENT_MAX_VALUES_TOO_LARGE", "max_values must not be above the number of options"
        )
    if sum(option["default"] for option in options) > most:
        place.at("options").error(
            "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "More options are preset than may be picked"
        )
    return options


def _option(place: Form) -> Json:
    data = place.mapping()
    option: Json = {
        "label": place.text("label", low=1, high=OPTION_TEXT, required=True),
        "value": place.text("value", low=1, high=OPTION_TEXT, required=True, strip=False),
        "default": place.flag("default"),
    }
    description = place.text("description", high=OPTION_TEXT)
    if description:
        option["description"] = description
    if data.get("emoji"):
        option["emoji"] = _emoji(place)
    return option


def _emoji(place: Form) -> Json:
    data = place.mapping()["emoji"]
    emoji = data if isinstance(data, dict) else {}
    # The guild of the sandbox has no emoji of its own, so only Unicode's are valid.
    if emoji.get("id") or not is_emoji(str(emoji.get("name") or "")):
        place.at("emoji").error("COMPONENT_INVALID_EMOJI", "Invalid emoji")
    return {"name": emoji.get("name")}


def check_text(place: Form, numbering: Numbering) -> Json:
    """A text display, of a message or of a modal, in its normal form."""
    content = place.text("content", low=1, high=TEXTS, required=True) or ""
    numbering.characters += len(content)
    return {"content": content}


def _section(place: Form, numbering: Numbering) -> Json:
    texts = [_component(child, numbering, (TEXT,)) for child in place.items("components", low=1, high=3)]
    accessory = place.child("accessory")
    if accessory is None:
        place.at("accessory").error("BASE_TYPE_REQUIRED", "This field is required")
        return {"components": texts}
    return {"components": texts, "accessory": _component(accessory, numbering, (BUTTON, THUMBNAIL))}


def _media(key: str) -> Callable[[Form, Numbering], Json]:
    def check(place: Form, _: Numbering) -> Json:
        return {**place.mapping(), key: _url(place, key)}

    return check


def _url(place: Form, key: str) -> Json:
    media = place.child(key)
    if media is None:
        place.at(key).error("BASE_TYPE_REQUIRED", "This field is required")
        return {}
    return {"url": media.text("url", low=1, high=2048, required=True)}


def _gallery(place: Form, _: Numbering) -> Json:
    items = place.items("items", low=1, high=10)
    return {"items": [{**item.mapping(), "media": _url(item, "media")} for item in items]}


def _separator(place: Form, _: Numbering) -> Json:
    spacing = place.integer("spacing", choices=(1, 2)) or 1
    return {"divider": place.flag("divider", default=True), "spacing": spacing}


def _container(place: Form, numbering: Numbering) -> Json:
    children = [
        _component(child, numbering, _IN_CONTAINER) for child in place.items("components", low=1, high=COMPONENTS)
    ]
    colour = place.integer("accent_color", low=0, high=0xFFFFFF)
    return {"components": children, "accent_color": colour, "spoiler": place.flag("spoiler")}


_CHECKS: dict[int, Callable[[Form, Numbering], Json]] = {
    ROW: _row,
    BUTTON: _button,
    **dict.fromkeys(SELECTS, check_select),
    SECTION: _section,
    TEXT: check_text,
    THUMBNAIL: _media("media"),
    GALLERY: _gallery,
    FILE: _media("file"),
    SEPARATOR: _separator,
    CONTAINER: _container,
}
