"""What is not lost by a `DROP`, and who ignores its `CASCADE`."""

from __future__ import annotations

import pytest

from leaktight_rules.migration.drop_cascade import DropCascade
from leaktight_rules.migration.drop_not_null import DropNotNull
from leaktight_rules.migration.drop_table import DropTable

PATH = "migrations/0002_drop.sql"


@pytest.mark.parametrize(("dialect", "count"), [("postgres", 1), ("oracle", 1), ("mysql", 0)])
def test_engines_that_cascade(check, dialect: str, count: int) -> None:
    words = "cascade constraints" if dialect == "oracle" else "cascade"
    assert len(check(DropCascade(), f"drop table carts {words};", dialect=dialect, path=PATH)) == count


@pytest.mark.parametrize(
    ("table", "count"), [("visits", 1), ("visits_2024", 0), ("visits_2024_q1", 0), ("notes_2024", 1), ("visitors", 1)]
)
def test_a_partition_is_let_go(check, table: str, count: int) -> None:
    made = """
    create table visits (id bigint, day date) partition by range (day);
    create table notes (id bigint primary key);
    create table visits_2024 partition of visits for values from ('2024-01-01') to ('2025-01-01');
    """
    assert len(check(DropTable(), f"drop table {table};", path=PATH, **{"migrations__0001_visits.sql": made})) == count


@pytest.mark.parametrize(
    ("then", "count"),
    [
        ("", 1),
        ("alter table orders drop column note;", 0),
        ("alter table orders rename column note to remark;", 0),
        ("alter table orders drop column channel;", 1),
    ],
)
def test_the_first_step_of_a_columns_going(check, then: str, count: int) -> None:
    sql = f"alter table orders alter column note drop not null; {then}"
    assert len(check(DropNotNull(), sql, path=PATH)) == count
