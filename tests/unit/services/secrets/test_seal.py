"""What is closed opens with its passphrase alone, and a changed file never opens to another token."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.secrets.errors import Damaged, OldSeal, SecretError, WontOpen
from services.secrets.seal import COST, Cost, seal, unseal

CHEAP = Cost(n=2**4)
_TEXT = st.text(min_size=1, max_size=80)
_SEALED = seal("the-token", "passphrase", CHEAP)


def opened(content: bytes, *passphrases: str) -> str:
    return unseal(content, passphrases or ["passphrase"], what="token.enc", origin="DDC_PASSPHRASE", least=None)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200), _TEXT)
def test_what_is_closed_opens(token: str, passphrase: str) -> None:
    assert opened(seal(token, passphrase, CHEAP), passphrase) == token


@given(_TEXT, _TEXT)
def test_no_other_passphrase_opens_it(one: str, other: str) -> None:
    if one != other:
        with pytest.raises(WontOpen, match="does not open with the passphrase in DDC_PASSPHRASE"):
            opened(seal("token", one, CHEAP), other)


@given(st.integers(0, len(_SEALED) * 8 - 1))
def test_no_flipped_bit_opens_to_another_token(bit: int) -> None:
    changed = bytearray(_SEALED)
    changed[bit // 8] ^= 1 << bit % 8
    told = ""
    try:
        told = opened(bytes(changed))  # a bit may mean nothing, as one in a blank
    except SecretError as error:
        told = error.user_message.split()[0].rstrip(":")
    assert told in ("the-token", "token.enc")


@given(st.binary(max_size=300))
def test_no_garbage_opens(content: bytes) -> None:
    with pytest.raises(SecretError):
        opened(content)


@given(st.integers(0, len(_SEALED) - 3))
def test_no_file_that_was_cut_off_opens(length: int) -> None:
    with pytest.raises(SecretError):
        opened(_SEALED[:length])


def changed(**fields: object) -> bytes:
    return json.dumps({**json.loads(_SEALED), **fields}).encode()


@pytest.mark.parametrize(
    ("content", "kind", "told"),
    [
        (changed(version=2), OldSeal, "of version 2, and this program knows version 1"),
        (changed(version=0), OldSeal, "of version 0"),
        (changed(kdf="pbkdf2"), Damaged, "pbkdf2"),
        (changed(n=17), Damaged, "no such cost"),
        (changed(n=1), Damaged, "no such cost"),
        (changed(n=2**60), Damaged, "no such cost"),
        (changed(n=2**20, r=9), Damaged, "no such cost"),
        (changed(p=1_000_000), Damaged, "no such cost"),
        (changed(r=0), Damaged, "no such cost"),
        (changed(n=2**17, r=1), Damaged, "no such cost"),
        (changed(n="16"), Damaged, "Expected `int`"),
        (changed(salt="AAAA"), Damaged, "salt is too short"),
        (changed(salt="???"), Damaged, "no base64"),
        (changed(salt="é"), Damaged, "no base64"),
        (changed(token="é"), WontOpen, "the file was changed"),  # noqa: S106 - none
        (changed(more=1), Damaged, "more"),
        (b"", Damaged, "truncated"),
        (b"[]", Damaged, "Expected `object`"),
        (b"\xff", Damaged, "damaged"),
        (b"[" * 10_000, Damaged, "damaged"),
        (b" " * 100_000, Damaged, "too long"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(content: bytes, kind: type[SecretError], told: str) -> None:
    with pytest.raises(kind, match=told) as caught:
        opened(content)
    assert caught.value.user_message.startswith("token.enc ")
    assert "ddc-perf token" in caught.value.user_message


@pytest.mark.parametrize("cost", [Cost(n=2**14), Cost(n=2**15, r=1), Cost(n=2**10, r=8, p=16)])
def test_an_old_weak_cost_is_told_with_its_cure(cost: Cost) -> None:
    with pytest.raises(OldSeal, match="token rotate") as caught:
        unseal(seal("t", "p", cost), ["p"], what="token.enc", origin="x")
    assert f"n={cost.n}" in caught.value.user_message


def test_todays_cost_is_the_one_agreed_on_and_opens() -> None:
    assert Cost(2**17, 8, 1) == COST
    content = seal("token", "passphrase")
    assert json.loads(content)["n"] == 2**17
    assert unseal(content, ["wrong", "passphrase"], what="f", origin="x") == "token"


def test_the_same_token_never_gives_the_same_file() -> None:
    one, other = (json.loads(seal("token", "passphrase", CHEAP)) for _ in range(2))
    assert one["salt"] != other["salt"]
    assert one["token"] != other["token"]
