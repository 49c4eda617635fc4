"""What Discord's refusals mean for a status message."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from cogs.docker.board.outlet import ChannelGoneError, LostError, RefusedError, TroubleError, in_words


def refusal(status: int, code: int) -> discord.HTTPException:
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    answer = cast("Any", SimpleNamespace(status=status, reason="no"))
    return kind(answer, {"code": code, "message": "no"})


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (404, 10008, LostError),
        (404, 10003, ChannelGoneError),
        (403, 50005, LostError),
        (429, 30046, LostError),
        (403, 50013, RefusedError),
        (403, 50001, RefusedError),
        (404, 0, RefusedError),
        (400, 50035, TroubleError),
        (429, 0, TroubleError),
        (503, 0, TroubleError),
    ],
)
def test_each_refusal_has_its_meaning(status: int, code: int, meaning: type[Exception]) -> None:
    assert type(in_words(refusal(status, code), "write to")) is meaning


def test_only_a_deleted_message_counts_as_deleted_and_only_our_own_is_taken_away() -> None:
    found = {code: in_words(refusal(status, code), "x") for status, code in ((404, 10008), (403, 50005), (429, 30046))}
    assert {code: (error.deleted, error.ours) for code, error in found.items() if isinstance(error, LostError)} == {
        10008: (True, False),
        50005: (False, False),
        30046: (False, True),
    }


def test_discords_wish_for_a_pause_is_handed_on() -> None:
    error = in_words(discord.RateLimited(12.5), "x")
    assert isinstance(error, TroubleError)
    assert error.retry_after == 12.5


def test_a_broken_network_is_named_by_its_kind_alone() -> None:
    assert str(in_words(OSError("/secret/path"), "x")) == "Discord could not be reached (OSError)."
