from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker.access.conceal import OTHER, conceal
from tests.unit.services.docker.access.some import container

VAULT, WEB = container("vault", identity="a" * 64), container("web", identity="b" * 64)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("cannot link to a non running container: /vault AS /web/vault", f"container: /{OTHER} AS /web/{OTHER}"),
        (f"the name is in use by container {'a' * 12}.", f"container {OTHER}."),
        ("vault-2 and my.vault and vault.io stay, vault. goes", f"my.vault and vault.io stay, {OTHER}. goes"),
        ("port is already allocated", "port is already allocated"),
    ],
)
def test_what_may_not_be_seen_goes_and_the_rest_stays(said: str, shown: str) -> None:
    assert conceal(said, (VAULT,)).endswith(shown)


def test_with_nothing_to_conceal_nothing_changes() -> None:
    assert conceal("web and vault", ()) == "web and vault"


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_name_never_stays_as_a_word(before: str, after: str) -> None:
    assert " vault " not in conceal(f"{before} vault {after}", (VAULT, WEB))
