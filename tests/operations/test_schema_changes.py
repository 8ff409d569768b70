"""What is known of a change before it is made: who runs it, in a transaction or not, and whether anybody uses the table."""

from __future__ import annotations

import pytest

from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.operations.schema_change import How, SchemaChange
from leaktight.source import Language, Source

LANGUAGES = {"sql": Language.SQL, "py": Language.PYTHON, "ts": Language.TYPESCRIPT}


def changes(text: str, path: str = "migrations/0002_a.sql") -> list[SchemaChange]:
    source = Source(path, text, LANGUAGES[path.rpartition(".")[2]])
    return FileView(source, Project(), dialect="postgres").schema_changes


ALTER = "alter table orders add column a int;"
INDEX = "create index concurrently i on orders (a);"
ALEMBIC = 'from alembic import op\nrevision = "1"\n\n\ndef upgrade():\n'


@pytest.mark.parametrize(
    ("path", "text", "tool", "expected"),
    [
        ("migrations/0002_a.sql", ALTER, "", None),
        ("migrations/0002_a.sql", f"begin; {ALTER} commit;", "", True),
        ("migrations/0002_a.sql", f"begin; commit; {ALTER}", "", False),
        ("db/V2__a.sql", ALTER, "flyway", True),
        ("db/V2__a.sql", ALTER + INDEX, "flyway", True),
        ("db/V2__a.sql", INDEX, "flyway", False),
        ("a.sql", f"-- +goose Up\n{ALTER}", "goose", True),
        ("a.sql", f"-- +goose NO TRANSACTION\n-- +goose Up\n{ALTER}", "goose", False),
        ("a.sql", f"-- migrate:up\n{ALTER}", "dbmate", True),
        ("a.sql", f"-- migrate:up transaction:false\n{ALTER}", "dbmate", False),
        ("a.sql", f"-- liquibase formatted sql\n-- changeset me:1\n{ALTER}", "liquibase", True),
        ("a.sql", f"-- liquibase formatted sql\n-- changeset me:1 runInTransaction:false\n{ALTER}", "liquibase", False),
        ("a.sql", f"-- Deploy shop:orders to pg\n{ALTER}", "sqitch", False),
        ("db/0002_a.up.sql", ALTER, "golang-migrate", False),
        ("db/0002_a.up.sql", ALTER + ALTER, "golang-migrate", True),
        ("prisma/migrations/20240101120000_a/migration.sql", ALTER, "prisma", False),
        ("migrations/versions/1_a.py", f'{ALEMBIC}    op.execute("{ALTER}")\n', "alembic", True),
        (
            "migrations/versions/1_a.py",
            f'{ALEMBIC}    op.execute("COMMIT")\n    op.execute("{ALTER}")\n',
            "alembic",
            False,
        ),
    ],
)
def test_who_runs_a_file_and_whether_a_transaction_is_open(
    path: str, text: str, tool: str, expected: bool | None
) -> None:
    change = changes(text, path)[0]
    assert change.migration is not None
    assert (change.migration.tool, change.in_transaction) == (tool, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("create table orders (a int); alter table orders add column b int;", True),
        ("create table statistics.orders (a int); alter table statistics.orders add column b int;", True),
        ("create table a (a int); alter table a rename to orders; alter table orders add column b int;", True),
        ("create temp table orders as select 1 as a; alter table orders add column b int;", True),
        ("create schema shop create table orders (a int); alter table shop.orders add column b int;", True),
        ("create schema shop create table orders (a int); alter table other.orders add column b int;", False),
        ("create table other.orders (a int); alter table shop.orders add column b int;", False),
        ("alter table orders add column b int; create table orders (a int);", False),
        ("create function f() returns void as $$ create table orders (a int) $$ language sql;" + ALTER, False),
    ],
)
def test_a_table_of_the_same_file_is_fresh(text: str, expected: bool) -> None:
    altered = [one for one in changes(text) if one.name.name == "orders" and How.IF_NOT_EXISTS not in one.how]
    assert any(one.fresh for one in altered) is expected


def test_columns_of_the_same_file_are_fresh() -> None:
    added, dropped, other = changes(ALTER + "alter table orders drop column a, drop column b;")
    assert (added.fresh_column, dropped.fresh_column, other.fresh_column) == (False, True, False)


def test_only_what_is_near_is_looked_at() -> None:
    many = changes("".join(f"alter table t{number} drop column a;\n" for number in range(1000)))
    assert (len(many), len(many[500].earlier()), len(many[500].later())) == (1000, 400, 400)
    assert many[500].earlier()[-1] is many[499]
    assert many[500].later()[0] is many[501]


def test_all_changes_of_one_statement_are_together() -> None:
    first, second, third = changes("drop table a, b cascade; drop table c;")
    assert list(first.together()) == list(second.together()) == [first, second]
    assert list(third.together()) == [third]
    assert How.CASCADE in second.how
