"""The values that a type could hold, file by file."""

from __future__ import annotations

import time

from leaktight.catalog.change import AddEnumValue, CreateEnum, RenameEnum
from leaktight.catalog.enums import enum_history, values_after, values_before
from leaktight.catalog.table import TableName
from leaktight.diagnostics import Location
from leaktight.text import Position, Span

MOOD = TableName(("mood",))


def at(path: str) -> Location:
    return Location(path, Span(0, 1), Position(1, 1), Position(1, 2))


def test_each_file_leaves_its_values() -> None:
    states = enum_history(
        [
            CreateEnum(MOOD, ("sad", "ok"), location=at("1.sql")),
            AddEnumValue(MOOD, "glad", location=at("2.sql")),
            AddEnumValue(MOOD, "fine", instead="ok", location=at("2.sql")),
            RenameEnum(MOOD, "Temper", location=at("3.sql")),
            AddEnumValue(TableName(("temper",)), "wild", location=at("4.sql")),
            AddEnumValue(TableName(("unheard_of",)), "x", location=at("5.sql")),
        ]
    )
    assert values_before(states["mood"], "1.sql") is None
    assert values_before(states["mood"], "2.sql") == values_after(states["mood"], "1.sql") == ("sad", "ok")
    assert values_after(states["mood"], "2.sql") == ("sad", "glad", "fine")
    assert values_before(states["temper"], "4.sql") == ("sad", "glad", "fine")
    assert values_after(states["temper"], "4.sql") == ("sad", "glad", "fine", "wild")
    assert "unheard_of" not in states


def test_many_values_in_one_file_end() -> None:
    start = time.process_time()
    added = [AddEnumValue(MOOD, f"w{n}", location=at("1.sql")) for n in range(5_000)]
    states = enum_history([CreateEnum(MOOD, tuple(f"v{n}" for n in range(20_000)), location=at("1.sql")), *added])
    assert len(values_after(states["mood"], "1.sql") or ()) == 25_000
    assert time.process_time() - start < 2
