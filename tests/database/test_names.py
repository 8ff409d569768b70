"""Which table a name means is what the engines themselves say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest
import sqlalchemy
from preparing import driven

from leaktight.catalog.casing import Casing, Likeness, casing, likeness
from leaktight.catalog.catalog import Catalog, catalog_of
from leaktight.catalog.table import TableName
from leaktight.context import path_context
from leaktight.languages.sql.document import SqlDocument, parse_sql
from leaktight.operations.table_changes import table_changes
from leaktight.source import Language, Region, Source

SPELLINGS = [(name, quoted) for name in ("orders", "ORDERS", "Orders") for quoted in (False, True)]


@pytest.fixture(params=["postgres", "duckdb", "sqlite", "mysql"])
def live(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The dialect and the URL of an empty database."""
    engine: str = request.param
    if engine in {"postgres", "mysql"}:
        return engine, driven(request.getfixturevalue(engine))
    return engine, f"{engine}:///{tmp_path / 'store.db'}"


@contextmanager
def connected(url: str) -> Iterator[sqlalchemy.Connection]:
    # DuckDB's driver has no word for it. What psycopg prepares after five runs is of the table that was there then.
    settings = {} if url.startswith("duckdb") else {"isolation_level": "AUTOCOMMIT"}
    prepared = {"prepare_threshold": None} if url.startswith("postgres") else {}
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool, connect_args=prepared, **settings)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def columns(connection: sqlalchemy.Connection, query: str) -> list[str] | None:
    """Give the columns that a query has in the engine; None where it finds no such table, or for what is no query."""
    try:
        result = connection.exec_driver_sql(query)
    except sqlalchemy.exc.DBAPIError:
        connection.rollback()
        return None
    found = list(result.keys()) if result.returns_rows else None
    connection.commit()
    return found


def test_case_and_quotes(live: tuple[str, str]) -> None:
    dialect, url = live
    mark = "`" if dialect == "mysql" else '"'

    def written(name: str, quoted: bool) -> str:
        return f"{mark}{name}{mark}" if quoted else name

    told = []
    with connected(url) as connection:
        for made, asked in product(SPELLINGS, SPELLINGS):
            columns(connection, f"CREATE TABLE {written(*made)} (a INT)")
            found = columns(connection, f"SELECT * FROM {written(*asked)}") is not None
            columns(connection, f"DROP TABLE {written(*made)}")
            names = [TableName((name,), (quoted,)) for name, quoted in (made, asked)]
            told.append((made, asked, found, likeness(*names, dialect)))
    assert len(told) == 36
    for made, asked, found, like in told:
        if casing(dialect) is Casing.BY_SERVER:
            assert like is Likeness.POSSIBLE or found is (like is Likeness.SURE), (made, asked)
        else:
            assert found is (like is Likeness.SURE), (made, asked)


TABLES = """
create schema sales;
create schema crm;
create table sales.t (a int);
create table crm.t (b int);
create table {default}.t (c int);
create table crm.lone (d int);
"""
SCRIPTS = {
    "postgres": [
        "set search_path to sales, public",
        "set search_path to nowhere, crm, sales",
        "set search_path = 'crm', sales",
        "set schema 'crm'",
        "select set_config('search_path', 'crm, public', false)",
        "select set_config('search_path', 'nowhere', false)",
        "set search_path to default",
        "set search_path to sales",
        "reset search_path",
        "set search_path to sales",
        "discard all",
    ],
    "duckdb": [
        "set search_path = 'sales,main'",
        "set schema = 'crm'",
        "use sales",
        "use store.crm",
        "set search_path = 'crm'",
        "use store.main",
    ],
}


def document(text: str, dialect: str, catalog: Catalog) -> SqlDocument:
    source = Source("a.sql", text, Language.SQL)
    return parse_sql(Region.whole(source), source, dialect, catalog, path_context("a.sql"))


@pytest.mark.parametrize("live", SCRIPTS, indirect=True)
def test_the_schema_that_statements_choose(live: tuple[str, str]) -> None:
    dialect, url = live
    tables = TABLES.format(default={"postgres": "public", "duckdb": "main"}[dialect])
    queries = ["select * from t", "select * from lone", "select * from sales.t"]
    steps = [step for statement in ["select 1", *SCRIPTS[dialect]] for step in (statement, *queries)]
    catalog = catalog_of(table_changes(document(tables, dialect, Catalog())))
    ours = [
        list(table.columns) if (table := found.table(scope.relations[0].node)) is not None else None
        for found in [document(";\n".join(steps), dialect, catalog)]
        for scope in found.scopes
        if scope.relations
    ]
    with connected(url) as connection:
        for statement in tables.split(";")[:-1]:
            columns(connection, statement)
        theirs = [columns(connection, step) for step in steps]
    told = [(step, said) for step, said in zip(steps, theirs, strict=True) if step in queries]
    chosen = [statement for statement in ["nothing", *SCRIPTS[dialect]] for _ in queries]
    for statement, (query, said), known in zip(chosen, told, ours, strict=True):
        # Without a statement nobody knows the search path of a role: the only table of a name is taken.
        unsaid = statement in {"nothing", "set search_path to default", "reset search_path", "discard all"}
        assert known == said or (unsaid and said is None and query == queries[1]), (statement, query)
