"""Edge cases of `equals-null`: which `= NULL` compares, and where mending it is safe."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Applicability, Diagnostic
from leaktight.testing import fixed, run
from leaktight_rules.numbers.equals_null import EqualsNull


def found(sql: str, dialect: str | None = "postgres") -> list[Diagnostic]:
    return list(run(EqualsNull(), {"jobs/a.sql": sql}, reported="jobs/a.sql", dialect=dialect).diagnostics)


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("tsql", "SELECT @x = NULL;"),
        ("tsql", "SELECT TOP 1 @x = NULL FROM orders"),
        ("tsql", "SELECT @x = NULL, @y = 3 FROM orders WHERE id = 7"),
        (None, "SELECT @x = NULL"),
        ("tsql", "UPDATE orders SET @old = note = NULL WHERE id = 7"),
        ("tsql", "UPDATE orders SET @old = total, note = NULL WHERE id = 7"),
        ("tsql", "SELECT note = NULL FROM orders"),
        ("mysql", "UPDATE orders SET note = NULL"),
        ("mysql", "SELECT @x := NULL"),
        ("mysql", "INSERT INTO orders (id) VALUES (1) ON DUPLICATE KEY UPDATE note = NULL"),
        ("bigquery", "SET note = NULL"),
        ("spark", "CREATE TABLE t USING parquet TBLPROPERTIES (note = NULL) AS SELECT a FROM s"),
        ("clickhouse", "SELECT a FROM t SETTINGS note = NULL"),
    ],
)
def test_assignments(dialect: str | None, sql: str) -> None:
    assert found(sql, dialect) == []


@pytest.mark.parametrize(
    ("dialect", "sql", "result"),
    [
        ("tsql", "SELECT @x = 3 FROM orders WHERE note = NULL", "SELECT @x = 3 FROM orders WHERE note IS NULL"),
        ("tsql", "UPDATE orders SET note = 'x' WHERE note = NULL", "UPDATE orders SET note = 'x' WHERE note IS NULL"),
        ("mysql", "UPDATE orders SET a = b = NULL", "UPDATE orders SET a = b IS NULL"),
        ("mysql", "SELECT @x = NULL", "SELECT @x IS NULL"),
        ("bigquery", "SELECT a FROM t WHERE note = NULL", "SELECT a FROM t WHERE note IS NULL"),
        ("spark", "SELECT a FROM s WHERE note == NULL", "SELECT a FROM s WHERE note IS NULL"),
        ("clickhouse", "SELECT a FROM t WHERE note = NULL SETTINGS x = 1", "SELECT a FROM t WHERE note IS NULL SETTINGS x = 1"),
        ("postgres", "select a from t where null = o.a or NULL<>b", "select a from t where o.a IS NULL or b IS NOT NULL"),
        ("postgres", 'select a from t where NULL = "Total"', 'select a from t where "Total" IS NULL'),
        ("postgres", "select a from t where not (a + b = null)", "select a from t where not (a + b IS NULL)"),
        ("postgres", "select a from t where b -- why\n = null", "select a from t where b -- why\n IS NULL"),
    ],
)  # fmt: skip
def test_comparisons(dialect: str, sql: str, result: str) -> None:
    assert fixed(sql, found(sql, dialect)) == result


@pytest.mark.parametrize(
    ("sql", "safe"),
    [
        ("select id from orders where note = null", True),
        ("with a as (select id from orders where note = null) select id from a", True),
        ("update orders set total = 0 where note = null", False),
        ("insert into late (id) select id from orders where note = null", False),
        ("insert into late (id) select id from orders where null = note", False),
        ("create table late as select id from orders where note = null", False),
        ("create view late as select id from orders where note = null", False),
        ("select id into late from orders where note = null", False),
        ("merge into late t using s on t.id = s.id when matched and s.note = null then delete", False),
        ("with a as (select id from orders where note = null), d as (delete from late using a) select 1", False),
        ("alter table orders add constraint noted check (note = null)", False),
    ],
)
def test_what_writes_is_mended_on_request_only(sql: str, safe: bool) -> None:
    (diagnostic,) = found(sql)
    assert diagnostic.fix is not None
    assert diagnostic.fix.applicability is (Applicability.SAFE if safe else Applicability.UNSAFE)


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("select id from orders where total /* t */ = /* n */ NULL", "= /* n */ NULL"),
        ("select id from orders where NULL /* n */ = total", "NULL /* n */ ="),
        ("select id from orders where NULL = coalesce(total, ref)", "NULL ="),
        ("select id from orders where NULL = total::int", "NULL ="),
    ],
)
def test_only_a_hint_where_text_would_be_lost_or_the_other_side_is_no_column(sql: str, place: str) -> None:
    (diagnostic,) = found(sql)
    assert sql[slice(*diagnostic.location.span)] == place
    assert diagnostic.fix is not None
    assert diagnostic.fix.applicability is Applicability.DISPLAY


@pytest.mark.parametrize("word", ['"null"', "'null'", "nullable"])
def test_other_words_are_not_null(word: str) -> None:
    assert found(f"select id from orders where note = {word} or {word} = note") == []
    assert len(found(f"select id from orders where note = null or {word} = note")) == 1
