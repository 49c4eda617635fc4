"""The schedules survive crashes, and a damaged file is never lost."""

import json
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cogs.perf.schedule import Kind, Schedule, State
from cogs.perf.schedule_store import KEEP_CLAIMS, Book, Claim, Memory, ScheduleStore, ScheduleStoreError
from utils.metrics.analysis.regressions import Told

SEEN = st.floats(0, 4e9)
IDS = st.integers(1, 2**63)
SCHEDULES = st.builds(
    Schedule,
    guild_id=IDS,
    channel_id=IDS,
    at=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    zone=st.sampled_from(["UTC", "Europe/Berlin"]),
    since=SEEN,
    kind=st.sampled_from(Kind),
    day=st.integers(0, 28),
    number=st.integers(1, 10),
    paused=st.booleans(),
)
KEYS = st.tuples(IDS, IDS, st.sampled_from(Kind))
MEMORIES = st.builds(
    Memory,
    SEEN,
    st.dictionaries(st.tuples(st.text(), st.sampled_from(["slower", "failing"])), st.builds(Told, SEEN, SEEN)),
)
CLAIMS = st.builds(
    Claim,
    st.sampled_from(State),
    SEEN,
    st.none() | IDS,
    st.none() | st.tuples(SEEN, SEEN),
    st.none() | st.text(),
    st.none() | MEMORIES,
)
BOOKS = st.builds(
    Book,
    st.lists(SCHEDULES, max_size=3).map(tuple),
    st.dictionaries(st.tuples(KEYS, st.dates()), CLAIMS, max_size=5),
    st.none() | SEEN,
    st.dictionaries(KEYS, MEMORIES, max_size=3),
)
NINE = Schedule(1, 2, time(9), "UTC", 10.0)
MONDAY = date(2026, 11, 23)


@settings(deadline=None)
@given(book=BOOKS)
def test_what_was_saved_is_what_is_loaded(tmp_path_factory: pytest.TempPathFactory, book: Book) -> None:
    store = ScheduleStore(tmp_path_factory.mktemp("store") / "folder" / "s.json")
    store.save(book)
    assert store.load() == (book, None)


def test_without_a_file_the_book_is_empty(tmp_path: Path) -> None:
    assert ScheduleStore(tmp_path / "s.json").load() == (Book(), None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"version": 1, "sched',
        b"\xff\xfe\x00",
        b"[]",
        b'{"version": 3, "schedules": [], "claims": [], "alive_at": null}',
        b'{"version": 2, "schedules": [], "claims": [], "alive_at": null, "told": [{}]}',
        b'{"version": 1, "schedules": [{"guild_id": "x"}], "claims": [], "alive_at": null}',
        b'{"version": 1, "schedules": [], "claims": [{"state": "eaten"}], "alive_at": null}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_kept_aside_and_reported(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(content)
    book, problem = ScheduleStore(path).load()
    assert book == Book()
    (aside,) = tmp_path.iterdir()
    assert aside.read_bytes() == content
    assert problem is not None
    assert aside.name in problem


def test_a_file_that_cannot_be_read_is_not_taken_for_empty(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.mkdir()
    with pytest.raises(ScheduleStoreError, match="could not be read") as caught:
        ScheduleStore(path).load()
    assert "Nothing was changed" in caught.value.user_message


def test_a_failed_save_raises_and_leaves_the_old_file_and_no_rubbish(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "s.json"
    (path / "in the way").mkdir(parents=True)
    with pytest.raises(ScheduleStoreError, match="could not be saved"):
        ScheduleStore(path).save(Book())
    assert [left.name for left in path.parent.iterdir()] == ["s.json"]


def test_the_file_is_plain_json_that_a_person_can_read(tmp_path: Path) -> None:
    store = ScheduleStore(tmp_path / "s.json")
    store.save(Book().with_schedule(NINE).with_claim(NINE, MONDAY, Claim(State.POSTED, 5.0, 77)))
    where = {"guild_id": 1, "channel_id": 2, "kind": "daily"}
    assert json.loads((tmp_path / "s.json").read_text()) == {
        "version": 2,
        "alive_at": None,
        "schedules": [
            {**where, "time": "09:00", "zone": "UTC", "since": 10.0, "day": 0, "number": 1, "paused": False},
        ],
        "claims": [
            {
                **where,
                "date": "2026-11-23",
                "state": "posted",
                "at": 5.0,
                "message_id": 77,
                "offline": None,
                "reason": None,
                "told": None,
            }
        ],
        "told": [],
    }


def test_a_file_of_version_1_is_read_as_it_is(tmp_path: Path) -> None:
    old = {
        "version": 1,
        "alive_at": 3.0,
        "schedules": [{"guild_id": 1, "channel_id": 2, "time": "09:00", "zone": "UTC", "since": 10.0}],
        "claims": [
            {
                "guild_id": 1,
                "channel_id": 2,
                "date": "2026-11-23",
                "state": "posted",
                "at": 5.0,
                "message_id": 77,
                "offline": None,
            }
        ],
    }
    (tmp_path / "s.json").write_text(json.dumps(old))
    book, problem = ScheduleStore(tmp_path / "s.json").load()
    assert problem is None
    assert book == replace(Book(), alive_at=3.0).with_schedule(NINE).with_claim(
        NINE, MONDAY, Claim(State.POSTED, 5.0, 77)
    )


def test_a_channel_has_one_schedule_of_a_kind_with_a_number_that_stays() -> None:
    later = replace(NINE, at=time(10), since=20.0)
    moved, weekly = replace(NINE, channel_id=3), replace(NINE, kind=Kind.WEEKLY, day=4)
    elsewhere = Schedule(9, 4, time(9), "UTC", 1.0)
    book = Book().with_schedule(NINE).with_schedule(elsewhere).with_schedule(moved).with_schedule(weekly)
    assert [(one.channel_id, one.kind, one.number) for one in book.of_guild(1)] == [
        (2, Kind.DAILY, 1),
        (3, Kind.DAILY, 2),
        (2, Kind.WEEKLY, 3),
    ]
    assert book.with_schedule(later).of_guild(1)[0] == later
    gone = book.without_schedule(NINE)
    assert [one.number for one in gone.of_guild(1)] == [2, 3]
    assert gone.of_guild(9) == (elsewhere,)


def test_removing_a_schedule_keeps_its_claims_and_kinds_have_claims_of_their_own() -> None:
    weekly = replace(NINE, kind=Kind.WEEKLY)
    book = Book().with_schedule(NINE).with_claim(NINE, MONDAY, Claim(State.POSTED, 5.0)).without_schedule(NINE)
    assert book.of_guild(1) == ()
    assert book.claims_of(NINE) == {MONDAY: Claim(State.POSTED, 5.0)}
    assert book.claims_of(weekly) == {}


@pytest.mark.parametrize("state", State)
def test_what_was_to_be_told_counts_as_told_once_it_is_posted_and_only_then(state: State) -> None:
    memory = Memory(5.0, {("op", "slower"): Told(1.0, 5.0)})
    book = Book().with_claim(NINE, MONDAY, Claim(state, 6.0, told=memory))
    assert book.told == ({NINE.key: memory} if state is State.POSTED else {})
    assert book.claims_of(NINE)[MONDAY].told == (memory if state is State.CLAIMED else None)


def test_a_file_from_before_there_were_reasons_is_read(tmp_path: Path) -> None:
    store = ScheduleStore(tmp_path / "s.json")
    book = Book().with_schedule(NINE).with_claim(NINE, MONDAY, Claim(State.GIVEN_UP, 5.0))
    store.save(book)
    kept = json.loads((tmp_path / "s.json").read_text())
    del kept["claims"][0]["reason"]
    (tmp_path / "s.json").write_text(json.dumps(kept))
    assert store.load() == (book, None)


def test_the_claims_noted_longest_ago_are_forgotten_and_those_of_other_servers_kept() -> None:
    elsewhere = Schedule(9, 4, time(9), "UTC", 1.0)
    book = Book().with_claim(elsewhere, MONDAY, Claim(State.POSTED, 5.0))
    days = [MONDAY + timedelta(days=number) for number in range(KEEP_CLAIMS + 5)]
    for day in days:
        book = book.with_claim(NINE, day, Claim(State.CLAIMED, 6.0)).with_claim(NINE, day, Claim(State.POSTED, 7.0))
    assert list(book.claims_of(NINE)) == days[5:]
    assert set(book.claims_of(elsewhere)) == {MONDAY}


@pytest.mark.parametrize("days", [-400, 30, 400, 40_000])
def test_a_claim_made_by_a_wrong_clock_makes_no_other_forgotten(days: int) -> None:
    book = Book().with_claim(NINE, MONDAY, Claim(State.POSTED, 5.0))
    book = book.with_claim(NINE, MONDAY + timedelta(days=days), Claim(State.POSTED, 6.0))
    assert MONDAY in book.claims_of(NINE)
