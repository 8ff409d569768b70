"""What becomes of values that do not fit their column, seen in the servers themselves."""

from __future__ import annotations

import duckdb
import pytest
import sqlalchemy
from preparing import driven, execute

from leaktight.catalog.assigning import Becomes, Lost, becomes

CASES = (
    (Lost.TIME, "TIMESTAMP", "'2024-01-31 18:30:00'", "DATE", {"2024-01-31": Becomes.DROPPED}),
    (Lost.FRACTION, "DECIMAL(12, 4)", "1.2567", "DECIMAL(12, 2)", {"1.26": Becomes.ROUNDED, "1.25": Becomes.DROPPED}),
    (Lost.FRACTION_OF_WHOLE, "DECIMAL(12, 4)", "1.7", "INT", {"2": Becomes.ROUNDED, "1": Becomes.DROPPED}),
    (Lost.TEXT, "VARCHAR(40)", "'abcdef'", "VARCHAR(3)", {"abc": Becomes.DROPPED, "abcdef": Becomes.KEPT}),
    (Lost.RANGE, "BIGINT", "5000000000", "INT", {}),
    (Lost.RANGE, "DECIMAL(12, 2)", "12345678.5", "DECIMAL(6, 2)", {}),
)
TOLD = pytest.mark.parametrize(
    ("lost", "have", "value", "want", "seen"), CASES, ids=[f"{case[0].name}-{case[1]}" for case in CASES]
)


def made(have: str, value: str, want: str) -> tuple[str, ...]:
    tables = f"CREATE TABLE a (x {have}, id INT)", f"CREATE TABLE b (x {want})"
    return *tables, f"INSERT INTO a VALUES ({value}, 1)", "INSERT INTO b SELECT x FROM a"


def through(url: str, have: str, value: str, want: str) -> str:
    *before, moved = made(have, value, want)
    for statement in before:
        execute(driven(url), statement)
    engine = sqlalchemy.create_engine(driven(url), poolclass=sqlalchemy.pool.NullPool)
    try:
        with engine.begin() as ours:
            ours.exec_driver_sql(moved)
            return str(ours.exec_driver_sql("SELECT x FROM b").scalar())
    except sqlalchemy.exc.SQLAlchemyError:
        return ""
    finally:
        engine.dispose()


@TOLD
def test_postgres(postgres: str, lost: Lost, have: str, value: str, want: str, seen: dict[str, Becomes]) -> None:
    assert becomes("postgres", lost) is seen.get(through(postgres, have, value, want), Becomes.REFUSED)


@TOLD
def test_mariadb(mysql: str, lost: Lost, have: str, value: str, want: str, seen: dict[str, Becomes]) -> None:
    assert becomes("mysql", lost) is seen.get(through(mysql, have, value, want), Becomes.REFUSED)


@TOLD
def test_duckdb(lost: Lost, have: str, value: str, want: str, seen: dict[str, Becomes]) -> None:
    with duckdb.connect() as ours:
        try:
            for statement in made(have, value, want):
                ours.execute(statement)
            row = ours.execute("SELECT x FROM b").fetchone()
        except duckdb.ConversionException:
            row = None
    assert becomes("duckdb", lost) is seen.get(str(row[0]) if row is not None else "", Becomes.REFUSED)
