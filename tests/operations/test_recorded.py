"""Files that were taken from a database are no place to mend its tables."""

from __future__ import annotations

import pytest

from leaktight.operations.recorded import is_recorded

TABLE = "CREATE TABLE orders (id bigint);\n"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/orders.sql", "-- shop.orders definition\n\n-- Drop table\n\n" + TABLE),
        ("docs/orders.sql", "-- `shop`.orders definition\r\n" + TABLE),
        ("x.sql", "-- Table: public.orders\n\n-- DROP TABLE IF EXISTS public.orders;\n\nCREATE TABLE IF NOT EXISTS public.orders (id int);"),
        ("warehouse/_live_snapshot/2026-05-22/tables.sql", TABLE),
        ("exports/20260522/wh/tables.sql", TABLE),
    ],
)  # fmt: skip
def test_taken_from_a_database(path: str, text: str) -> None:
    assert is_recorded(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("schema.sql", TABLE),
        ("schema.sql", "-- Table: orders\n" + TABLE),
        ("schema.sql", TABLE + "-- shop.items definition\n" + TABLE),
        ("migrations/2026-05-22/tables.sql", TABLE),
        ("snapshots/tables.sql", TABLE),
        ("delivery/2026-05-22/tables.sql", TABLE),
        ("schema.sql", "-- The table definition of orders is below\n" + TABLE),
    ],
)
def test_written_by_somebody(path: str, text: str) -> None:
    assert not is_recorded(path, text)
