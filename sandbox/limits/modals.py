"""Discord's rules for the two answers that are no message: a modal and the choices of an autocomplete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.limits.commands import CHOICE, CHOICES, INTEGER, STRING
from sandbox.limits.components import (
    LABEL,
    ROW,
    SELECTS,
    TEXT,
    TEXT_INPUT,
    Numbering,
    check_select,
    check_text,
)
from sandbox.limits.form import REQUIRED, Form

if TYPE_CHECKING:
    from sandbox.jsontypes import Json

TITLE = 45
FIELDS = 5
CUSTOM_ID = 100
FIELD_LABEL = 45
LABEL_DESCRIPTION = 100
PLACEHOLDER = 100
VALUE = 4000


def check_modal(form: Form) -> Json:
    """The modal at this place in its normal form.

    Raises:
        ApiError: 50035, a field is missing, too long or of the wrong kind.
    """
    form.mapping()
    modal: Json = {
        "custom_id": form.text("custom_id", low=1, high=CUSTOM_ID, required=True, strip=False),
        "title": form.text("title", low=1, high=TITLE, required=True),
    }
    numbering = Numbering()
    places = form.items("components", low=1, high=FIELDS, required=True)
    modal["components"] = [_field(place, numbering) for place in places]
    form.check()
    return modal


def _field(place: Form, numbering: Numbering) -> Json:
    place.mapping()
    kind = place.integer("type", choices=(ROW, TEXT, LABEL), required=True)
    if kind is None:
        return {}
    base: Json = {"type": kind, "id": numbering.number(place)}
    if kind == TEXT:
        return {**base, **check_text(place, numbering)}
    if kind == ROW:
        inputs = place.items("components", low=1, high=1)
        return {**base, "components": [_input(child, numbering, (TEXT_INPUT,), labelled=False) for child in inputs]}
    base["label"] = place.text("label", low=1, high=FIELD_LABEL, required=True)
    description = place.text("description", high=LABEL_DESCRIPTION)
    if description:
        base["description"] = description
    child = place.child("component")
    if child is None:
        place.at("component").error(*REQUIRED)
        return base
    return {**base, "component": _input(child, numbering, (TEXT_INPUT, *SELECTS), labelled=True)}


def _input(place: Form, numbering: Numbering, allowed: tuple[int, ...], *, labelled: bool) -> Json:
    place.mapping()
    kind = place.integer("type", choices=allowed, required=True)
    if kind is None:
        return {}
    base: Json = {"type": kind, "id": numbering.number(place), "required": place.flag("required", default=True)}
    if kind in SELECTS:
        return {**base, **check_select(place, numbering)}
    low, high = place.integer("min_length", low=0, high=VALUE), place.integer("max_length", low=1, high=VALUE)
    field: Json = {
        **base,
        "custom_id": numbering.custom_id(place),
        "style": place.integer("style", choices=(1, 2), required=True),
        # Inside a label component the label stands outside of the input.
        "label": place.text("label", low=1, high=FIELD_LABEL, required=not labelled),
        "min_length": low,
        "max_length": high,
        "value": place.text("value", high=high or VALUE, strip=False),
        "placeholder": place.text("placeholder", high=PLACEHOLDER),
    }
    if low is not None and high is not None and low > high:
        place.at("min_length").error(
            "TEXT_INPUT_COMPONENT_MIN_LENGTH_TOO_LARGE", "min_length must not be above max_length"
        )
    return {key: value for key, value in field.items() if value is not None}


def check_choices(form: Form, option_type: int) -> list[Json]:
    """The choices of an autocomplete's answer.

    Args:
        form: The answer's data.
        option_type: The type of the option that is being typed.

    Raises:
        ApiError: 50035, too many choices, or one that is too long or of the wrong type.
    """
    if "choices" not in form:
        form.at("choices").error(*REQUIRED)
    choices = []
    for place in form.items("choices", high=CHOICES):
        data = place.mapping()
        name = place.text("name", low=1, high=CHOICE, required=True)
        if option_type == STRING:
            if not isinstance(data.get("value"), str):
                place.at("value").error("STRING_TYPE_CONVERT", "Could not interpret value as string.")
            place.text("value", low=1, high=CHOICE, required=True, strip=False)
        elif option_type == INTEGER:
            place.integer("value", required=True)
        elif not isinstance(data.get("value"), int | float):
            place.at("value").error("NUMBER_TYPE_COERCE", f'Value "{data.get("value")}" is not float.')
        choices.append({"name": name, "value": data.get("value")})
    form.check()
    return choices
