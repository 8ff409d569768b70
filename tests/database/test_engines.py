"""What is particular to an engine: its expressions, parts, estimates, names, and what it does not tell."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy
from preparing import driven, execute

from leaktight.catalog.table import Table
from leaktight.database.address import address_of
from leaktight.database.connection import opened
from leaktight.database.pull import pulled


def tables(url: str) -> dict[str, Table]:
    return {str(table.name): table for table in pulled(address_of(url)).tables}


POSTGRES = """
CREATE SCHEMA shop; CREATE SCHEMA other; CREATE TYPE shop.mood AS ENUM ('sad', 'glad');
CREATE TABLE shop.goods (
  a INT, b INT, "Odd. Col" TEXT, m shop.mood, words TEXT[], part DOUBLE PRECISION DEFAULT -1.5,
  id BIGINT GENERATED ALWAYS AS IDENTITY, twice INT GENERATED ALWAYS AS (a * 2) STORED, nr SERIAL,
  said TEXT DEFAULT 'it''s::so', PRIMARY KEY (b, a), UNIQUE (a, m)
);
COMMENT ON COLUMN shop.goods.a IS 'The first: "one".';
CREATE TABLE other.lines (x INT, y INT, CONSTRAINT to_goods FOREIGN KEY (x, y) REFERENCES shop.goods (a, b));
CREATE UNIQUE INDEX by_text ON shop.goods (lower("Odd. Col"), a DESC) INCLUDE (part) WHERE b > 0;
CREATE INDEX by_words ON shop.goods USING gin (words);
CREATE TABLE shop.days (t TIMESTAMPTZ NOT NULL, n INT) PARTITION BY LIST (date_trunc('day', t, 'UTC'));
CREATE TABLE shop.logs (t TIMESTAMPTZ NOT NULL, n INT) PARTITION BY RANGE (t);
CREATE INDEX logs_n ON shop.logs (n);
CREATE TABLE shop.logs_2024 PARTITION OF shop.logs FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE shop.logs_2025 PARTITION OF shop.logs FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY HASH (n);
CREATE TABLE shop.logs_2025_0 PARTITION OF shop.logs_2025 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO shop.logs SELECT '2024-02-01', g FROM generate_series(1, 1000) g;
INSERT INTO shop.logs SELECT '2025-02-01', g FROM generate_series(1, 500) g;
CREATE VIEW shop.seen AS SELECT a FROM shop.goods;
CREATE MATERIALIZED VIEW shop.kept AS SELECT a FROM shop.goods;
CREATE INDEX kept_a ON shop.kept (a);
CREATE TABLE "Shop"."X" (i INT)
"""


def test_postgres(postgres: str) -> None:
    execute(driven(postgres), POSTGRES.replace('CREATE TABLE "Shop"', 'CREATE SCHEMA "Shop"; CREATE TABLE "Shop"'))
    _outside_transaction(postgres, "ANALYZE")
    found = tables(postgres)
    goods = found["shop.goods"]
    assert [(c.name, c.type, c.default, c.generated) for c in goods.columns.values()] == [
        ("a", "INTEGER", None, False),
        ("b", "INTEGER", None, False),
        ("Odd. Col", "TEXT", None, False),
        ("m", "SHOP.MOOD", None, False),
        ("words", "TEXT[]", None, False),
        ("part", "DOUBLE PRECISION", "-1.5", False),
        ("id", "BIGINT", None, True),
        ("twice", "INTEGER", None, True),
        ("nr", "INTEGER", None, True),
        ("said", "TEXT", "'it''s::so'", False),
    ]
    assert goods.columns["a"].comment == 'The first: "one".'
    assert [(key.kind.value, key.columns) for key in goods.keys if key.kind.value == "primary"] == [
        ("primary", ("b", "a"))
    ]
    indexes = {index.name: index for index in goods.indexes}
    assert indexes.keys() == {"by_text", "by_words"}  # and none that a key has made
    assert indexes["by_text"].columns == ('lower("Odd. Col")', "a")
    assert (indexes["by_text"].unique, indexes["by_text"].predicate, indexes["by_text"].included) == (
        True,
        "b > 0",
        ("part",),
    )
    assert (indexes["by_words"].method, indexes["by_text"].method) == ("gin", None)
    (key,) = found["other.lines"].keys
    assert (key.columns, str(key.references), key.referenced_columns) == (("x", "y"), "shop.goods", ("a", "b"))

    days, logs = found["shop.days"].partitioning, found["shop.logs"].partitioning
    assert days is not None
    assert (days.kind, days.columns) == ("list", ("t",))
    assert days.expression.startswith("LIST (date_trunc('day'")
    assert logs is not None
    assert (logs.kind, logs.columns) == ("range", ("t",))
    assert [index.name for index in found["shop.logs"].indexes] == ["logs_n"]
    counted = found["shop.logs"].statistics
    assert counted is not None
    assert (counted.rows, counted.partitions) == (1500, 2)
    assert counted.bytes
    assert {name: found[name].kind for name in ("shop.logs_2024", "shop.logs_2025", "shop.seen", "shop.kept")} == {
        "shop.logs_2024": "partition", "shop.logs_2025": "partition", "shop.seen": "view", "shop.kept": "materialized",
    }  # fmt: skip
    assert found["shop.seen"].columns["a"].nullable is None
    assert [index.name for index in found["shop.kept"].indexes] == ["kept_a"]
    assert "Shop.X" in found


def test_rows_that_were_never_counted_are_unknown(postgres: str) -> None:
    execute(driven(postgres), "CREATE TABLE t (a INT)")
    counted = tables(postgres)["public.t"].statistics
    assert counted is not None
    assert (counted.rows, counted.bytes) == (None, 0)
    _outside_transaction(postgres, "ANALYZE t")
    counted = tables(postgres)["public.t"].statistics
    assert counted is not None
    assert counted.rows in (0, None)


def test_schemas_of_extensions_and_of_the_session_are_left_out(postgres: str) -> None:
    execute(driven(postgres), "CREATE TABLE t (a INT); CREATE TEMPORARY TABLE u (a INT)")
    assert tables(postgres).keys() == {"public.t"}


@pytest.mark.parametrize("statement", ["CREATE TABLE t (a INT)", "INSERT INTO kept VALUES (1)"])
@pytest.mark.parametrize("engine", ["postgres", "mysql", "duckdb", "sqlite"])
def test_nothing_can_be_written(request: pytest.FixtureRequest, tmp_path: Path, engine: str, statement: str) -> None:
    url = request.getfixturevalue(engine) if engine in {"postgres", "mysql"} else f"{engine}:///{tmp_path / 'store.db'}"
    execute(driven(url), "CREATE TABLE kept (a INT)")
    with opened(address_of(url)) as session, pytest.raises(sqlalchemy.exc.DBAPIError, match=r"(?i)read.?only"):
        session.run(statement)


def test_a_statement_ends_in_time(postgres: str) -> None:
    with opened(address_of(postgres)) as session:
        limits = [session.rows(f"SHOW {name}", "a setting")[0][name] for name in ("statement_timeout", "lock_timeout")]
    assert limits == ["2min", "15s"]


def test_mysql(mysql: str) -> None:
    execute(
        driven(mysql),
        """CREATE TABLE goods (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, kind ENUM('a', 'B') DEFAULT 'B',
        n INT DEFAULT 7, name VARCHAR(200) COMMENT 'It''s "so"', twice INT AS (n * 2) STORED, u TIMESTAMP NULL DEFAULT NULL,
        UNIQUE KEY once (n, kind), KEY by_name (name(20)), FULLTEXT KEY words (name)) COMMENT 'All goods.';
        CREATE VIEW seen AS SELECT id FROM goods;
        CREATE TABLE parts (a INT, b INT) PARTITION BY HASH (a) PARTITIONS 3""",
    )
    found = tables(mysql)
    goods = found["shop.goods"]
    assert [(c.name, c.type, c.default, c.generated) for c in goods.columns.values()] == [
        ("id", "INT(10) UNSIGNED", None, True),
        ("kind", "ENUM('a','B')", "'B'", False),
        ("n", "INT(11)", "7", False),
        ("name", "VARCHAR(200)", None, False),
        ("twice", "INT(11)", None, True),
        ("u", "TIMESTAMP", None, False),
    ]
    assert goods.columns["name"].comment == 'It\'s "so"'
    assert (goods.comment, found["shop.seen"].kind, found["shop.seen"].comment) == ("All goods.", "view", None)
    assert {(index.name, index.columns, index.method) for index in goods.indexes} == {
        ("by_name", ("name(20)",), None),
        ("words", ("name",), "fulltext"),
    }
    assert {(key.kind.value, key.name, key.columns) for key in goods.keys} == {
        ("primary", None, ("id",)),
        ("unique", "once", ("n", "kind")),
    }
    cut = found["shop.parts"].partitioning
    assert cut is not None
    assert (cut.kind, cut.columns) == ("hash", ("a",))
    assert found["shop.parts"].statistics is not None
    assert found["shop.parts"].statistics.partitions == 3


def test_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    execute(
        url,
        """CREATE TABLE goods (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b, twice INT AS (id * 2), UNIQUE (a, b));
        CREATE UNIQUE INDEX part ON goods (lower(a), b DESC) WHERE b > 0;
        CREATE TABLE two (x, y, PRIMARY KEY (y, x)) WITHOUT ROWID;
        CREATE TABLE lines (g REFERENCES goods, x, y, FOREIGN KEY (y, x) REFERENCES two);
        CREATE VIEW seen AS SELECT a FROM goods;
        CREATE VIRTUAL TABLE words USING fts5(body)""",
    )
    found = tables(url)
    goods = found["goods"]
    assert [(c.name, c.type, c.nullable, c.generated) for c in goods.columns.values()] == [
        ("id", "INTEGER", False, True),
        ("a", "TEXT", True, False),
        ("b", None, True, False),
        ("twice", "INT", True, True),
    ]
    (index,) = goods.indexes
    assert (index.name, index.columns[1], index.unique, index.predicate) == ("part", "b", True, "b > 0")
    assert index.columns[0].lower() == "lower(a)"
    assert {(key.kind.value, key.columns) for key in goods.keys} == {("primary", ("id",)), ("unique", ("a", "b"))}
    assert {(key.columns, str(key.references), key.referenced_columns) for key in found["lines"].keys} == {
        (("g",), "goods", ("id",)),
        (("y", "x"), "two", ("y", "x")),
    }
    assert {name: table.kind for name, table in found.items()}.items() >= {("seen", "view"), ("words", "virtual")}
    assert list(found["words"].columns) == ["body"]


def test_what_sqlite_cannot_look_into_any_more_is_there_without_columns(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    execute(
        url,
        """CREATE TABLE Goods (id INTEGER PRIMARY KEY); CREATE TABLE gone (a); CREATE VIEW broken AS SELECT a FROM gone;
        CREATE VIEW whole AS SELECT id FROM goods; CREATE TABLE lines (g REFERENCES goods); DROP TABLE gone""",
    )
    found = tables(url)
    assert {name: list(table.columns) for name, table in found.items()} == {
        "Goods": ["id"],
        "broken": [],
        "whole": ["id"],
        "lines": ["g"],
    }
    assert [key.referenced_columns for key in found["lines"].keys] == [("id",)]


def test_duckdb(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path / 'shop.duckdb'}"
    execute(
        url,
        """CREATE SEQUENCE s; CREATE TYPE mood AS ENUM ('sad', 'glad');
        CREATE TABLE goods (id INT DEFAULT nextval('s'), m mood, twice INT AS (id * 2), sent STRUCT(x INT, Y VARCHAR)[],
        PRIMARY KEY (id, m), UNIQUE (m));
        COMMENT ON COLUMN goods.m IS 'How it is.';
        CREATE VIEW seen AS SELECT id FROM goods;
        INSERT INTO goods (m) VALUES ('sad'); CREATE INDEX part ON goods ((id + 1))""",
    )
    found = tables(url)
    goods = found["main.goods"]
    assert [(c.name, c.type, c.generated) for c in goods.columns.values()] == [
        ("id", "INTEGER", True),
        ("m", "ENUM('sad', 'glad')", False),
        ("twice", "INTEGER", True),
        ("sent", "STRUCT(x INTEGER, Y VARCHAR)[]", False),
    ]
    assert goods.columns["m"].comment == "How it is."
    assert {(key.kind.value, key.columns) for key in goods.keys} == {("primary", ("id", "m")), ("unique", ("m",))}
    assert [index.name for index in goods.indexes] == ["part"]
    assert goods.statistics is not None
    assert goods.statistics.rows == 1
    assert found["main.seen"].kind == "view"


def _outside_transaction(url: str, statement: str) -> None:
    engine = sqlalchemy.create_engine(driven(url), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
