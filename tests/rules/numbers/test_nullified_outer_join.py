"""Doubtful cases of `nullified-outer-join`: what NULL becomes in a predicate, and which join is left."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Severity
from leaktight.testing import run
from leaktight_rules.numbers.nullified_outer_join import NullifiedOuterJoin


def found(sql: str, dialect: str = "postgres") -> list[tuple[str, str]]:
    """Give the predicate of each finding, and what its message says is left of the join."""
    report = run(NullifiedOuterJoin(), {"a.sql": sql}, reported="a.sql", dialect=dialect)
    return [(sql[slice(*item.location.span)], item.message.rpartition(": ")[2]) for item in report.diagnostics]


def where(condition: str, dialect: str = "postgres") -> list[str]:
    """Give the predicates found of a query with `LEFT JOIN refunds r`."""
    sql = f"select o.id from orders o left join refunds r on r.order_id = o.id where {condition}"
    return [predicate for predicate, _ in found(sql, dialect)]


@pytest.mark.parametrize(
    ("dialect", "silent", "loud"),
    [
        ("postgres", "md5(concat_ws('|', r.a, r.b)) <> o.hash", "md5(r.a) <> o.hash"),
        ("postgres", "concat(r.a, 'x') = 'x'", "r.a || 'x' = 'x'"),
        ("postgres", "greatest(r.amount, 0) > -1", "abs(r.amount) > -1"),
        ("postgres", "least(r.amount, 5) < 9", "r.amount + 5 < 9"),
        ("postgres", "format('%s', r.a) = ''", "lower(r.a) = ''"),
        ("postgres", "array[r.a] = o.a", "r.a[1] = o.a"),
        ("postgres", "to_jsonb(r.a) = o.a", "r.a ->> 'x' = o.a"),
        ("postgres", "num_nulls(r.a) = 1", "length(r.a) = 1"),
        ("postgres", "nullif(o.a, r.a) = 'x'", "nullif(r.a, o.a) = 'x'"),
        ("postgres", "(r.a is null) = true", "(r.a = 3) = true"),
        ("postgres", "r.a <> all (o.list)", "r.a = any (o.list)"),
        ("postgres", "coalesce(r.amount, 0) * 2 > 5", "r.amount * 2 > 5"),
        ("postgres", "some_function(r.at) = 2024", "extract(year from r.at) = 2024"),
        ("snowflake", "decode(r.x, null, 1, 2) = 1", "upper(r.x) = 'A'"),
        ("snowflake", "array_construct(r.x) = o.x", "round(r.x) = o.x"),
        ("snowflake", "object_construct('x', r.x) = o.x", "r.x:y = o.x"),
        ("snowflake", "concat_ws('-', r.x, 'a') = o.x or r.x is null", "concat(r.x, 'a') = o.x"),
        ("oracle", "r.x || 'a' = 'a'", "substr(r.x, 1, 1) = 'a'"),
        ("oracle", "decode(r.x, null, 1, 2) = 1", "trim(r.x) = 'a'"),
        ("tsql", "concat(r.x, 'a') = 'a'", "r.x + 'a' = 'a'"),
        ("tsql", "isnull(r.x, 0) = 0", "cast(r.x as int) = 0"),
        ("bigquery", "to_json_string(r.x) = 'null'", "concat(r.x, 'a') = 'a'"),
        ("", "r.x || 'a' = 'a'", "r.x like '%a'"),
        ("clickhouse", "r.order_id = 0", "r.order_id = 0 settings join_use_nulls = 1"),
    ],
)
def test_what_null_becomes(dialect: str, silent: str, loud: str) -> None:
    assert where(silent, dialect) == []
    assert where(loud, dialect) == [loud.split(" settings ")[0]]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select 1 from o full join c on c.id = o.c where c.name = 'x'",
         [("c.name = 'x'", "only a `RIGHT JOIN` is left of it")]),
        ("select 1 from o full join c on c.id = o.c where o.total > 5",
         [("o.total > 5", "only a `LEFT JOIN` is left of it")]),
        ("select 1 from o full join c on c.id = o.c where o.total > 5 and c.name = 'x'",
         [("o.total > 5", "the join becomes an inner join"), ("c.name = 'x'", "the join becomes an inner join")]),
        ("select 1 from o full join c on c.id = o.c where o.total > 5 or c.name = 'x'", []),
        ("select 1 from o left join c on c.id = o.c where c.name = 'x'",
         [("c.name = 'x'", "the join becomes an inner join")]),
        ("select 1 from o right join c on c.id = o.c where o.total > 5",
         [("o.total > 5", "the join becomes an inner join")]),
        ("select 1 from o right join c on c.id = o.c where c.name = 'x'", []),
        ("select 1 from o left join r on r.o = o.id join c on c.id = o.c where r.x = 1 and c.name = 'x'",
         [("r.x = 1", "the join becomes an inner join")]),
        ("delete from o using c left join r on r.c = c.id where r.x > 3 and o.id = c.id",
         [("r.x > 3", "the join becomes an inner join")]),
    ],
)  # fmt: skip
def test_what_is_left_of_the_join(sql: str, expected: list[tuple[str, str]]) -> None:
    assert found(sql) == expected


def test_the_help_for_a_full_join() -> None:
    sql = "select 1 from o full join c on c.id = o.c where c.name = 'x'"
    (item,) = run(NullifiedOuterJoin(), {"a.sql": sql}, reported="a.sql", dialect="postgres").diagnostics
    assert item.fix is not None
    assert item.fix.title == (
        "filter `c` in a subquery before the join to keep those rows, or write `RIGHT JOIN` to say that they shall go"
    )


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("c.name = 'x' and c.country = 'NO'", ["c.name = 'x'"]),
        ("c.country = 'NO' and c.id is not null", []),
        ("c.id is not null and c.name is not null", []),
        ("c.id is not null and r.y = 1", ["r.y = 1"]),
        ("c.country = 'NO' and (c.id is not null or o.x)", ["c.country = 'NO'"]),
        ("c.name = 'x' and r.y = 1", ["c.name = 'x'", "r.y = 1"]),
    ],
)
def test_a_join_is_told_once(where: str, expected: list[str]) -> None:
    sql = f"select 1 from o left join c on c.id = o.c left join r on r.o = o.id where {where}"
    assert [condition for condition, _ in found(sql)] == expected


@pytest.mark.parametrize("kind", ["semi", "anti"])
def test_joins_that_only_ask_for_matches(kind: str) -> None:
    sql = "select 1 from o left {} join c on c.id = o.c where c.name = 'x'"
    assert found(sql.format(kind), "spark") == []
    assert len(found(sql.format("outer"), "spark")) == 1


@pytest.mark.parametrize(
    ("condition", "severity"),
    [
        ("r.amount > 0 and r.amount is not null", None),
        ("r.amount > 0 and r.order_id is not null", None),
        ("r.amount > 0 and o.id is not null", Severity.WARNING),
        ("r.amount > 0", Severity.WARNING),
        ("r.order_id in (1, 2)", Severity.NOTE),
        ("r.order_id = 1", Severity.NOTE),
        ("r.order_id > 1", Severity.WARNING),
        ("r.order_id = o.total", Severity.WARNING),
        ("r.reason in (1, 2)", Severity.WARNING),
    ],
)
def test_rows_that_are_dropped_knowingly(condition: str, severity: Severity | None) -> None:
    sql = f"select o.id from orders o left join refunds r on r.order_id = o.id where {condition}"
    items = run(NullifiedOuterJoin(), {"a.sql": sql}, reported="a.sql").diagnostics
    assert [item.severity for item in items] == ([severity] if severity is not None else [])


@pytest.mark.parametrize(
    ("joined", "told"),
    [
        ("left join parts p on p.refund_id = r.id", False),
        ("join parts p on p.refund_id = r.id", False),
        ("left join parts p on p.order_id = o.id", True),
        ("left join parts p on p.order_id = o.id or p.refund_id = r.id", True),
        ("full join parts p on p.refund_id = r.id", True),
    ],
)
def test_what_is_found_by_a_row_asks_for_it_too(joined: str, told: bool) -> None:
    sql = f"select o.id from orders o left join refunds r on r.order_id = o.id {joined} where r.a = 1 and p.id is not null"
    assert ("r.a = 1" in [condition for condition, _ in found(sql)]) is told


@pytest.mark.parametrize(
    ("path", "begins", "told"),
    [
        ("tests/refunds_have_orders.sql", "", 0),
        ("macros/has_order.sql", "{% test has_order(model) %}\n", 0),
        ("models/refunds.sql", "{% set day = 1 %}\n", 1),
    ],
)
def test_tests_of_dbt_look_for_rows(path: str, begins: str, told: int) -> None:
    sql = "select o.id from {{ ref('o') }} as o left join {{ ref('r') }} as r on r.order_id = o.id where r.amount > 5"
    ends = "\n{% endtest %}" if "{% test" in begins else ""
    files = {"dbt_project.yml": "name: shop\n", path: f"{begins}{sql}{ends}"}
    assert len(run(NullifiedOuterJoin(), files, reported=path, dialect="snowflake").diagnostics) == told
