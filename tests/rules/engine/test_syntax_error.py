"""Which statements that do not parse are faults of theirs, and which are limits of the parser."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.engine.syntax_error import SyntaxError as SyntaxErrorRule


def lines(sql: str, dialect: str | None = None) -> list[int]:
    report = run(SyntaxErrorRule(), {"q.sql": sql}, reported="q.sql", dialect=dialect)
    return [found.location.start.line for found in report.diagnostics]


@pytest.mark.parametrize(
    "sql",
    [
        "select a b c from t",
        "with a as (select 1 select * from a",
        "insert into t select a from b\nrename table t to u",
        "update t set a = 1 where where b = 2",
        "delete from t where (a = 1",
        "select max(case when a = 1) then 1 else null end as b from t",
    ],
)
def test_queries_and_writes_are_told(sql: str) -> None:
    assert lines(f"select 1;\n{sql};\nselect 2;", "mysql") != []
    assert lines("select 1;\nselect 2;", "mysql") == []


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("oracle", "create table t (a int) partition by range (a)\n(partition p1 values less than (210), p2 odd)"),
        ("", "create database <name>_raw"),
        ("tsql", "select a from t where b = 1 {@year != ''} ? {and year in (@year)}"),
        ("postgres", "select a ->> \\'label\\' as b from t"),
        ("mysql", "drop table if exists `t` on cluster `c`"),
        ("oracle", "declare\n  n number := 1;\n  cursor c is select a from t where;\nbegin\n  null;\nend;\n/"),
    ],
)
def test_what_the_parser_may_not_know_is_not_told(dialect: str, sql: str) -> None:
    assert lines(sql, dialect) == []
