"""A part that is missing is skipped on a person's machine, and told where continuous integration runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.needs import mount, needs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("in_ci", [True, False])
@pytest.mark.parametrize(
    ("need", "told"),
    [
        (lambda _: needs("no-such-program"), "no-such-program is missing"),
        (lambda _: needs(path="/proc/no-such-file"), "no /proc/no-such-file"),
        (lambda folder: mount("--bind", folder / "no-such", folder), "can't be mounted here"),
    ],
)
def test_what_is_missing_fails_in_ci_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, need: Callable[[Path], None], told: str, *, in_ci: bool
) -> None:
    monkeypatch.setenv("CI", "1" if in_ci else "")
    with pytest.raises(pytest.fail.Exception if in_ci else pytest.skip.Exception, match=told):
        need(tmp_path)


def test_with_all_that_is_needed_it_goes_on() -> None:
    needs("sh", path="/proc/self")
