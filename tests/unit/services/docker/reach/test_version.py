from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker.reach import NEWEST_TESTED, OLDEST_TESTED, EngineVersion

DEBIAN = {
    "Platform": {"Name": ""},
    "Components": [{"Name": "Engine", "Version": "20.10.24+dfsg1"}, {"Name": "containerd", "Version": "1.6.20~ds1"}],
    "Version": "20.10.24+dfsg1",
    "ApiVersion": "1.41",
    "MinAPIVersion": "1.12",
}
NEW = {"Components": [{"Name": "Engine"}], "Version": "29.0.0", "ApiVersion": "1.52", "MinAPIVersion": "1.44"}
NEWER_BUT_PATIENT = {"Version": "28.5.1", "ApiVersion": "1.51", "MinAPIVersion": "1.24"}
OLD = {"Version": "1.12.6", "ApiVersion": "1.24", "MinAPIVersion": "1.12"}
PODMAN = {
    "Platform": {"Name": "linux/amd64/fedora-39"},
    "Components": [{"Name": "Podman Engine", "Version": "4.9.4"}, {"Name": "Conmon", "Version": "conmon version 2.1"}],
    "Version": "4.9.4",
    "ApiVersion": "1.41",
    "MinAPIVersion": "1.24",
}
FUTURE = {"Version": "40.0", "ApiVersion": "2.3", "MinAPIVersion": "2.1"}


@pytest.mark.parametrize(
    ("raw", "spoken", "told"),
    [
        (DEBIAN, (1, 41), "Docker 20.10.24, API 1.41"),
        (NEW, (1, 44), "Docker 29.0.0, API 1.52, newer than tested (1.40 to 1.41)"),
        (NEWER_BUT_PATIENT, (1, 41), "Docker 28.5.1, API 1.51, newer than tested (1.40 to 1.41)"),
        (OLD, (1, 24), "Docker 1.12.6, API 1.24, older than tested (1.40 to 1.41)"),
        (PODMAN, (1, 41), "Podman 4.9.4, API 1.41"),
        (FUTURE, (2, 1), "Docker 40.0, API 2.3, newer than tested (1.40 to 1.41)"),
        ({"ApiVersion": "1.52"}, (1, 52), "Docker, API 1.52, newer than tested (1.40 to 1.41)"),
    ],
)
def test_an_engine_is_named_and_spoken_to_in_the_version_nearest_to_the_tested_ones(
    raw: dict[str, object], spoken: tuple[int, int], told: str
) -> None:
    known = EngineVersion.read(raw)
    assert (known.spoken, str(known)) == (spoken, told)


@pytest.mark.parametrize("raw", [{}, {"ApiVersion": None}, {"ApiVersion": "new"}, {"ApiVersion": "1.41/../images"}])
def test_what_names_no_version_is_no_engine(raw: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="ApiVersion"):
        EngineVersion.read(raw)


apis = st.tuples(st.integers(1, 2), st.integers(0, 99))


@given(st.tuples(apis, apis).map(sorted))
def test_an_engine_is_never_spoken_to_in_a_version_it_does_not_speak(bounds: list[tuple[int, int]]) -> None:
    oldest, newest = bounds
    known = EngineVersion("Docker", "1", newest, oldest)
    assert oldest <= known.spoken <= newest
    assert (known.caution == "") == (OLDEST_TESTED <= newest <= NEWEST_TESTED)
