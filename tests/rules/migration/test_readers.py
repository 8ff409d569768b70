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


SOURCE = """
version: 2
sources:
  - name: shop
    tables:
      - name: orders
        columns: [{name: order_id}, {name: note}, {name: total}]
"""
SNAPSHOT = """\
leaktight-catalog: 1
tables:
  shop.orders:
    columns:
      order_id: {type: INT}
"""


@pytest.mark.parametrize(
    ("described", "more"),
    [
        ({"dbt_project.yml": "name: shop\n", "models/schema.yml": SOURCE}, [("models/schema.yml", 6)]),
        ({"live.yml": SNAPSHOT}, []),
    ],
)
def test_who_merely_describes_a_table_does_not_keep_it(described: dict[str, str], more: list[tuple[str, int]]) -> None:
    assert places(found(DropTable, "drop table shop.orders", described)) == sorted([*TABLE, *more])


def test_a_table_that_is_made_anew_has_no_readers_that_break() -> None:
    anew = {"migrations/0003_anew.sql": "create table shop.orders (order_id int);"}
    assert places(found(DropTable, "drop table shop.orders", anew)) == []


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


DJANGO = "from django.db import migrations, models\nclass Migration(migrations.Migration):\n    "
FIRST = (
    DJANGO
    + """dependencies = []
    operations = [
        migrations.CreateModel("Person", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
        migrations.CreateModel("Item", [
            ("id", models.BigAutoField(primary_key=True)),
            ("note", models.TextField(null=True)),
            ("owner", models.ForeignKey("shop.Person", on_delete=models.CASCADE)),
        ]),
    ]
"""
)
PERSON = "class Person(models.Model):\n    name = models.TextField()\n"
OWNED = '    owner = models.ForeignKey("Person", on_delete=models.CASCADE)\n'
MODELS = (
    f"from django.db import models\n{PERSON}class Item(models.Model):\n    note = models.TextField(null=True)\n{OWNED}"
)


@pytest.mark.parametrize(
    ("rule", "operation", "models", "line"),
    [
        (DropColumn, "RemoveField('item', 'note')", MODELS, 5),
        (DropColumn, "RemoveField('item', 'owner')", MODELS, 6),
        (DropColumn, "RunSQL('ALTER TABLE shop_item DROP COLUMN note')", MODELS, 5),
        (RenameColumn, "RenameField('item', 'note', 'remark')", MODELS, 5),
        (DropTable, "DeleteModel('Person')", MODELS, 2),
        (RenameTable, "RenameModel('Person', 'Client')", MODELS, 2),
        (DropColumn, "RemoveField('item', 'note')", MODELS.replace("note", "remark"), None),
        (DropColumn, "RemoveField('item', 'owner')", MODELS.replace(OWNED, ""), None),
        (RenameColumn, "RenameField('item', 'note', 'remark')", MODELS.replace("note", "remark"), None),
        (
            RenameColumn,
            "RenameField('item', 'note', 'note_amount')",
            MODELS.replace(
                "models.TextField(null=True)", "MoneyField(amount_field='note_amount', currency_field='currency')"
            ),
            None,
        ),
        (DropTable, "DeleteModel('Person')", MODELS.replace(PERSON, "").replace(OWNED, ""), None),
        (RenameTable, "RenameModel('Person', 'Client')", MODELS.replace("Person", "Client"), None),
    ],
)
def test_a_class_that_still_declares_it_is_a_reader(
    rule: type[Rule], operation: str, models: str, line: int | None
) -> None:
    second = f"{DJANGO}dependencies = [('shop', '0001_first')]\n    operations = [migrations.{operation}]\n"
    files = {
        "shop/models.py": models,
        "shop/migrations/0001_first.py": FIRST,
        "shop/migrations/0002_second.py": second,
        "tests/models.py": MODELS,
    }
    (one,) = run(rule(), files, reported="shop/migrations/0002_second.py", dialect="postgres").diagnostics
    assert places(one) == ([("shop/models.py", line)] if line else [])
    assert one.severity is (Severity.ERROR if line else Severity.NOTE)
    assert [related.message.endswith("is declared here") for related in one.related] == [True] * bool(line)


ALCHEMY = """from sqlalchemy import Column, Integer, Text
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Item(Base):
    __tablename__ = "items"
    id = Column(Integer, primary_key=True)
    note = Column(Text)
"""
ALEMBIC = "from alembic import op\nimport sqlalchemy as sa\nrevision = '{0}'\ndown_revision = {1!r}\ndef upgrade():\n    {2}\n"
MADE = "op.create_table('items', sa.Column('id', sa.Integer, primary_key=True), sa.Column('note', sa.Text))"


@pytest.mark.parametrize(
    ("rule", "change", "model", "again", "line"),
    [
        (DropColumn, "op.drop_column('items', 'note')", ALCHEMY, "", 7),
        (DropColumn, "op.drop_column('items', 'note')", ALCHEMY.replace("    note = Column(Text)\n", ""), "", None),
        (
            DropColumn,
            "op.drop_column('items', 'note')",
            ALCHEMY,
            "op.add_column('items', sa.Column('note', sa.Text))",
            None,
        ),
        (DropTable, "op.drop_table('items')", ALCHEMY, "", 5),
        (DropTable, "op.drop_table('items')", ALCHEMY.replace("items", "things"), "", None),
        (DropTable, "op.drop_table('items')", ALCHEMY, MADE, None),
    ],
)
def test_a_class_of_sqlalchemy_as_well(rule: type[Rule], change: str, model: str, again: str, line: int | None) -> None:
    files = {
        "app/models.py": model,
        "migrations/versions/a_first.py": ALEMBIC.format("a", None, MADE),
        "migrations/versions/b_second.py": ALEMBIC.format("b", "a", change),
        "migrations/versions/c_third.py": ALEMBIC.format("c", "b", again or "pass"),
    }
    (one,) = run(rule(), files, reported="migrations/versions/b_second.py", dialect="postgres").diagnostics
    assert places(one) == ([("app/models.py", line)] if line else [])


@pytest.mark.parametrize(
    ("rule", "change", "model", "again", "line"),
    [
        (DropColumn, "op.drop_column('items', 'note')", ALCHEMY, "", 7),
        (DropColumn, "op.execute('alter table items drop column note')", ALCHEMY, "", 7),
        (DropColumn, "op.drop_column('items', 'note')", ALCHEMY.replace("    note = Column(Text)\n", ""), "", None),
        (DropColumn, "op.drop_column('items', 'note')", ALCHEMY, "op.add_column('items', sa.Column('note', sa.Text))", None),
        (RenameColumn, "op.alter_column('items', 'note', new_column_name='remark')", ALCHEMY, "", 7),
        (RenameColumn, "op.alter_column('items', 'note', new_column_name='remark')", ALCHEMY.replace("note", "remark"), "", None),
        (DropTable, "op.drop_table('items')", ALCHEMY, "", 5),
        (RenameTable, "op.rename_table('items', 'things')", ALCHEMY, "", 5),
    ],
)  # fmt: skip
def test_a_class_whose_table_no_migration_makes(
    rule: type[Rule], change: str, model: str, again: str, line: int | None
) -> None:
    files = {
        "app/models.py": model,
        "migrations/versions/b_second.py": ALEMBIC.format("b", "a", change),
        "migrations/versions/c_third.py": ALEMBIC.format("c", "b", again or "pass"),
    }
    (one,) = run(rule(), files, reported="migrations/versions/b_second.py", dialect="postgres").diagnostics
    assert places(one) == ([("app/models.py", line)] if line else [])


def test_what_sqitch_runs_with_a_change_alone_reads_nothing_later() -> None:
    gone = "schema/deploy/drop_notes.sql"
    files = {
        "schema/sqitch.plan": "%project=shop\n\ntables 2024-01-01T00:00:00Z a <a@b.c> # Tables\ndrop_notes 2024-01-02T00:00:00Z a <a@b.c> # Gone\n",
        "schema/deploy/tables.sql": TABLES,
        "schema/verify/tables.sql": "select note from shop.notes where false;",
        "schema/revert/tables.sql": "drop table shop.notes;",
        gone: "-- Deploy shop:drop_notes to pg\ndrop table shop.notes;",
    }
    (alone,) = run(DropTable(), files, reported=gone, dialect="postgres").diagnostics
    assert alone.severity is Severity.NOTE
    assert places(alone) == []
    (read,) = run(
        DropTable(),
        {**files, "jobs/verify/notes.sql": "select note from shop.notes;"},
        reported=gone,
        dialect="postgres",
    ).diagnostics
    assert places(read) == [("jobs/verify/notes.sql", 1)]


@pytest.mark.parametrize(
    "use",
    [
        "lower(note->'by'->>'name') = 'anna'",
        "coalesce(note->'by', '{}') <> '{}'",
        "lower(note->$1) = 'anna'",
        "note->'by' = '{}'",
    ],
)
def test_a_field_of_a_document_is_a_use_of_its_column(use: str) -> None:
    files = {"jobs/a.sql": f"select order_id from shop.orders where {use};", "migrations/0001_tables.sql": TABLES}
    sql = "alter table shop.orders drop column note"
    (one,) = run(DropColumn(), {**files, PATH: sql}, reported=PATH, dialect="postgres").diagnostics
    assert places(one) == [("jobs/a.sql", 1)]
