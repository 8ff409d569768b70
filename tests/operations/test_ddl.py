"""The statements that make proposals are statements of their engine."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from leaktight.catalog.table import Column, Index, Key, KeyKind, Table, TableName
from leaktight.operations.advice import ddl


def table(dialect: str, *columns: Column, name: str = "shop.orders") -> Table:
    return Table(
        TableName(tuple(name.split("."))),
        columns={column.name.lower(): column for column in columns},
        keys=(Key(KeyKind.PRIMARY, ("id",)),),
        dialect=dialect,
    )


ID = Column("id", "INT", nullable=False)
NOTE = Column("note", "TEXT")
PLACED = Column("placed_at", "TIMESTAMP", nullable=False)
WORD = Column("order", "VARCHAR(20)")
COUNTED = Column("id", "INT", nullable=False, generated=True)
AMOUNT = Column("amount", "INT", nullable=False)
STATUS = Column("status", "VARCHAR(9)", nullable=False, default="'open'")


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "tsql", "oracle", "sqlite"])
def test_indexes_are_made_and_dropped(dialect: str) -> None:
    made = ddl.create_index(table(dialect, ID, WORD), ("order", "id"))
    dropped = ddl.drop_index(table(dialect, ID, WORD), Index("orders_order", ("order",)))
    for statement in (*made, *dropped):
        tree = sqlglot.parse_one(statement, read=dialect)
        assert isinstance(tree, (exp.Create, exp.Drop))
    assert ("CONCURRENTLY" in made[0]) == (dialect == "postgres")


def test_an_index_without_a_name_cannot_be_dropped() -> None:
    assert ddl.drop_index(table("postgres", ID), Index(None, ("id",))) == ()


def test_names_are_written_as_names() -> None:
    (statement,) = ddl.create_index(table("postgres", WORD, name="public.my-orders"), ("order",))
    assert statement == 'CREATE INDEX CONCURRENTLY my_orders_order_idx ON public."my-orders" ("order")'
    assert "ON `a-b.d.t` " in ddl.create_index(table("bigquery", ID, name="a-b.d.t"), ("id",))[0]


@pytest.mark.parametrize(
    ("dialect", "column", "kind", "statement"),
    [
        ("postgres", ID, "BIGINT", "ALTER TABLE shop.orders ALTER COLUMN id TYPE BIGINT"),
        (
            "postgres", PLACED, "timestamptz",
            "ALTER TABLE shop.orders ALTER COLUMN placed_at TYPE timestamptz USING placed_at AT TIME ZONE 'UTC'",
        ),
        ("postgres", NOTE, "uuid", "ALTER TABLE shop.orders ALTER COLUMN note TYPE uuid USING note::uuid"),
        ("mysql", COUNTED, "BIGINT", "ALTER TABLE shop.orders MODIFY COLUMN id BIGINT NOT NULL AUTO_INCREMENT"),
        ("mysql", STATUS, "VARCHAR(20)", "ALTER TABLE shop.orders MODIFY COLUMN status VARCHAR(20) NOT NULL DEFAULT 'open'"),
        ("tsql", AMOUNT, "BIGINT", "ALTER TABLE shop.orders ALTER COLUMN amount BIGINT NOT NULL"),
        ("oracle", ID, "NUMBER(19)", "ALTER TABLE shop.orders MODIFY (id NUMBER(19))"),
        ("snowflake", ID, "BIGINT", "ALTER TABLE shop.orders ALTER COLUMN id SET DATA TYPE BIGINT"),
    ],
)  # fmt: skip
def test_a_column_gets_another_type(dialect: str, column: Column, kind: str, statement: str) -> None:
    assert ddl.set_type(table(dialect, column), column, kind) == (statement,)


def test_sql_server_changes_no_column_of_a_key() -> None:
    assert ddl.set_type(table("tsql", ID), ID, "BIGINT") == ()


def test_sqlite_changes_no_types() -> None:
    assert ddl.set_type(table("sqlite", ID), ID, "BIGINT") == ()


def test_postgres_is_not_kept_waiting() -> None:
    checked = ddl.set_not_null(table("postgres", ID, NOTE), NOTE)
    assert [statement.split()[3] for statement in checked] == ["ADD", "VALIDATE", "ALTER", "DROP"]
    other = table("postgres", ID, name="shop.clients")
    added = ddl.add_foreign_key(table("postgres", ID, NOTE), NOTE, other, "id")
    assert added[0].endswith("FOREIGN KEY (note) REFERENCES shop.clients (id) NOT VALID")
    assert "VALIDATE CONSTRAINT" in added[1]


@pytest.mark.parametrize(
    ("dialect", "column", "words"),
    [
        ("bigquery", PLACED, "PARTITION BY DATE(placed_at)"),
        ("bigquery", Column("day", "DATE"), "PARTITION BY day "),
        ("bigquery", NOTE, "CLUSTER BY note"),
        ("snowflake", PLACED, "CLUSTER BY (placed_at)"),
        ("databricks", PLACED, "CLUSTER BY (placed_at)"),
        ("redshift", PLACED, "ALTER SORTKEY (placed_at)"),
        ("postgres", PLACED, "PARTITION BY RANGE (placed_at)"),
    ],
)
def test_a_table_is_laid_out_by_a_column(dialect: str, column: Column, words: str) -> None:
    made = ddl.arrange_by(table(dialect, ID, column), column)
    assert words in f"{made[0]} "
    for statement in made:
        assert sqlglot.parse_one(statement, read=dialect)


def test_mysql_lays_nothing_out() -> None:
    assert ddl.arrange_by(table("mysql", PLACED), PLACED) == ()
