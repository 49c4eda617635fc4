"""What is told of what was seen, and checks that can't harm each other."""

from __future__ import annotations

import asyncio
import importlib.metadata
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.perf.doctor import Finding, Verdict, gathered, judging, machine
from cogs.perf.doctor.outline import compare, outline
from cogs.perf.reports.doctor import render
from utils.metrics.model import Health

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.mark.parametrize(
    ("ahead", "verdict", "word"),
    [
        (0.4, Verdict.OK, "As Discord's"),
        (-5.0, Verdict.WARN, "5 s behind"),
        (5.0, Verdict.WARN, "5 s ahead of"),
        (-3600.0, Verdict.FAIL, "behind"),
    ],
)
def test_a_clock_that_is_off_is_told_with_its_direction(ahead: float, verdict: Verdict, word: str) -> None:
    found = judging.clock(ahead)
    assert found.verdict is verdict
    assert word in found.said
    assert bool(found.cure) == (verdict is not Verdict.OK)


@pytest.mark.parametrize(
    ("free", "verdict"), [(10**10, Verdict.OK), (10**8, Verdict.WARN), (10**6, Verdict.FAIL), (0, Verdict.FAIL)]
)
def test_little_room_is_warned_about_and_no_room_is_a_failure(free: int, verdict: Verdict) -> None:
    assert judging.space(free, "data").verdict is verdict


def health(**changed: object) -> Health:
    given: dict[str, object] = {
        "entries": 3, "pending": 0, "dropped": 0, "corrupt_lines": 0, "file_bytes": 900, "last_write": None,
        "last_error": None, "path": Path("x"),
    }  # fmt: skip
    return Health(**(given | changed))  # type: ignore[arg-type]


def test_measurements_that_can_t_be_written_fail_and_damaged_lines_only_warn() -> None:
    assert judging.measurements(health()).verdict is Verdict.OK
    assert judging.measurements(health(corrupt_lines=1)).said.startswith("1 line of the file can't be read")
    assert judging.measurements(health(dropped=2)).verdict is Verdict.WARN
    failed = judging.measurements(health(last_error="No space left on device"))
    assert (failed.verdict, failed.said) == (Verdict.FAIL, "No space left on device")


def test_a_missing_permission_is_named_with_where_to_give_it() -> None:
    found = judging.channel("#reports", "daily summary", ["Embed Links"])
    assert found.verdict is Verdict.FAIL
    assert "Embed Links missing" in found.said
    assert "allow Embed Links" in found.cure
    assert judging.channel("#reports", "daily summary", []).verdict is Verdict.OK
    assert judging.channel("#reports", "daily summary", [], attach=False).verdict is Verdict.WARN


def command(name: str, *options: dict[str, object], **more: object) -> dict[str, object]:
    return {"name": name, "description": "d", "type": 1, "options": list(options), **more}


def test_commands_are_compared_by_what_a_person_sees_of_them() -> None:
    ours = outline([command("perf", command("stats"), command("doctor"))])
    assert ours.keys() == {"/perf stats", "/perf doctor"}
    theirs = outline(
        [
            # Discord adds ids and leaves out what is false.
            {**command("perf", {"type": 1, "name": "stats", "description": "d"}), "id": "1", "version": "2"},
            command("old"),
        ]
    )
    drift = compare(ours, theirs)
    assert [sorted(names) for names in (drift.missing, drift.changed, drift.left_over)] == [
        ["/perf doctor"],
        [],
        ["/old"],
    ]
    told = judging.commands(drift, len(theirs))
    assert "missing: /perf doctor; left over: /old" in told.said


@pytest.mark.parametrize(
    "other",
    [
        {"name": "hours", "type": 4, "description": "d", "required": True},
        {"name": "hours", "type": 4, "description": "other"},
        {"name": "hours", "type": 4, "description": "d", "max_value": 3},
        {"name": "hours", "type": 4, "description": "d", "choices": [{"name": "a", "value": 1}]},
    ],
)
def test_a_changed_option_is_a_change(other: dict[str, object]) -> None:
    ours = outline([command("stats", {"name": "hours", "type": 4, "description": "d", "required": False})])
    assert not compare(ours, ours).changed
    assert compare(ours, outline([command("stats", other)])).changed == {"/stats"}


def test_discord_with_none_of_the_commands_is_a_failure() -> None:
    assert judging.commands(compare(outline([command("a")]), {}), 0).verdict is Verdict.FAIL


def test_a_library_of_another_version_or_none_at_all_is_told() -> None:
    there = {"a": "2.7.1", "b": "3.1"}

    def installed(name: str) -> str:
        if name not in there:
            raise importlib.metadata.PackageNotFoundError(name)
        return there[name]

    assert machine.libraries({"a": "2.7.1", "b": "3"}, installed).verdict is Verdict.OK
    assert "never tested" not in machine.libraries({"a": "2.7"}, installed).said
    assert "b 3.1 was never tested, 3.10 was" in machine.libraries({"b": "3.10"}, installed).said
    assert "c is missing" in machine.libraries({"c": ""}, installed).said


def test_a_data_folder_that_is_not_there_yet_is_tried_where_it_will_be(tmp_path: Path) -> None:
    writable, room = machine.data_folder(tmp_path / "data" / "metrics")
    assert (writable.verdict, room.check) == (Verdict.OK, "Disk")
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_can_t_be_written_fails_with_the_command_that_mends_it() -> None:
    (found,) = machine.data_folder(Path("/proc/self"))  # nobody makes files there, not even root
    assert found.verdict is Verdict.FAIL
    assert "chown" in found.cure


async def test_a_check_that_hangs_or_breaks_is_a_finding_and_the_others_stand() -> None:
    async def fine() -> Sequence[Finding]:
        return [Finding.ok("Fine", "Yes.")]

    async def broken() -> NoReturn:
        raise RuntimeError("with a secret in it")

    async def hanging() -> NoReturn:
        await asyncio.Event().wait()
        raise AssertionError

    found = await gathered({"Hanging": hanging, "Broken": broken, "Fine": fine}, 0.05)
    assert [(one.check, one.verdict) for one in found] == [
        ("Hanging", Verdict.FAIL),
        ("Broken", Verdict.FAIL),
        ("Fine", Verdict.OK),
    ]
    assert "RuntimeError" in found[1].said
    assert "secret" not in found[1].said


def test_what_is_wrong_comes_first_and_names_from_outside_show_as_they_are() -> None:
    found = [
        Finding.ok("Disk", "1 GB free."),
        Finding.warn("Clock", "5 s behind.", "Set it."),
        Finding.fail("Channel #a_b_*c*", "Gone @everyone.", "Choose another."),
    ]
    embed = render(found).build()
    told = embed.description or ""
    assert told.startswith("1 wrong, 1 to look at, of 3 checks.")
    assert told.index("✗") < told.index("⚠") < told.index("✓")
    assert r"\*c\*" in told
    assert "@everyone" not in told


@given(st.lists(st.builds(Finding, st.text(), st.sampled_from(Verdict), st.text(), st.text()), max_size=60))
def test_any_findings_fit_into_one_embed(findings: list[Finding]) -> None:
    embed = render(findings).build()
    assert len(embed) <= 6000
    assert len(embed.description or "") <= 4096
