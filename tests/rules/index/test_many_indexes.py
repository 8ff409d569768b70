"""What `many-indexes` counts: an index that stands behind a key is one with it."""

from __future__ import annotations

import pytest

from leaktight_rules.index.many_indexes import ManyIndexes


@pytest.mark.parametrize(
    ("indexes", "count"),
    [
        ("create index i on t (b);", 3),
        ("create unique index i on t (a);", None),
        ("create index i on t (a);", 3),
        ("create unique index i on t (a) where b > 0;", 3),
        ("create index i on t (b); drop index i;", None),
    ],
)
def test_indexes_and_keys(check, indexes: str, count: int | None) -> None:
    found = check(ManyIndexes(max=2), f"create table t (id bigint primary key, a int unique, b int); {indexes}")
    assert [one.message for one in found] == ([f"{count} indexes are written at each insert into `t`"] if count else [])


@pytest.mark.parametrize(("selects", "most", "found"), [(0, 2, 1), (1, 2, 1), (2, 2, 0), (2, 1, 1)])
def test_a_table_that_is_mostly_read(check, selects: int, most: int, found: int) -> None:
    queries = {f"api__q{n}.sql": f"select id from t where a = {n};" for n in range(selects)}
    write = "update t set b = 1 where id = 2;"
    ddl = "create table t (id bigint primary key, a int, b int); create index i on t (a); create index j on t (b);"
    assert len(check(ManyIndexes(max=most), ddl, **{"jobs__w.sql": write}, **queries)) == found
