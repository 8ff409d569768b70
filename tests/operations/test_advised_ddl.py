"""The statements that rules propose, engine by engine: what one engine takes another refuses."""

from __future__ import annotations

import pytest

from leaktight.catalog.table import Column, Index, Key, KeyKind, Partitioning, Table, TableName
from leaktight.operations.advice import ddl


def table(dialect: str, *columns: Column, keys: tuple[Key, ...] = (), partitioned: bool = False) -> Table:
    return Table(
        TableName(("shop", "orders")),
        dialect=dialect,
        columns={column.name.lower(): column for column in columns},
        keys=keys,
        partitioning=Partitioning(("day",), "range (day)", "range") if partitioned else None,
    )


@pytest.mark.parametrize(
    ("dialect", "column", "kind", "statement"),
    [
        ("postgres", Column("n", "INT"), "BIGINT", "ALTER TABLE shop.orders ALTER COLUMN n TYPE BIGINT"),
        ("postgres", Column("n", "INT", default="0"), "BIGINT", "ALTER TABLE shop.orders ALTER COLUMN n TYPE BIGINT"),
        ("postgres", Column("n", "TEXT"), "date", "ALTER TABLE shop.orders ALTER COLUMN n TYPE date USING n::date"),
        (
            "postgres",
            Column("n", "VARCHAR(5)", default="'true'"),
            "boolean",
            ("ALTER TABLE shop.orders ALTER COLUMN n DROP DEFAULT, ALTER COLUMN n TYPE boolean USING n::boolean, "
            "ALTER COLUMN n SET DEFAULT ('true')::boolean"),
        ),
        (
            "postgres",
            Column("n", "TEXT", default="'true'::text"),
            "boolean",
            ("ALTER TABLE shop.orders ALTER COLUMN n DROP DEFAULT, ALTER COLUMN n TYPE boolean USING n::boolean, "
            "ALTER COLUMN n SET DEFAULT ('true')::boolean"),
        ),
        (
            "postgres",
            Column("n", "TIMESTAMP", default="now()"),
            "timestamptz",
            "ALTER TABLE shop.orders ALTER COLUMN n TYPE timestamptz USING n AT TIME ZONE 'UTC'",
        ),
        ("mysql", Column("n", "INT", nullable=False), "BIGINT", "ALTER TABLE shop.orders MODIFY COLUMN n BIGINT NOT NULL"),
        ("tsql", Column("n", "INT"), "BIGINT", "ALTER TABLE shop.orders ALTER COLUMN n BIGINT"),
        ("snowflake", Column("n", "NUMBER(9)"), "NUMBER(18)", "ALTER TABLE shop.orders ALTER COLUMN n SET DATA TYPE NUMBER(18)"),
        ("snowflake", Column("n", "VARCHAR"), "date", None),
        ("bigquery", Column("n", "STRING"), "date", None),
    ],
)  # fmt: skip
def test_another_type(dialect: str, column: Column, kind: str, statement: str | None) -> None:
    assert ddl.set_type(table(dialect, column), column, kind) == (() if statement is None else (statement,))


def test_the_sequence_of_a_serial_is_widened_too() -> None:
    column = Column("n", "SERIAL", generated=True)
    assert ddl.set_type(table("postgres", column), column, "BIGINT") == (
        "ALTER TABLE shop.orders ALTER COLUMN n TYPE BIGINT",
        "ALTER SEQUENCE shop.orders_n_seq AS BIGINT",
    )


def test_postgres_changes_no_column_that_partitions_are_cut_by() -> None:
    day, total = Column("day", "TIMESTAMP"), Column("total", "INT")
    cut = table("postgres", day, total, partitioned=True)
    assert ddl.set_type(cut, day, "timestamptz") == ()
    assert ddl.set_type(cut, total, "BIGINT") == ("ALTER TABLE shop.orders ALTER COLUMN total TYPE BIGINT",)


def test_sql_server_changes_no_column_of_a_key() -> None:
    column = Column("n", "INT", nullable=False)
    keyed = table("tsql", column, keys=(Key(KeyKind.PRIMARY, ("N",)),))
    assert ddl.set_type(keyed, column, "BIGINT") == ()
    assert ddl.set_type(table("tsql", column), column, "BIGINT") != ()


@pytest.mark.parametrize(("partitioned", "word"), [(False, "CONCURRENTLY "), (True, "")], ids=["plain", "partitioned"])
def test_what_postgres_does_to_no_partitioned_table(partitioned: bool, word: str) -> None:
    column = Column("client_id", "BIGINT")
    orders = table("postgres", column, partitioned=partitioned)
    assert ddl.create_index(orders, ("client_id",)) == (
        f"CREATE INDEX {word}orders_client_id_idx ON shop.orders (client_id)",
    )
    assert ddl.drop_index(orders, Index("i", ("client_id",))) == (f"DROP INDEX {word}shop.i",)
    clients = Table(TableName(("shop", "clients")), dialect="postgres", columns={"id": Column("id", "BIGINT")})
    added = ddl.add_foreign_key(orders, column, clients, "id")
    plain = "ALTER TABLE shop.orders ADD CONSTRAINT orders_client_id_fkey FOREIGN KEY (client_id) REFERENCES shop.clients (id)"
    checked = "ALTER TABLE shop.orders VALIDATE CONSTRAINT orders_client_id_fkey"
    assert added == ((plain,) if partitioned else (f"{plain} NOT VALID", checked))


QUOTED = Table(
    TableName(("shop", "Session"), (False, True)),
    {"userid": Column("userId", "SERIAL", quoted=True, generated=True), "at": Column("At", "TIMESTAMP")},
    dialect="postgres",
)
BARE = Table(
    TableName(("Shop", "Session"), (False, False)),
    {"userid": Column("UserId", "SERIAL", generated=True), "at": Column("At", "TIMESTAMP")},
    dialect="postgres",
)
MAPPED = Table(TableName(("Session",)), {"userid": Column("userId", "INTEGER")}, dialect="postgres")


@pytest.mark.parametrize(
    ("table", "name", "column", "sequence", "index"),
    [
        (QUOTED, 'shop."Session"', '"userId"', 'shop."Session_userId_seq"', 'shop."Session_userId_idx"'),
        (BARE, "Shop.Session", "UserId", "Shop.session_userid_seq", "Shop.Session_userId_idx"),
        (MAPPED, '"Session"', '"userId"', None, '"Session_userId_idx"'),
    ],
    ids=["quoted", "bare", "of a class"],
)
def test_postgres_is_told_the_letters_of_names_where_they_count(
    table: Table, name: str, column: str, sequence: str | None, index: str
) -> None:
    one = table.columns["userid"]
    assert ddl.create_index(table, ("userid",)) == (
        f"CREATE INDEX CONCURRENTLY session_userid_idx ON {name} ({column})",
    )
    first, *rest = ddl.set_type(table, one, "BIGINT")
    assert first == f"ALTER TABLE {name} ALTER COLUMN {column} TYPE BIGINT"
    assert rest == ([f"ALTER SEQUENCE {sequence} AS BIGINT"] if sequence else [])
    assert ddl.set_not_null(table, one)[2] == f"ALTER TABLE {name} ALTER COLUMN {column} SET NOT NULL"
    dropped = ddl.drop_index(table, Index("Session_userId_idx", ("userid",), quoted=table is QUOTED))
    assert dropped == (f"DROP INDEX CONCURRENTLY {index}",)


def test_the_name_of_an_index_is_a_name() -> None:
    column = Column("client_id", "BIGINT")
    plans = Table(TableName(("2020 plans",)), {"client_id": column}, dialect="postgres")
    assert ddl.create_index(plans, ("client_id",)) == (
        'CREATE INDEX CONCURRENTLY "2020_plans_client_id_idx" ON "2020 plans" (client_id)',
    )


@pytest.mark.parametrize(
    ("default", "recast"),
    [
        ("'a::b'", "('a::b')::date"),
        ("'a'::text", "('a')::date"),
        ("('x'::text || 'y::z')", "(('x'::text || 'y::z'))::date"),
    ],
)
def test_a_cast_is_taken_off_a_default_and_not_out_of_a_text(default: str, recast: str) -> None:
    column = Column("n", "TEXT", default=default)
    (statement,) = ddl.set_type(table("postgres", column), column, "date")
    assert statement.endswith(f"SET DEFAULT {recast}")


@pytest.mark.parametrize(
    ("column", "statements"),
    [
        (Column("n", "INT", comment="the client's \\ number"), (r"MODIFY COLUMN n BIGINT COMMENT 'the client''s \\ number'",)),
        (Column("n", "INT", nullable=False, generated=True), ("MODIFY COLUMN n BIGINT NOT NULL AUTO_INCREMENT",)),
        (Column("n", "INT", generated=True, computed="a + b"), ()),
        (Column("n", "FLOAT", generated=True), ()),
    ],
)  # fmt: skip
def test_mysql_keeps_what_modify_would_forget(column: Column, statements: tuple[str, ...]) -> None:
    found = ddl.set_type(table("mysql", column), column, "BIGINT")
    assert found == tuple(f"ALTER TABLE shop.orders {statement}" for statement in statements)
