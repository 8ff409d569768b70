"""What makes an index say more than the key or index beside it, for `redundant-index`."""

from __future__ import annotations

import pytest

from leaktight_rules.index.redundant_index import RedundantIndex

TABLE = "create table t (id bigint primary key, a text unique, b int);"


@pytest.mark.parametrize(
    "indexes",
    [
        "create index i on t (id);",
        "create index i on t (a);",
        "create unique index i on t (a);",
        "create index i on t (b); create index j on t (b, a);",
        "create index i on t (b) include (a); create index j on t (b, a);",
        "create index i on t (lower(a)); create index j on t (lower(a), b);",
    ],
)
def test_says_nothing_more(check, indexes: str) -> None:
    (found,) = check(RedundantIndex(), f"{TABLE} {indexes}")
    assert found.message.startswith("every query that `i` serves, ")


@pytest.mark.parametrize(
    "indexes",
    [
        "create unique index i on t (a) nulls not distinct;",
        "create unique index i on t (b); create index j on t (b, a);",
        "create index i on t (b) include (a); create index j on t (b, id);",
        "create index i on t (b) where a = 'x'; create index j on t (b, a);",
        "create index i on t (b); create index j on t using gin (b, a);",
        "create index i on t (b); create index j on t (b, a) where a = 'x';",
        'create index i on t (a collate "C");',
    ],
)
def test_says_more(check, indexes: str) -> None:
    assert check(RedundantIndex(), f"{TABLE} {indexes}") == []
