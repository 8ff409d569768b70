"""`NOT IN` is the same trap on each engine."""

from __future__ import annotations

import pytest

from leaktight_rules.numbers.not_in_nullable import NotInNullable

DDL = "create table bans (id int not null, user_id int{});"
QUERY = "select id from users where id not in (select user_id from bans);"


@pytest.mark.parametrize(
    "dialect", ["postgres", "mysql", "snowflake", "redshift", "tsql", "oracle", "spark", "bigquery"]
)
@pytest.mark.parametrize(("nullable", "found"), [("", True), (" not null", False)])
def test_what_the_declaration_allows(check, dialect: str, nullable: str, found: bool) -> None:
    told = check(NotInNullable(), DDL.format(nullable) + QUERY, dialect=dialect)
    assert [one.message[:8] for one in told] == ["`NOT IN`"] * found


@pytest.mark.parametrize(("join", "found"), [("left join", True), ("join", False)])
def test_an_outer_join_on_snowflake(check, join: str, found: bool) -> None:
    sql = f"select id from a where id not in (select c.b_id from b {join} c on c.b_id = b.id);"
    assert bool(check(NotInNullable(), sql, dialect="snowflake")) == found
