"""Which tables an index can be built on beside the writes, for `index-without-concurrently`."""

from __future__ import annotations

import pytest

from leaktight_rules.migration.index_without_concurrently import IndexWithoutConcurrently

MADE = """
create table orders (id bigint primary key, client_id bigint);
create table visits (id bigint, day date) partition by range (day);
"""


@pytest.mark.parametrize(
    ("dialect", "sql", "count"),
    [
        ("postgres", "create index i on orders (client_id);", 1),
        ("postgres", "create index concurrently i on orders (client_id);", 0),
        ("postgres", "create index i on visits (id);", 0),
        ("postgres", "create index i on only elsewhere (id);", 0),
        ("postgres", "create table t (id bigint); create index i on t (id);", 0),
        ("mysql", "create index i on orders (client_id);", 0),
        ("tsql", "create index i on orders (client_id);", 0),
    ],
)
def test_tables(check, dialect: str, sql: str, count: int) -> None:
    made = {"migrations__0001_made.sql": MADE} if dialect == "postgres" else {}
    found = check(IndexWithoutConcurrently(), sql, dialect=dialect, path="migrations/0002_index.sql", **made)
    assert len(found) == count
