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


@pytest.mark.parametrize(("single", "count"), [("p (a)", 1), ("q (a)", 2)])
def test_parts_of_a_key_of_several_columns(check, single: str, count: int) -> None:
    sql = f"""
    create table p (a bigint, b bigint, primary key (a, b));
    create table q (a bigint primary key);
    create table o (id bigint primary key, a bigint references {single}, b bigint, foreign key (a, b) references p (a, b));
    """
    (found,) = check(ForeignKeyWithoutIndex(), sql)
    assert ("`a, b`" in found.message) is True
    assert (" lead no index" in found.message) is (count == 2)


@pytest.mark.parametrize(
    ("columns", "message", "indexed"),
    [
        ("u_id int references u (id) references w (id)", "`u_id` leads no index: each delete in `u` ", ["(u_id)"]),
        (
            "u_id int references u (id), w_id int references w (id), foreign key (u_id) references w (id)",
            "`u_id` and `w_id` lead no index: ",
            ["(u_id)", "(w_id)"],
        ),
    ],
)
def test_one_index_serves_all_references_of_a_column(check, columns: str, message: str, indexed: list[str]) -> None:
    (found,) = check(
        ForeignKeyWithoutIndex(),
        f"create table u (id int primary key); create table w (id int primary key); create table o ({columns});",
        dialect="postgres",
    )
    assert found.message.startswith(message)
    assert found.fix is not None
    assert [statement.partition("ON o ")[2] for statement in found.fix.statements] == indexed
