"""Which dialect the folders of a project are written in."""

from __future__ import annotations

import pytest

from leaktight.operations.dialects import Votes
from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.source import Language, Source


def test_a_folder_of_migrations_has_a_dialect_of_its_own() -> None:
    votes = Votes()
    for number in range(9):
        votes.count(
            f"packages/shared/clickhouse/migrations/{number}.up.sql",
            b"create table t (a Nullable(String)) engine = MergeTree",
        )
        votes.count(
            f"packages/shared/prisma/migrations/{number}_a/migration.sql",
            b"alter table t add column a timestamptz[] default now()",
        )
    project = Project(dialect_hints=votes.winners())
    assert project.dialect_hint("packages/shared/prisma/migrations/99_b/migration.sql") == "postgres"
    assert project.dialect_hint("packages/shared/clickhouse/migrations/99.up.sql") == "clickhouse"


PLAIN = b"select day::date, amount::int from orders"
REDSHIFT = b"create table orders (id int encode az64) diststyle key distkey (id) sortkey (id)"
POSTGRES = b"create table orders (id bigserial, body jsonb)"


@pytest.mark.parametrize(
    ("around", "dialect"),
    [
        ({"dwh/ddl": [REDSHIFT] * 3}, "redshift"),
        ({"dwh/ddl": [REDSHIFT] * 2}, "postgres"),
        ({"dwh/ddl": [REDSHIFT] * 3, "app/ddl": [POSTGRES] * 3}, "redshift"),
        ({"app/ddl": [REDSHIFT] * 4, "web/ddl": [POSTGRES] * 3}, "redshift"),
        ({"app/ddl": [REDSHIFT] * 4, "web/ddl": [POSTGRES] * 5}, "postgres"),
        ({"app/ddl": [REDSHIFT] * 6, "dwh/ddl": [POSTGRES] * 3}, "postgres"),
        ({"app/ddl": [REDSHIFT] * 6, "dwh/reports": [POSTGRES] * 3}, "postgres"),
    ],
)
def test_what_may_be_redshift_goes_with_the_files_around_it(around: dict[str, list[bytes]], dialect: str) -> None:
    votes = Votes()
    for number in range(5):
        votes.count(f"dwh/reports/{number}.sql", PLAIN)
    for folder, texts in around.items():
        for number, text in enumerate(texts):
            votes.count(f"{folder}/t{number}.sql", text)
    assert Project(dialect_hints=votes.winners()).dialect_hint("dwh/reports/more.sql") == dialect


@pytest.mark.parametrize(
    ("text", "around", "dialect"),
    [
        ("select id::int from orders", "redshift", "redshift"),
        ("select id::int from orders", "", "postgres"),
        ("select id::int from orders", "snowflake", "snowflake"),
        ("select id::int from orders", "sqlite", "postgres"),
        ("create table orders (id bigserial, body jsonb)", "redshift", "postgres"),
    ],
)
def test_a_file_that_may_be_redshift_is_what_its_folder_is(text: str, around: str, dialect: str) -> None:
    view = FileView(Source("dwh/a.sql", text, Language.SQL), Project(dialect_hints={"dwh": around} if around else {}))
    assert [document.dialect for document in view.sql] == [dialect]


@pytest.mark.parametrize(
    ("text", "around", "dialect"),
    [
        ("select dateadd(month, -1, o.day) as before from orders o", "databricks", "databricks"),
        ("select o.`order no` from {{ catalog() }}.base.orders o where o.`day` > 1", "databricks", "databricks"),
        ("select o.id::int from 'orders.csv' o", "duckdb", "duckdb"),
        ("select o.id::int, o.a from orders o group by all", "postgres", "snowflake"),
        (
            "select * from 'a.csv' union all select * exclude (b) from 'b.csv' where c::int > date_part('y', d)",
            "postgres",
            "duckdb",
        ),
        ("select dateadd(month, -1, o.day) as before from orders o", "mysql", "snowflake"),
        ("select o.a from dbo.orders o where dateadd(day, 1, o.day) > getdate()", "databricks", "tsql"),
        ("select dateadd(month, -1, o.day) as before from orders o", "", "snowflake"),
    ],
)
def test_faint_signs_that_an_engine_shares_do_not_speak_against_the_folder(
    text: str, around: str, dialect: str
) -> None:
    view = FileView(Source("dwh/a.sql", text, Language.SQL), Project(dialect_hints={"dwh": around} if around else {}))
    assert {document.dialect for document in view.sql} == {dialect}


COLUMNS = "models:\n  - name: orders\n    columns:\n      - name: id\n        data_type: {}\n"


@pytest.mark.parametrize(
    ("types", "dialect"),
    [
        (["long"], "databricks"),
        (["'LONG'"], "databricks"),
        (["INT64"], "bigquery"),
        (["float64"], "bigquery"),
        (["bigint"], ""),
        (["longtext"], ""),
        (["long", "int64"], ""),
    ],
)
def test_types_of_properties_say_the_engine(types: list[str], dialect: str) -> None:
    votes = Votes()
    for number, kind in enumerate(types):
        votes.count_types(f"dwh/models/gold/base_{number}/schema.yml", COLUMNS.format(kind).encode())
    assert Project(dialect_hints=votes.winners()).dialect_hint("dwh/models/silver/orders.sql") == dialect


def test_a_file_of_two_engines_does_not_vote() -> None:
    votes = Votes()
    votes.count_types("dwh/schema.yml", b"data_type: long\ndata_type: int64\n")
    assert votes.winners() == {}


def test_a_folder_that_is_called_as_an_engine_comes_before_the_folder_around() -> None:
    source = Source("dwh/postgres/a.sql", "copy into t from 'gcs://bucket' pattern = 'x'", Language.SQL)
    assert [one.dialect for one in FileView(source, Project(dialect_hints={"dwh": "snowflake"})).sql] == ["postgres"]
