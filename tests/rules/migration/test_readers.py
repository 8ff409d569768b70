"""Who breaks when a migration takes away, renames or changes what others use."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Diagnostic, Severity
from leaktight.rule import Rule
from leaktight.testing import run
from leaktight_rules.migration.change_column_type import ChangeColumnType
from leaktight_rules.migration.drop_column import DropColumn
from leaktight_rules.migration.drop_not_null import DropNotNull
from leaktight_rules.migration.drop_table import DropTable
from leaktight_rules.migration.rename_column import RenameColumn
from leaktight_rules.migration.rename_table import RenameTable

PATH = "migrations/0002_change.sql"
TABLES = "create table shop.orders (order_id int, note text, total numeric); create table shop.notes (note text);"
PROJECT = {
    "migrations/0001_tables.sql": TABLES,
    "jobs/report.sql": "select o.note\nfrom shop.orders as o\nwhere o.total > 0;",
    "jobs/load.py": 'def load(cursor, note):\n    cursor.execute("insert into shop.orders (order_id, note) values (1, %s)", (note,))\n',
    "web/page.ts": "export const open = (pool) => pool.query(`select note from shop.orders where order_id = $1`, [1]);\n",
    "jobs/other.sql": "select note from shop.notes;",
    "tests/test_report.py": 'def test_it(cursor):\n    cursor.execute("select note from shop.orders")\n',
}


def found(rule: type[Rule], sql: str, files: dict[str, str] | None = None) -> Diagnostic:
    report = run(rule(), {**PROJECT, **(files or {}), PATH: sql}, reported=PATH, dialect="postgres")
    (one,) = report.diagnostics
    return one


def places(diagnostic: Diagnostic) -> list[tuple[str, int]]:
    return [(one.location.path, one.location.start.line) for one in diagnostic.related]


NOTE = [("jobs/load.py", 2), ("jobs/report.sql", 1), ("web/page.ts", 1)]
TABLE = [("jobs/load.py", 2), ("jobs/report.sql", 2), ("web/page.ts", 1)]


@pytest.mark.parametrize(
    ("rule", "sql", "expected"),
    [
        (DropColumn, "alter table shop.orders drop column note", NOTE),
        (RenameColumn, "alter table shop.orders rename column note to remark", NOTE),
        (DropTable, "drop table shop.orders", TABLE),
        (RenameTable, "alter table shop.orders rename to sales", TABLE),
        (ChangeColumnType, "alter table shop.orders alter column total type int", [("jobs/report.sql", 3)]),
        (DropNotNull, "alter table shop.orders alter column total drop not null", [("jobs/report.sql", 3)]),
    ],
)
def test_each_reader_is_named(rule: type[Rule], sql: str, expected: list[tuple[str, int]]) -> None:
    assert places(found(rule, sql)) == expected


def test_the_message_counts_them_and_the_verb_tells_how() -> None:
    dropped = found(DropColumn, "alter table shop.orders drop column note")
    assert "breaks the 3 places that use it, and takes an `ACCESS EXCLUSIVE` lock" in dropped.message
    assert [one.message for one in dropped.related] == [
        "`note` is written here",
        "`note` is read here",
        "`note` is read here",
    ]


def test_a_column_that_may_be_another_table_s_is_named_last_and_not_counted() -> None:
    join = {"a.sql": "select note from shop.orders o join shop.parts p on p.order_id = o.order_id"}
    dropped = found(DropColumn, "alter table shop.orders drop column note", join)
    assert "breaks the 3 places that use it, and takes an `ACCESS EXCLUSIVE` lock" in dropped.message
    assert places(dropped)[-1] == ("a.sql", 1)
    assert dropped.related[-1].message == "`note` may be read here"


def test_all_places_are_named() -> None:
    many = {f"jobs/more_{n:02}.sql": "select o.note from shop.orders o" for n in range(20)}
    dropped = found(DropColumn, "alter table shop.orders drop column note", many)
    assert "breaks the 23 places that use it, and takes an `ACCESS EXCLUSIVE` lock" in dropped.message
    assert len(dropped.related) == 23


def test_what_a_later_migration_makes_anew_has_readers_of_its_own() -> None:
    again = {"migrations/0003_again.sql": "alter table shop.orders add column note text"}
    assert places(found(DropColumn, "alter table shop.orders drop column note", again)) == []
    assert places(found(DropTable, "drop table shop.orders", {"migrations/0003_again.sql": TABLES})) == []


def test_migrations_are_no_readers() -> None:
    fill = {"migrations/0001_b.sql": "update shop.orders set note = '' where note is null"}
    assert places(found(DropColumn, "alter table shop.orders drop column note", fill)) == NOTE


def test_what_nobody_is_seen_to_use_is_a_note() -> None:
    used = found(DropColumn, "alter table shop.orders drop column note")
    assert used.severity is Severity.ERROR
    unused = found(DropColumn, "alter table shop.orders drop column never_read")
    assert (unused.severity, unused.related) == (Severity.NOTE, ())
