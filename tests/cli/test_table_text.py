"""The text of a table: every kind of source has its words."""

from __future__ import annotations

import pytest

from leaktight.catalog.declaration import Origin
from leaktight.catalog.table import Table, TableName
from leaktight.cli.catalog.table_text import table_text
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
