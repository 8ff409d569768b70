"""What `foreign-key-type` makes of numbers: MySQL and SQL Server refuse a key that others take."""

from __future__ import annotations

import pytest

from leaktight_rules.schema.foreign_key_type import ForeignKeyType


@pytest.mark.parametrize(
    ("dialect", "referenced", "own", "refused"),
    [
        ("postgres", "bigint", "int", False),
        ("postgres", "bigint", "text", False),
        ("mysql", "int unsigned", "int", True),
        ("mysql", "int", "bigint", True),
        ("mysql", "int", "int unsigned", True),
        ("mysql", "smallint", "int", True),
        ("tsql", "int", "bigint", True),
        ("tsql", "bigint", "int", True),
        ("tsql", "varchar(20)", "nvarchar(20)", True),
        ("tsql", "varchar(20)", "varchar(40)", True),
        ("tsql", "varchar(20)", "varchar", True),
        ("tsql", "char(2)", "varchar(2)", True),
        ("tsql", "int", "numeric(10,0)", True),
        ("mysql", "int", "decimal(10,0)", True),
    ],
)
def test_types_that_differ(check, dialect: str, referenced: str, own: str, refused: bool) -> None:
    sql = f"create table u (id {referenced} primary key); create table o (id int primary key, u_id {own} references u (id));"
    (found,) = check(ForeignKeyType(), sql, dialect=dialect)
    assert found.message.startswith(
        f"`u_id` is `{own.upper()}`, and `u.id`, which it references, is `{referenced.upper()}`"
    )
    assert found.message.endswith(" refuses the key") is refused


@pytest.mark.parametrize(
    ("dialect", "referenced", "own"),
    [
        ("postgres", "int", "bigint"),
        ("postgres", "bigint", "numeric(20)"),
        ("mysql", "int(10)", "int"),
        ("mysql", "integer", "int(11)"),
        ("mysql", "serial", "bigint unsigned"),
        ("mysql", "varchar(20)", "varchar(40)"),
        ("tsql", "int", "int"),
        ("tsql", "varchar(20)", "VarChar(20)"),
        ("tsql", "varchar", "varchar(1)"),
        ("tsql", "nvarchar(128)", "sysname"),
        ("tsql", "decimal(10, 0)", "decimal(10,0)"),
        ("postgres", "varchar(20)", "varchar(40)"),
        ("postgres", "int", "numeric(10,0)"),
        ("oracle", "integer", "number(9)"),
        ("sqlite", "integer", "text"),
    ],
)
def test_types_that_go_together(check, dialect: str, referenced: str, own: str) -> None:
    sql = f"create table u (id {referenced} primary key); create table o (id int primary key, u_id {own} references u (id));"
    assert check(ForeignKeyType(), sql, dialect=dialect) == []
