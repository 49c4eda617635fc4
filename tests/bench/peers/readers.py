"""Others that answer the statistics' question from the same file, or from what they have made of it before."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.bench.peers.installed import load

if TYPE_CHECKING:
    from pathlib import Path

Columns: TypeAlias = "dict[str, tuple[list[float], list[float], list[bool]]]"
"""By operation: ends, durations, successes."""
Answer: TypeAlias = "dict[str, tuple[float, ...]]"
"""By operation: calls, successes, least, most, mean, p50, p95, p99."""
_SHARES = (0.50, 0.95, 0.99)


class DuckDB:
    """Reads the file of JSON lines itself at each question, on all cores, of each line only the fields it needs."""

    def __init__(self, path: Path) -> None:
        module = load("duckdb")
        assert module is not None, "ask `installed` first"
        self._connection: Any = module.connect()
        self._source = (
            f"read_json('{path}', format='newline_delimited', "
            "columns={operation: 'VARCHAR', end_time: 'DOUBLE', duration: 'DOUBLE', success: 'BOOLEAN'})"
        )

    @staticmethod
    def installed() -> bool:
        """Say whether it can be had."""
        return load("duckdb") is not None

    def stats(self, since: float) -> Answer:
        """Sum up what ended since."""
        rows = self._connection.execute(
            "SELECT operation, count(*), sum(success::INT), min(duration), max(duration), avg(duration), "  # noqa: S608 - our own path
            f"quantile_cont(duration, {list(_SHARES)}) FROM {self._source} WHERE end_time >= ? GROUP BY operation",
            [since],
        ).fetchall()
        return {operation: (*figures, *cuts) for operation, *figures, cuts in rows}

    def close(self) -> None:
        """Give back its memory."""
        self._connection.close()


class SQLite:
    """Holds the entries in a table in memory whose index covers the question, durations in order."""

    def __init__(self, columns: Columns) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE TABLE m (operation TEXT, end_time REAL, duration REAL, success INT)")
        for name, rows in columns.items():
            self._connection.executemany("INSERT INTO m VALUES (?, ?, ?, ?)", zip(repeat(name), *rows, strict=False))
        self._connection.execute("CREATE INDEX covering ON m (operation, duration, end_time, success)")

    def stats(self, since: float) -> Answer:
        """Sum up what ended since."""
        return {name: self._of(name, since) for (name,) in self._ask("SELECT DISTINCT operation FROM m")}

    def _of(self, operation: str, since: float) -> tuple[float, ...]:
        where = "FROM m INDEXED BY covering WHERE operation = ? AND end_time >= ?"
        figures = self._ask(
            f"SELECT count(*), sum(success), min(duration), max(duration), avg(duration) {where}",
            operation,
            since,
        )[0]
        cuts = []
        for share in _SHARES:
            rank = (figures[0] - 1) * share
            pair = self._ask(
                f"SELECT duration {where} ORDER BY duration LIMIT 2 OFFSET ?",
                operation,
                since,
                int(rank),
            )
            cuts.append(pair[0][0] + (pair[-1][0] - pair[0][0]) * (rank - int(rank)))
        return (*figures, *cuts)

    def _ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(question, values).fetchall()

    def close(self) -> None:
        """Give back its memory."""
        self._connection.close()


class NumpyColumns:
    """Holds the entries as one column of ends, durations and successes an operation, in memory."""

    def __init__(self, columns: Columns) -> None:
        numpy = load("numpy")
        assert numpy is not None, "ask `installed` first"
        self._numpy: Any = numpy
        self._columns: dict[str, tuple[Any, ...]] = {
            name: tuple(map(numpy.array, lists)) for name, lists in columns.items()
        }

    @staticmethod
    def installed() -> bool:
        """Say whether it can be had."""
        return load("numpy") is not None

    def stats(self, since: float) -> Answer:
        """Sum up what ended since."""
        answer: Answer = {}
        for name, (ends, durations, successes) in self._columns.items():
            first = self._numpy.searchsorted(ends, since)
            mine = durations[first:]
            if len(mine):
                cuts = self._numpy.percentile(mine, [100 * share for share in _SHARES])
                figures = (len(mine), successes[first:].sum(), mine.min(), mine.max(), mine.mean(), *cuts)
                answer[name] = tuple(map(float, figures))
        return answer


def parse_all(path: Path) -> Columns:
    """Read every line with ``json.loads`` and keep what statistics need."""
    columns: Columns = defaultdict(lambda: ([], [], []))
    with path.open("rb") as file:
        for line in map(json.loads, file):
            ends, durations, successes = columns[line["operation"]]
            ends.append(line["end_time"])
            durations.append(line["duration"])
            successes.append(line["success"])
    return columns
