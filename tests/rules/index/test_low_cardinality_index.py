"""The index that `low-cardinality-index` proposes in place of one over a few values."""

from __future__ import annotations

import pytest

from leaktight_rules.index.low_cardinality_index import LowCardinalityIndex


@pytest.mark.parametrize(
    ("dialect", "column", "hint"),
    [
        ("postgres", "paid boolean", "create index on t (id) where paid = true"),
        ("postgres", "status text", "create index on t (id) where status = 'open'"),
        ("postgres", "gender text", "put `gender` behind a column that tells rows apart"),
        ("tsql", "paid bit", "create index on t (id) where paid = 1"),
        ("sqlite", "paid boolean", "create index on t (id) where paid = 1"),
        ("mysql", "paid tinyint(1)", "put `paid` behind a column that tells rows apart"),
    ],
)
def test_hint(check, dialect: str, column: str, hint: str) -> None:
    name = column.split()[0]
    (found,) = check(
        LowCardinalityIndex(),
        f"create table t (id bigint primary key, {column}); create index i on t ({name});",
        dialect=dialect,
    )
    assert found.fix is not None
    assert found.fix.title == hint


@pytest.mark.parametrize(
    ("column", "index", "found"),
    [
        ("status text", "create index i on t (status);", 1),
        ("status text references statuses (name)", "create index i on t (status);", 0),
        ("status text", "create index i on t using hash (status);", 0),
        ("status text", "create unique index i on t (status);", 0),
        ("status text", "create index i on t (status) where status = 'open';", 0),
        ("status text", "create index i on t (status) include (id);", 0),
        ("status text", "create index i on t (status, id);", 0),
        ("status bigint", "create index i on t (status);", 0),
        ("state text", "create index i on t (state);", 0),
    ],
)
def test_few_values(check, column: str, index: str, found: int) -> None:
    assert len(check(LowCardinalityIndex(), f"create table t (id bigint primary key, {column}); {index}")) == found


@pytest.mark.parametrize(
    ("table", "hint"),
    [
        ('"Order" (id bigint primary key, "isPaid" boolean)', 'create index on "Order" (id) where "isPaid" = true'),
        ('"Order" (code text, "isPaid" boolean)', "put `isPaid` behind a column that tells rows apart"),
    ],
)
def test_a_hint_names_what_is_there(check, table: str, hint: str) -> None:
    (found,) = check(
        LowCardinalityIndex(), f'create table {table}; create index i on "Order" ("isPaid");', dialect="postgres"
    )
    assert found.fix is not None
    assert found.fix.title == hint
