"""A form that is being checked: it collects every error at its path, as Discord's "Invalid Form Body" lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.errors import INVALID_FORM_BODY, ApiError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sandbox.jsontypes import Json

REQUIRED = ("BASE_TYPE_REQUIRED", "This field is required")


class Form:
    """One place in a form. Children made with `at` share the errors of the whole form.

    Args:
        data: The JSON value at this place.
    """

    def __init__(self, data: object, *, _errors: Json | None = None, _path: tuple[str, ...] = ()) -> None:
        self.raw = data
        self._errors: Json = {} if _errors is None else _errors
        self._path = _path

    def at(self, *path: str | int, data: object = None) -> Form:
        """The place `path` below this one, holding `data`."""
        return Form(data, _errors=self._errors, _path=(*self._path, *map(str, path)))

    def error(self, code: str, message: str) -> None:
        """Note that what stands at this place is wrong."""
        node = self._errors
        for part in self._path:
            node = node.setdefault(part, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    @property
    def failed(self) -> bool:
        """Whether anything in the whole form is wrong."""
        return bool(self._errors)

    def check(self) -> None:
        """Raise the form's errors, if there are any.

        Raises:
            ApiError: 400, code 50035, with the tree of errors.
        """
        if self._errors:
            raise ApiError(400, INVALID_FORM_BODY, "Invalid Form Body", self._errors)

    def mapping(self) -> Json:
        """This place's value as a JSON object; {} with an error noted when it is none."""
        if isinstance(self.raw, dict):
            return self.raw
        self.error("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return {}

    def _value(self, key: str, *, required: bool) -> tuple[object, Form]:
        value = self.raw.get(key) if isinstance(self.raw, dict) else None
        place = self.at(key, data=value)
        if value is None and required:
            place.error(*REQUIRED)
        return value, place

    def text(self, key: str, *, high: int, low: int = 0, required: bool = False, strip: bool = True) -> str | None:
        """The text at `key`, stripped, or None when it is absent or wrong.

        Args:
            key: Name of the field.
            high: Most characters allowed.
            low: Fewest characters allowed.
            required: Whether it must be there; an empty text is then as good as none.
            strip: Whether white space at the ends is dropped before counting, as Discord does with most texts.
        """
        value, place = self._value(key, required=required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            place.error("STRING_TYPE_CONVERT", "Could not interpret value as string.")
            return None
        text = str(value).strip() if strip else str(value)
        if not text and (required or low):
            place.error(*REQUIRED)
            return None
        if len(text) > high or len(text) < low:
            place.length_error(low, high)
            return None
        return text

    def length_error(self, low: int, high: int) -> None:
        """Note a text or list of the wrong length, in Discord's words."""
        if low:
            self.error("BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
        else:
            self.error("BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")

    def integer(
        self,
        key: str,
        *,
        low: int | None = None,
        high: int | None = None,
        choices: Collection[int] = (),
        required: bool = False,
    ) -> int | None:
        """The whole number at `key`, or None when it is absent or wrong.

        Args:
            key: Name of the field.
            low: Smallest value allowed.
            high: Largest value allowed.
            choices: The only values allowed, if any are named.
            required: Whether it must be there.
        """
        value, place = self._value(key, required=required)
        if value is None:
            return None
        number = _as_integer(value)
        if number is None:
            place.error("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif choices and number not in choices:
            place.error("BASE_TYPE_CHOICES", f"Value must be one of {_braced(choices)}.")
        elif low is not None and number < low:
            place.error("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        elif high is not None and number > high:
            place.error("NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        else:
            return number
        return None

    def flag(self, key: str, *, default: bool = False) -> bool:
        """The boolean at `key`; `default` when it is absent, null or wrong."""
        value, place = self._value(key, required=False)
        if value is None:
            return default
        if not isinstance(value, bool):
            place.error("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
            return default
        return value

    def items(self, key: str, *, high: int, low: int = 0, required: bool = False) -> list[Form]:
        """The list at `key` as one form for each element; empty when it is absent or wrong."""
        value, place = self._value(key, required=required or low > 0)
        if value is None:
            return []
        if not isinstance(value, list):
            place.error("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if not low <= len(value) <= high:
            place.length_error(low, high)
            return []
        return [place.at(index, data=element) for index, element in enumerate(value)]

    def child(self, key: str) -> Form | None:
        """The object at `key` as a form; None when it is absent or no object."""
        value, place = self._value(key, required=False)
        if value is None:
            return None
        return place if place.mapping() or isinstance(value, dict) else None

    def __contains__(self, key: str) -> bool:
        return isinstance(self.raw, dict) and key in self.raw

    def __iter__(self) -> Iterator[str]:
        return iter(self.raw if isinstance(self.raw, dict) else ())


def _as_integer(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    # Discord takes numbers as strings too: permission bits come so.
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    return None


def _braced(choices: Collection[int]) -> str:
    return "{" + ", ".join(map(str, choices)) + "}"
