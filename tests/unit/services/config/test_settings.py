"""Settings: environment over file over default, every problem named at once."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.config import Settings, SettingsError, flat, json_schema, load_settings

ROOT = Path(__file__).parents[4]


def write(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "config.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.json", {}) == (Settings(), [])


def test_the_environment_goes_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    path = write(tmp_path, {"guild_id": "42", "docker": {"timeout_seconds": 5, "operator_role_ids": ["7"]}})
    settings, _ = load_settings(path, {"DDC_DOCKER_TIMEOUT": "9.5", "DDC_OPERATOR_ROLE_IDS": "1, 2"})
    assert settings.guild_id == 42
    assert settings.docker.timeout_seconds == 9.5
    assert settings.docker.operator_role_ids == (1, 2)
    assert settings.docker.concurrency == 3


def test_an_environment_variable_works_where_the_file_has_no_such_section(tmp_path: Path) -> None:
    settings, _ = load_settings(tmp_path / "none.json", {"DDC_DOCKER_CONCURRENCY": "5"})
    assert settings.docker.concurrency == 5


def test_every_wrong_value_is_named_with_its_place_and_its_cure(tmp_path: Path) -> None:
    path = write(tmp_path, {"guild_id": "my server", "docker": {"concurrency": 0}})
    with pytest.raises(SettingsError) as caught:
        load_settings(path, {"DDC_DOCKER_TIMEOUT": "soon"})
    problems = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 3
    assert f"{path}, key `guild_id`" in problems
    assert '"my server"' in problems
    assert "whole number from 1 to 50" in problems
    assert problems.count("DDC_DOCKER_TIMEOUT") == 1


@pytest.mark.parametrize("content", ['{"log_level": "INFO\\n"}', "[" * 100_000])
def test_strange_files_are_told_and_never_a_traceback(tmp_path: Path, content: str) -> None:
    with pytest.raises(SettingsError, match=r"log_level|nested too deeply"):
        load_settings(write(tmp_path, content), {})


def test_docker_host_goes_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, {"docker": {"host": "unix:///from/the/file"}})
    assert load_settings(path, {"DOCKER_HOST": "tcp://proxy:2375"})[0].docker.host == "tcp://proxy:2375"


def test_broken_json_is_told_with_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="line 2, column"):
        load_settings(write(tmp_path, '{"guild_id": 1,\n oops}'), {})


@pytest.mark.parametrize("content", ["[]", "3", '"x"', "null"])
def test_a_file_that_holds_no_object_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(SettingsError, match="one JSON object"):
        load_settings(write(tmp_path, content), {})


def test_a_directory_in_the_files_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can't be read"):
        load_settings(tmp_path, {})


def test_a_section_of_the_wrong_kind_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="key `docker`"):
        load_settings(write(tmp_path, {"docker": []}), {})


def test_a_misspelt_key_is_warned_of_with_the_likely_one(tmp_path: Path) -> None:
    _, warnings = load_settings(write(tmp_path, {"$schema": "x", "gild_id": 1, "docker": {"hots": "x"}}), {})
    assert [w.split(": ", 1)[1] for w in warnings] == [
        "nothing reads the key `gild_id`; did you mean `guild_id`?",
        "nothing reads the key `docker.hots`; did you mean `docker.host`?",
    ]


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "a month", "1e9"])
def test_a_retention_that_makes_no_sense_is_told_with_its_variable_and_its_cure(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingsError, match=r"DDC_METRICS_RETENTION_DAYS: .*0 to keep everything"):
        load_settings(tmp_path / "none.json", {"DDC_METRICS_RETENTION_DAYS": value})
    with pytest.raises(SettingsError, match=r"DDC_METRICS_MAX_MB: .*0 for a file of any size"):
        load_settings(tmp_path / "none.json", {"DDC_METRICS_MAX_MB": value})


def test_a_misspelt_key_in_any_section_is_warned_of(tmp_path: Path) -> None:
    path = write(tmp_path, {"metrics": {"retention": 3, "max_file_mb": None}})
    settings, (warning,) = load_settings(path, {"DDC_METRICS_RETENTION_DAYS": "0"})
    assert warning.endswith("nothing reads the key `metrics.retention`; did you mean `metrics.retention_days`?")
    assert (settings.metrics.retention_days, settings.metrics.max_file_mb) == (0, None)


def test_a_section_within_a_section_is_checked_as_closely(tmp_path: Path) -> None:
    path = write(tmp_path, {"docker": {"alerts": {"loop_count": 1, "kinds": ["bored"], "chanel_id": 3}}})
    with pytest.raises(SettingsError) as caught:
        load_settings(path, {"DDC_ALERT_CHANNEL_ID": "general"})
    assert [problem.split(": ", 1)[0] for problem in caught.value.problems] == [
        "DDC_ALERT_CHANNEL_ID",
        f"{path}, key `docker.alerts.kinds`",
        f"{path}, key `docker.alerts.loop_count`",
    ]
    _, (warning,) = load_settings(write(tmp_path, {"docker": {"alerts": {"chanel_id": 3}}}), {})
    assert warning.endswith("nothing reads the key `docker.alerts.chanel_id`; did you mean `docker.alerts.channel_id`?")


def test_every_key_has_a_cure(tmp_path: Path) -> None:
    def spoilt(section: type[msgspec.Struct]) -> dict[str, object]:
        kinds = {field.encode_name: field.type for field in msgspec.structs.fields(section)}
        return {
            name: spoilt(kind) if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else [[None]]
            for name, kind in kinds.items()
        }

    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, spoilt(Settings)), {})
    told = "\n".join(caught.value.problems)
    assert all(f"`{key}`" in told for key in ("guild_id", "docker.host", "docker.alerts.kinds", "metrics.max_file_mb"))


@given(st.text(max_size=200))
def test_any_text_is_either_settings_or_a_settings_error(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.json"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            settings, _ = load_settings(path, {})
        except SettingsError as error:
            assert error.problems  # noqa: PT017 - either way is fine, an error must say something
        else:
            assert isinstance(settings, Settings)


def test_the_example_is_what_the_defaults_are_and_fits_the_schema() -> None:
    example = json.loads((ROOT / "config/config.example.json").read_text(encoding="utf-8"))
    jsonschema.validate(example, json_schema())
    assert load_settings(ROOT / "config/config.example.json", {}) == (Settings(), [])


def test_the_schema_on_disk_is_the_one_of_the_model() -> None:
    on_disk = json.loads((ROOT / "config/config.schema.json").read_text(encoding="utf-8"))
    assert on_disk == json.loads(json.dumps(json_schema())), "write it anew: python -m services.config"


def test_time_limits_are_taken_exactly_as_set_and_the_environment_goes_over_the_file(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {
            "docker": {
                "fast_timeout_seconds": 10,
                "slow_timeout_seconds": 20,
                "timeouts": {"minecraft": 120, "plex*": 90},
            }
        },
    )
    settings, warnings = load_settings(path, {"DDC_SLOW_STATS_TIMEOUT": "31.5"})
    assert warnings == []
    assert (settings.docker.fast_timeout_seconds, settings.docker.slow_timeout_seconds) == (10, 31.5)
    assert settings.docker.timeouts == {"minecraft": 120, "plex*": 90}
    assert settings.docker.timeout_seconds is None
    assert load_settings(path, {"DDC_FAST_STATS_TIMEOUT": "0.5"})[0].docker.fast_timeout_seconds == 0.5


@pytest.mark.parametrize("value", ["0", "-3", "601", "nan", "a while"])
def test_a_time_limit_that_makes_no_sense_is_told_with_its_variable(tmp_path: Path, value: str) -> None:
    for variable in ("DDC_FAST_STATS_TIMEOUT", "DDC_SLOW_STATS_TIMEOUT", "DDC_DOCKER_TIMEOUT"):
        with pytest.raises(SettingsError, match=rf"{variable}: .*more than 0 and at most 600"):
            load_settings(tmp_path / "none.json", {variable: value})


@pytest.mark.parametrize("timeouts", [{"my server": 3}, {"web": 0}, {"web": "soon"}, {"": 3}, ["web"]])
def test_a_limit_for_something_that_no_container_is_called_is_told(tmp_path: Path, timeouts: object) -> None:
    with pytest.raises(SettingsError, match=r"key `docker.timeouts`: .*names or patterns with seconds"):
        load_settings(write(tmp_path, {"docker": {"timeouts": timeouts}}), {})


def test_settings_are_told_flat_by_their_dotted_names() -> None:
    told = flat(Settings(guild_id=7))
    assert told["guild_id"] == 7
    assert told["docker.concurrency"] == 3
    assert told["docker.alerts.cooldown_minutes"] == 15.0
    assert not any(isinstance(value, msgspec.Struct) for value in told.values())
