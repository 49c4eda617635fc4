from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import ApiError
from sandbox.limits.embeds import TOTAL, check_embeds, embed_length
from sandbox.limits.form import Form

if TYPE_CHECKING:
    from collections.abc import Callable


def checked(*embeds: dict[str, Any]) -> list[dict[str, Any]]:
    form = Form({"embeds": list(embeds)})
    normal = check_embeds(form)
    form.check()
    return normal


def errors_of(*embeds: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(ApiError) as refused:
        checked(*embeds)
    assert refused.value.code == 50035
    assert refused.value.errors is not None
    return dict(refused.value.errors["embeds"])


def padded_to(total: int, parts: list[int]) -> list[dict[str, Any]]:
    """Embeds whose texts have `total` characters in all, of descriptions of these lengths and one more."""
    embeds = [{"description": "x" * part} for part in parts]
    rest = total - sum(parts)
    return [*embeds, *({"description": "y" * size} for size in (min(rest, 4096), rest - min(rest, 4096)) if size)]


@given(st.lists(st.integers(1, 700), max_size=8))
def test_six_thousand_characters_in_all_pass_and_one_more_is_refused(parts: list[int]) -> None:
    assert sum(map(embed_length, checked(*padded_to(TOTAL, parts)))) == TOTAL

    [error] = errors_of(*padded_to(TOTAL + 1, parts))["_errors"]
    assert error["code"] == "MAX_EMBED_SIZE_EXCEEDED"


LIMITS: dict[str, tuple[int, Callable[[str], dict[str, Any]]]] = {
    "title": (256, lambda text: {"title": text}),
    "description": (4096, lambda text: {"description": text}),
    "footer": (2048, lambda text: {"footer": {"text": text}}),
    "author": (256, lambda text: {"author": {"name": text}}),
    "field name": (256, lambda text: {"fields": [{"name": text, "value": "v"}]}),
    "field value": (1024, lambda text: {"fields": [{"name": "n", "value": text}]}),
}


@pytest.mark.parametrize("part", LIMITS)
def test_a_text_at_its_limit_passes_and_one_character_more_is_refused(part: str) -> None:
    limit, embed = LIMITS[part]
    assert checked(embed("x" * limit))

    assert "BASE_TYPE_MAX_LENGTH" in str(errors_of(embed("x" * (limit + 1))))


def test_white_space_at_the_ends_does_not_count() -> None:
    assert checked({"title": "  " + "x" * 256 + "\n"}) == [{"type": "rich", "title": "x" * 256}]


def test_twenty_five_fields_pass_and_twenty_six_are_refused() -> None:
    field = {"name": "n", "value": "v"}
    assert len(checked({"fields": [field] * 25})[0]["fields"]) == 25

    assert errors_of({"fields": [field] * 26})["0"]["fields"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"


def test_ten_embeds_pass_and_eleven_are_refused() -> None:
    assert len(checked(*[{"title": "t"}] * 10)) == 10

    assert errors_of(*[{"title": "t"}] * 11)["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"


@pytest.mark.parametrize("empty", ["", "   ", None])
def test_a_field_without_a_name_or_value_is_refused_at_its_path(empty: str | None) -> None:
    errors = errors_of({"fields": [{"name": "n", "value": "v"}, {"name": empty, "value": empty}]})

    assert errors["0"]["fields"]["1"]["name"]["_errors"][0]["code"] == "BASE_TYPE_REQUIRED"
    assert errors["0"]["fields"]["1"]["value"]["_errors"][0]["code"] == "BASE_TYPE_REQUIRED"


@pytest.mark.parametrize("embed", [{}, {"color": 5}, {"title": " "}])
def test_an_embed_that_shows_nothing_is_refused(embed: dict[str, Any]) -> None:
    assert errors_of(embed)["0"]["description"]["_errors"][0]["code"] == "BASE_TYPE_REQUIRED"


def test_an_image_may_link_to_an_attachment_but_a_title_may_not() -> None:
    assert checked({"image": {"url": "attachment://chart.png"}})

    errors = errors_of({"title": "t", "url": "attachment://chart.png"})
    assert errors["0"]["url"]["_errors"][0]["code"] == "URL_TYPE_INVALID_SCHEME"


def test_a_colour_above_white_and_a_timestamp_that_is_none_are_refused() -> None:
    errors = errors_of({"title": "t", "color": 0x1000000, "timestamp": "yesterday"})

    assert errors["0"]["color"]["_errors"][0]["code"] == "NUMBER_TYPE_MAX"
    assert errors["0"]["timestamp"]["_errors"][0]["code"] == "DATE_TIME_TYPE_PARSE"


def test_the_normal_form_is_rich_without_nulls_and_with_utc_times() -> None:
    [embed] = checked({"title": "t", "description": None, "fields": [], "timestamp": "2025-11-12T23:59:59+02:00"})

    assert embed == {"type": "rich", "title": "t", "timestamp": "2025-11-12T21:59:59.000000+00:00"}
