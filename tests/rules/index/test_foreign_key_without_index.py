"""Which indexes serve a foreign key, and which do not, for `foreign-key-without-index`."""

from __future__ import annotations

import pytest

from leaktight_rules.index.foreign_key_without_index import ForeignKeyWithoutIndex

TABLES = "create table u (id bigint primary key); create table o (id bigint primary key, u_id bigint references u (id), b timestamp);"


@pytest.mark.parametrize(
    "index",
    [
        "create index i on o (u_id)",
        "create index i on o (u_id, b)",
        "create index i on o using hash (u_id)",
        "create index i on o (u_id) where u_id is not null",
        'create index i on o (u_id) where ("u_id" IS NOT NULL)',
        "create index i on o (u_id) where o.u_id is not null",
    ],
)
def test_served(check, index: str) -> None:
    assert check(ForeignKeyWithoutIndex(), f"{TABLES} {index};") == []


@pytest.mark.parametrize(
    "index",
    [
        "create index i on o (b, u_id)",
        "create index i on o (u_id) where b is not null",
        "create index i on o (u_id) where b is null and u_id is not null",
        "create index i on o (u_id) where u_id > 7",
        "create index i on o (u_id) where u_id > 7 and b is not null",
        "create index i on o (lower(b::text)) where u_id is not null",
        "create index i on u (id)",
    ],
)
def test_not_served(check, index: str) -> None:
    (found,) = check(ForeignKeyWithoutIndex(), f"{TABLES} {index};")
    assert found.message == "`u_id` leads no index: each delete in `u` looks through all of `o`"
    assert found.fix is not None
    assert found.fix.statements == ("CREATE INDEX CONCURRENTLY o_u_id_idx ON o (u_id)",)
