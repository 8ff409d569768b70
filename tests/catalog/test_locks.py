"""What engines lock for a change, and which new types rewrite a table."""

from __future__ import annotations

import pytest

from leaktight.catalog.conversions import rewrites, values
from leaktight.catalog.locks import DEFAULT_VERSIONS, FACTS, Deed, Version, fact


def test_each_fact_has_its_page_and_its_words() -> None:
    for one in FACTS:
        assert one.source.startswith("https://"), one
        assert one.blocks in {"reads and writes", "writes"}, one
        assert one.says("orders").startswith(("takes a ", "takes an ")), one
    assert {one.engine for one in FACTS} == {*DEFAULT_VERSIONS, "mariadb", "redshift"}


@pytest.mark.parametrize("engine", sorted({one.engine for one in FACTS}))
def test_no_two_facts_hold_in_one_version(engine: str) -> None:
    for deed in Deed:
        for version in ((5,), (8, 0, 11), (10,), (11,), (12,), (19,)):
            holding = [
                one
                for one in FACTS
                if (one.engine, one.deed) == (engine, deed)
                and one.since <= version
                and (one.until is None or version < one.until)
            ]
            assert len(holding) <= 1, holding


@pytest.mark.parametrize(
    ("dialect", "deed", "versions", "expected"),
    [
        ("postgres", Deed.ADD_DEFAULT, {}, ("ACCESS EXCLUSIVE", "")),
        ("postgres", Deed.ADD_DEFAULT, {"postgres": (10,)}, ("ACCESS EXCLUSIVE", "rewrites")),
        ("postgres", Deed.ADD_STORED, {"postgres": (11,)}, None),
        ("postgres", Deed.ADD_INDEX, {}, ("SHARE", "builds")),
        ("mysql", Deed.ADD_INDEX, {}, None),
        ("mysql", Deed.CHANGE_TYPE, {"mariadb": (10, 6)}, ("SHARED", "rewrites")),
        ("tsql", Deed.ADD_CHECK, {}, ("SCH-M", "reads")),
        ("bigquery", Deed.DROP_COLUMN, {}, None),
        ("redshift", Deed.DROP_COLUMN, {}, ("ACCESS EXCLUSIVE", "")),
    ],
)
def test_locks_by_engine_and_version(
    dialect: str, deed: Deed, versions: dict[str, Version], expected: tuple[str, str] | None
) -> None:
    found = fact(dialect, deed, versions)
    assert (None if found is None else (found.lock, found.work)) == expected


@pytest.mark.parametrize(
    ("dialect", "before", "after", "expected"),
    [
        ("postgres", "INT", "BIGINT", True),
        ("postgres", "INT", "INTEGER", False),
        ("postgres", "VARCHAR(20)", "VARCHAR(30)", False),
        ("postgres", "VARCHAR(30)", "VARCHAR(20)", True),
        ("postgres", "VARCHAR(30)", "TEXT", False),
        ("postgres", "TEXT", "VARCHAR(30)", True),
        ("postgres", "NUMERIC(10, 2)", "NUMERIC(12, 2)", False),
        ("postgres", "NUMERIC(10, 2)", "NUMERIC(12, 4)", True),
        ("postgres", "CIDR", "INET", False),
        ("postgres", "TIMESTAMP", "TIMESTAMPTZ", None),
        ("postgres", "TIMESTAMP", "TIMESTAMP(3) WITH TIME ZONE", True),
        ("postgres", "TIMESTAMP(3)", "TIMESTAMP", False),
        ("postgres", "TIMESTAMP(3)", "TIMESTAMP(2)", True),
        ("postgres", "TIME(3)", "TIME WITHOUT TIME ZONE", False),
        ("postgres", "INTERVAL", "INTERVAL DAY", None),
        ("postgres", None, "INTERVAL DAY", None),
        ("postgres", "BIT VARYING(8)", "VARBIT(16)", False),
        ("postgres", "VARBIT(16)", "VARBIT(8)", True),
        ("postgres", "BIT(8)", "VARBIT", None),
        ("postgres", "XML", "TEXT", False),
        ("postgres", "TEXT", "CITEXT", None),
        ("postgres", "INT", "OID", None),
        ("postgres", "CHAR", "BPCHAR", None),
        ("postgres", "CHAR(10)", "CHAR(20)", True),
        ("postgres", None, "TEXT", None),
        ("postgres", None, "BIGINT", True),
        ("mysql", "VARCHAR(20)", "VARCHAR(30)", False),
        ("mysql", "VARCHAR(20)", "VARCHAR(300)", True),
        ("mysql", "VARCHAR(200)", "VARCHAR(300)", None),
        ("mysql", "VARCHAR(300)", "VARCHAR(400)", False),
        ("mysql", "VARCHAR(30)", "VARCHAR(20)", True),
        ("mysql", "VARCHAR(30)", "VARCHAR(MAX)", None),
        ("mysql", "ENUM('a', 'b')", "ENUM('a', 'b', 'c')", False),
        ("mysql", "ENUM('a', 'b')", "ENUM('c', 'a', 'b')", True),
        ("mysql", None, "BIGINT", None),
        ("mysql", "INT", "INT(11)", False),
        ("mysql", "INT(11)", "INT UNSIGNED", True),
        ("mysql", "BOOLEAN", "TINYINT(1)", False),
        ("mysql", "DECIMAL(10)", "NUMERIC(10, 0)", False),
        ("mysql", "DECIMAL(10, 2)", "DECIMAL(12, 2)", True),
        ("mysql", "SET('a')", "SET('a', 'b')", False),
        ("mysql", "SET('a')", "SET('b', 'a')", True),
        ("mysql", "SET(1, 2, 3, 4, 5, 6, 7, 8)", "SET(1, 2, 3, 4, 5, 6, 7, 8, 9)", True),
        ("mysql", "VARBINARY(100)", "VARBINARY(300)", True),
        ("mariadb", "VARBINARY(100)", "VARBINARY(300)", False),
        ("mariadb", "VARBINARY(200)", "VARBINARY(300)", True),
        ("mariadb", "VARCHAR(20)", "VARCHAR(300)", False),
        ("mysql", "VARCHAR(20)", "VARCHAR(20) CHARACTER SET LATIN1", None),
        ("tsql", "VARCHAR(20)", "VARCHAR(MAX)", False),
        ("tsql", "VARCHAR(20)", "VARCHAR(10)", True),
        ("tsql", "INT", "BIGINT", True),
        ("tsql", "DECIMAL(10, 2)", "DECIMAL(10, 2)", False),
        ("tsql", "DECIMAL(10, 2)", "DECIMAL(14, 2)", None),
        ("tsql", "TEXT", "VARCHAR(MAX)", None),
        ("tsql", "TEXT", "VARCHAR(200)", True),
        ("oracle", "NUMBER(10)", "NUMBER(12)", None),
    ],
)
def test_types_that_rewrite(dialect: str, before: str | None, after: str, expected: bool | None) -> None:
    assert rewrites(dialect, before, after) is expected


def test_a_value_that_is_worked_out_rewrites_whatever_the_types_are() -> None:
    assert rewrites("postgres", "TEXT", "TEXT", "upper(note)") is True
    assert rewrites("postgres", "VARCHAR(9)", "TEXT", "note::text") is False


def test_values_of_an_enumeration() -> None:
    assert values("ENUM('a', 'b')") == ("a", "b")
    assert values("VARCHAR(3)") is None
