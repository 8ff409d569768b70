"""The text of a table: every kind of source has its words."""

from __future__ import annotations

import pytest

from leaktight.catalog.declaration import Origin
from leaktight.catalog.table import Column, Partitioning, Table, TableName
from leaktight.cli.catalog.table_text import overview_text, table_text
from leaktight.cli.catalog.table_values import table_values
from leaktight.diagnostics import Location
from leaktight.reporters.paint import Paint
from leaktight.text import Position, Span

PLACE = Location("a.sql", Span(0, 1), Position(1, 1), Position(1, 2))


@pytest.mark.parametrize("origin", [origin for origin in Origin if origin is not Origin.DDL])
def test_where_a_table_is_known_from(origin: Origin) -> None:
    table = Table(TableName(("orders",)), location=PLACE, origins=((origin.value, PLACE), ("ddl", PLACE)))
    text = table_text(table_values(table, lambda path: path), Paint(on=False))
    assert "  known from " in text
    assert "        then DDL " in text


@pytest.mark.parametrize(
    ("expression", "words"),
    [("(day)", "day"), ("RANGE (day)", "RANGE (day)"), ("(year(day)), (id)", "(year(day)), (id)"), ("day", "day")],
)
def test_the_brackets_around_all_of_a_partition_key_are_left_out(expression: str, words: str) -> None:
    table = Table(TableName(("orders",)), location=PLACE, partitioning=Partitioning(("day",), expression, "time"))
    text = table_text(table_values(table, lambda path: path), Paint(on=False))
    assert f"  partitioned by {words}\n" in text


def test_one_long_line_does_not_move_the_others() -> None:
    odd = Table(
        TableName(("o" * 60,)), kind="materialized", complete=False, temporary=True, dialect="postgres", location=PLACE
    )
    tables = [Table(TableName((name,)), dialect="postgres", location=PLACE) for name in ("a", "bcd")]
    lines = overview_text(
        [table_values(table, lambda path: path) for table in (*tables, odd)], Paint(on=False)
    ).splitlines()
    assert lines[0].startswith("a    (table, postgres)  0 columns")
    assert lines[1].startswith("bcd  (table, postgres)  0 columns")
    assert lines[2].startswith(f"{odd.name}  (materialized, postgres, temporary, not all columns known)  0 columns")


def test_facts_that_stand_at_one_other_place_have_one_line_there() -> None:
    later = Location("b.sql", Span(0, 1), Position(3, 1), Position(3, 2))
    places = {"default": later, "generated": later, "nullable": later, "type": later}
    column = Column("total", "BIGINT", nullable=True, location=PLACE, places=places)
    table = Table(TableName(("orders",)), {"total": column}, location=PLACE)
    lines = table_text(table_values(table, lambda path: path), Paint(on=False)).splitlines()
    assert [line.split("  -- ")[0].strip() for line in lines[1:3]] == ["total", "BIGINT null"]
    assert [line.split("  -- ")[1] for line in lines[1:3]] == ["a.sql:1", "b.sql:3"]
