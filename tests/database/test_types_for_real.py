"""Which new types of a column rewrite its table, seen on the servers themselves: each type is changed to each other one."""

from __future__ import annotations

import pytest
import sqlalchemy
from preparing import driven
from sqlalchemy import Connection

from leaktight.catalog.conversions import rewrites

POSTGRES = (
    *("SMALLINT", "INT", "INTEGER", "BIGINT", "OID", "REAL", "FLOAT8", "DOUBLE PRECISION", "BOOLEAN", "UUID", "DATE"),
    *("NUMERIC", "NUMERIC(10)", "DECIMAL(10, 0)", "NUMERIC(10, 2)", "NUMERIC(12, 2)", "NUMERIC(12, 4)", "BYTEA"),
    *("TEXT", "VARCHAR", "VARCHAR(20)", "CHARACTER VARYING(30)", "CHAR", "CHAR(20)", "CHARACTER(30)", "BPCHAR", "NAME"),
    *("TIMESTAMP", "TIMESTAMP(3)", "TIMESTAMP(6) WITHOUT TIME ZONE", "TIMESTAMPTZ", "TIMESTAMP(3) WITH TIME ZONE"),
    *("TIME", "TIME(3)", "TIME WITHOUT TIME ZONE", "TIMETZ", "INTERVAL", "INTERVAL(3)", "INTERVAL DAY", "INTERVAL DAY TO SECOND"),
    *("CIDR", "INET", "BIT(8)", "VARBIT", "VARBIT(8)", "BIT VARYING(16)", "XML", "JSON", "JSONB", "TEXT[]", "VARCHAR(20)[]"),
)  # fmt: skip
MARIADB = (
    ("TINYINT", "TINYINT(1)", "BOOLEAN", "INT", "INT(11)", "INTEGER", "INT UNSIGNED", "BIGINT(20)", "YEAR", "YEAR(4)"),
    ("DECIMAL", "NUMERIC(10)", "DECIMAL(10, 0)", "DECIMAL(12, 2)", "FLOAT", "DOUBLE", "DOUBLE PRECISION", "REAL"),
    ("DATE", "DATETIME", "DATETIME(6)"),
    ("CHAR", "CHAR(1)", "VARCHAR(20)", "VARCHAR(63)", "VARCHAR(200)", "VARCHAR(400)", "TEXT", "LONGTEXT"),
    ("BINARY(20)", "VARBINARY(20)", "VARBINARY(200)", "VARBINARY(300)", "BLOB"),
    ("ENUM('a', 'b')", "ENUM('a', 'b', 'c')", "ENUM('b', 'a')"),
    ("SET('a', 'b')", "SET('a', 'b', 'c')", "SET('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i')"),
)  # fmt: skip
"""Types of which one is changed to each other of its row: from row to row all is copied."""
ZONES = ("UTC", "Europe/Berlin")
CHARACTER_SETS = ("latin1", "utf8mb4")


def test_types_of_postgres(postgres: str) -> None:
    engine = sqlalchemy.create_engine(
        driven(postgres), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.pool.NullPool
    )
    wrong, tried = [], 0
    with engine.connect() as ours:
        for before in POSTGRES:
            ours.exec_driver_sql(f"DROP TABLE IF EXISTS t; CREATE TABLE t (a {before}); INSERT INTO t VALUES (NULL)")
            if before not in {"XML", "JSON"}:
                ours.exec_driver_sql("CREATE INDEX by_a ON t (a)")
            for after in POSTGRES:
                zones = ZONES if "TIME" in before and "TIME" in after else ZONES[:1]
                done = {_rewritten_by_postgres(ours, after, zone) for zone in zones} - {None}
                tried += bool(done)
                said = rewrites("postgres", before, after)
                if done and said is not None and done != {said}:
                    wrong.append((before, after, f"said {said}"))
    engine.dispose()
    assert wrong == []
    assert tried > 600


def _rewritten_by_postgres(ours: Connection, after: str, zone: str) -> bool | None:
    """Say whether the rows or an index are written anew; None where the server knows no way from one type to the other."""
    files = "SELECT string_agg(relfilenode::text, ' ' ORDER BY relname) FROM pg_class WHERE relname IN ('t', 'by_a')"
    ours.exec_driver_sql(f"BEGIN; SET LOCAL timezone = '{zone}'")
    try:
        before = ours.exec_driver_sql(files).scalar_one()
        ours.exec_driver_sql(f"ALTER TABLE t ALTER COLUMN a TYPE {after}")
        return bool(before != ours.exec_driver_sql(files).scalar_one())
    except sqlalchemy.exc.DBAPIError:
        return None
    finally:
        ours.exec_driver_sql("ROLLBACK")


def test_types_of_mariadb(mysql: str) -> None:
    engine = sqlalchemy.create_engine(driven(mysql), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.pool.NullPool)
    wrong = []
    with engine.connect() as ours:
        for before, kinds in [(kind, row) for row in MARIADB for kind in row]:
            for characters in CHARACTER_SETS if "VARCHAR" in before else CHARACTER_SETS[-1:]:
                _make_in_mariadb(ours, before, characters)
                for after in kinds:
                    said = rewrites("mariadb", before, after)
                    done = _copied_by_mariadb(ours, after)
                    if done is not None and said is not None and done is not said:
                        wrong.append((before, after, characters, f"said {said}"))
                    if done is False:
                        _make_in_mariadb(ours, before, characters)
    engine.dispose()
    assert wrong == []


def _make_in_mariadb(ours: Connection, kind: str, characters: str) -> None:
    ours.exec_driver_sql(
        f"CREATE OR REPLACE TABLE t (id INT PRIMARY KEY, a {kind}) ENGINE = InnoDB DEFAULT CHARSET = {characters}"
    )


def _copied_by_mariadb(ours: Connection, after: str) -> bool | None:
    """Say whether the server refuses to change the type without a copy; None where it knows no way at all."""
    try:
        ours.exec_driver_sql(f"ALTER TABLE t MODIFY a {after}, ALGORITHM = NOCOPY, LOCK = NONE")
    except sqlalchemy.exc.DBAPIError as error:
        number = error.orig.args[0] if error.orig is not None else 0
        return True if number in {1845, 1846} else None
    return False


@pytest.mark.parametrize(
    ("before", "after", "characters", "copied"),
    [
        ("VARCHAR(31)", "VARCHAR(300)", "utf8mb4", False),
        ("VARCHAR(32)", "VARCHAR(300)", "utf8mb4", True),
        ("VARCHAR(127)", "VARCHAR(300)", "latin1", False),
        ("VARCHAR(128)", "VARCHAR(300)", "latin1", True),
    ],
)
def test_where_it_depends_on_the_characters(mysql: str, before: str, after: str, characters: str, copied: bool) -> None:
    engine = sqlalchemy.create_engine(driven(mysql), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.pool.NullPool)
    with engine.connect() as ours:
        _make_in_mariadb(ours, before, characters)
        assert _copied_by_mariadb(ours, after) is copied
    engine.dispose()
    assert rewrites("mariadb", before, after) in {None, copied}
