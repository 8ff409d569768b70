"""Which engines add a required column to an empty table, for `required-column-without-default`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.migration.required_column_without_default import RequiredColumnWithoutDefault

PATH = "migrations/0002_channel.sql"
ADD = "alter table orders add column channel varchar(20) not null"


@pytest.mark.parametrize(
    ("dialect", "why"),
    [
        ("postgres", "this fails if `orders` holds a row"),
        ("snowflake", "this fails if `orders` holds a row"),
        ("tsql", "this fails if `orders` holds a row"),
        ("sqlite", "this fails whether `orders` holds a row or not"),
        ("redshift", "this fails whether `orders` holds a row or not"),
        ("mysql", "rows get an empty value, and INSERTs that do not name it fail"),
        ("bigquery", "no required column can be added to a table that is there"),
    ],
)
def test_what_becomes_of_it(check, dialect: str, why: str) -> None:
    sql = f"{ADD.replace('column ', '') if dialect == 'tsql' else ADD};"
    (found,) = check(RequiredColumnWithoutDefault(), sql, dialect=dialect, path=PATH)
    assert found.message == f"`channel` is NOT NULL without a default: {why}"


@pytest.mark.parametrize(("dialect", "count"), [("postgres", 0), ("sqlite", 1), ("redshift", 1)])
def test_a_table_that_was_emptied_before(check, dialect: str, count: int) -> None:
    assert (
        len(check(RequiredColumnWithoutDefault(), f"delete from orders; {ADD};", dialect=dialect, path=PATH)) == count
    )


def test_a_default_will_do(check) -> None:
    for dialect in ("postgres", "sqlite", "redshift"):
        assert check(RequiredColumnWithoutDefault(), f"{ADD} default 'web';", dialect=dialect, path=PATH) == []


@pytest.mark.parametrize(
    ("kind", "count"), [("rowversion", 0), ("timestamp", 0), ("int identity(1, 1)", 0), ("int", 1)]
)
def test_columns_that_sql_server_fills_in(check, kind: str, count: int) -> None:
    sql = f"alter table orders add n {kind} not null;"
    assert len(check(RequiredColumnWithoutDefault(), sql, dialect="tsql", path=PATH)) == count


@pytest.mark.parametrize("dialect", ["sqlite", "mysql"])
@pytest.mark.parametrize(("default", "count"), [('default ""', 0), ("default ''", 0), ('default "a"', 0), ("", 1)])
def test_an_empty_text_is_a_default(dialect: str, default: str, count: int) -> None:
    sql = f"alter table memo add column name text not null {default};"
    files = {"ddl/t.sql": "create table memo (id integer primary key);", "migrations/0002_name.sql": sql}
    report = run(RequiredColumnWithoutDefault(), files, reported="migrations/0002_name.sql", dialect=dialect)
    assert len(report.diagnostics) == count
