"""Migrations of Alembic and Django: what their operations do is found as it is in SQL."""

from __future__ import annotations

from functools import cache

import pytest

from leaktight.catalog.table import TableName
from leaktight.diagnostics import Severity
from leaktight.engine import Plan, build_project, check
from leaktight.lazy import record
from leaktight.operations.facts import file_facts
from leaktight.operations.project import Project
from leaktight.registry import load_rules, make_rule
from leaktight.rule import Category, Rule
from leaktight.source import Language, Source
from leaktight.testing import run
from leaktight_rules.migration.change_column_type import ChangeColumnType
from leaktight_rules.migration.constraint_without_not_valid import ConstraintWithoutNotValid
from leaktight_rules.migration.drop_not_null import DropNotNull
from leaktight_rules.migration.index_without_concurrently import IndexWithoutConcurrently


@record(frozen=True)
class Given:
    path: str
    text: str
    reported: bool

    def load(self) -> Source:
        return Source(self.path, self.text, Language.PYTHON)


@cache
def rules() -> tuple[Rule, ...]:
    known = [rule for rule in load_rules().values() if rule.category is Category.MIGRATION]
    return tuple(make_rule(rule, {}) for rule in known)


def found(first: Given, second: Given) -> dict[str, str]:
    """Give what is found in the second of two migrations: for each rule the text of its place."""
    chosen = rules()
    plan = Plan(
        rules_for=lambda _: chosen,
        dialect_for=lambda _: "postgres",
        known_rules=frozenset(rule.name for rule in chosen),
        project=Project(engine_versions={"postgres": (14,)}),
    )
    report = check([first, second], plan)
    assert not report.internal_errors
    assert {one.location.path for one in report.diagnostics} <= {second.path}
    places = {}
    for one in report.diagnostics:
        places[one.rule] = second.text[one.location.span.start : one.location.span.end]
    return places


ALEMBIC = """import sqlalchemy as sa
from alembic import op
revision = "{name}"
down_revision = {after!r}
def upgrade():
    {body}
def downgrade():
    op.drop_table("orders")
"""
ORDERS = """op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("note", sa.Text),
        sa.Column("number", sa.Integer),
        sa.Column("code", sa.String(10), nullable=False),
    )
    op.create_table("people", sa.Column("id", sa.Integer, primary_key=True))
    op.create_index("orders_note", "orders", ["note"])"""


def alembic(body: str) -> dict[str, str]:
    return found(
        Given("alembic/versions/a.py", ALEMBIC.format(name="a", after=None, body=ORDERS), reported=False),
        Given("alembic/versions/b.py", ALEMBIC.format(name="b", after="a", body=body), reported=True),
    )


AUTOCOMMIT = "with op.get_context().autocommit_block():\n        "
CONCURRENT = "op.create_index('i', 'orders', ['code'], postgresql_concurrently=True)"


@pytest.mark.parametrize(
    ("body", "rule", "place"),
    [
        ("op.create_index('i', 'orders', ['code'])", "index-without-concurrently", "op.create_index('i', 'orders', ['code'])"),
        (CONCURRENT, "concurrently-in-transaction", "'i'"),
        ("op.drop_index('orders_note')", "drop-index-without-concurrently", "'orders_note'"),
        ("op.add_column('orders', sa.Column('x', sa.Text, nullable=False))", "required-column-without-default", "'x'"),
        ("op.add_column('orders', sa.Column('x', sa.Integer, sa.Identity()))", "serial-column-added", "'x'"),
        ("op.add_column('orders', sa.Column('x', sa.Uuid, server_default=sa.text('gen_random_uuid()')))", "volatile-default", "'x'"),
        ("op.alter_column('orders', 'number', type_=sa.BigInteger)", "change-column-type", "'number'"),
        ("op.alter_column('orders', 'note', nullable=False)", "set-not-null", "'note'"),
        ("op.alter_column('orders', 'code', nullable=True)", "drop-not-null", "'code'"),
        ("op.alter_column('people', 'name', existing_type=sa.Text, nullable=True)", "drop-not-null", "'name'"),
        ("op.alter_column('orders', 'code', type_=sa.String(20), nullable=True)", "drop-not-null", "'code'"),
        ("op.drop_column('orders', 'note')", "drop-column", "'note'"),
        ("op.add_column('orders', sa.Column('x', sa.Text, nullable=False, server_default=None))",
         "required-column-without-default", "'x'"),
        ("op.drop_table('orders')", "drop-table", "'orders'"),
        ("op.alter_column('orders', 'note', new_column_name='remark')", "rename-column", "'note'"),
        ("op.rename_table('orders', 'sales')", "rename-table", "'orders'"),
        ("op.create_unique_constraint('u', 'orders', ['code'])", "unique-without-index", "'u'"),
        ("op.create_foreign_key('f', 'orders', 'people', ['number'], ['id'])", "constraint-without-not-valid", "'f'"),
        ("with op.batch_alter_table('orders') as b:\n        b.drop_column('note')", "drop-column", "'note'"),
        ("for name in ('note', 'code'):\n        op.drop_column('orders', name)", "drop-column", "name"),
        ("op.execute('ALTER TABLE orders DROP COLUMN note')", "drop-column", "note"),
    ],
)  # fmt: skip
def test_alembic(body: str, rule: str, place: str) -> None:
    assert alembic(body).get(rule) == place


@pytest.mark.parametrize(
    "body",
    [
        AUTOCOMMIT + CONCURRENT,
        AUTOCOMMIT + "op.drop_index('orders_note', postgresql_concurrently=True, if_exists=True)",
        "op.add_column('orders', sa.Column('x', sa.Text))",
        "op.add_column('orders', sa.Column('x', sa.Integer, nullable=False, server_default='0'))",
        "op.add_column('orders', sa.Column('x', sa.Text, nullable=False, server_default=Channel.WEB.value))",
        "op.alter_column('orders', 'note', comment='what it says')",
        "op.alter_column('orders', 'code', existing_type=sa.Text, nullable=False, existing_nullable=False)",
        "op.alter_column('orders', 'note', nullable=True)",
        "op.alter_column('people', 'name', existing_type=sa.Text, nullable=True, existing_nullable=True)",
        "op.alter_column('orders', 'code', comment='what it says', existing_type=sa.String(10))",
        "op.create_table('new', sa.Column('id', sa.Integer, primary_key=True))\n    op.create_index('i', 'new', ['id'])",
        "op.create_foreign_key('f', 'orders', 'people', ['number'], ['id'], postgresql_not_valid=True)",
    ],
)
def test_what_does_no_harm_in_alembic(body: str) -> None:
    assert alembic(body) == {}


@pytest.mark.parametrize(
    ("dialect", "arguments", "forgets"),
    [
        ("mysql", "type_=sa.String(20)", True),
        ("mysql", "type_=sa.String(20), existing_type=sa.String(10), existing_nullable=False", False),
        ("mysql", "type_=sa.String(20), nullable=False", False),
        ("mysql", "type_=sa.String(20), **options", False),
        ("mysql", "new_column_name='number_code', existing_type=sa.String(10)", True),
        ("mysql", "comment='as printed', existing_type=sa.String(10)", True),
        ("mysql", "server_default='x', existing_type=sa.String(10)", False),
        ("tsql", "type_=sa.String(20)", True),
        ("tsql", "new_column_name='number_code'", False),
        ("postgres", "type_=sa.String(20)", False),
    ],
)
def test_alembic_forgets_not_null(dialect: str, arguments: str, forgets: bool) -> None:
    files = {
        "alembic/versions/a.py": ALEMBIC.format(name="a", after=None, body=ORDERS),
        "alembic/versions/b.py": ALEMBIC.format(
            name="b", after="a", body=f"op.alter_column('orders', 'code', {arguments})"
        ),
    }
    report = run(DropNotNull(), files, reported="alembic/versions/b.py", dialect=dialect)
    assert ["does not give `existing_nullable`" in one.message for one in report.diagnostics] == [True] * forgets


DJANGO = """from django.db import migrations, models
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
class Migration(migrations.Migration):
    dependencies = {after!r}
    {more}
    operations = [{body}]
"""
ITEM = """migrations.CreateModel("Item", [
        ("id", models.BigAutoField(primary_key=True)),
        ("note", models.TextField(null=True)),
        ("number", models.IntegerField()),
        ("tags", models.ManyToManyField("Tag")),
        ("owner", models.ForeignKey("Owner", models.CASCADE)),
    ], {"indexes": [models.Index(fields=["note"], name="item_note")]})"""


def django(body: str, more: str = "") -> dict[str, str]:
    return found(
        Given("shop/migrations/0001_a.py", DJANGO.format(after=[], more="", body=ITEM), reported=False),
        Given(
            "shop/migrations/0002_b.py",
            DJANGO.format(after=[("shop", "0001_a")], more=more, body=body),
            reported=True,
        ),
    )


CONCURRENTLY = "AddIndexConcurrently('item', models.Index(fields=['number'], name='i'))"


@pytest.mark.parametrize(
    ("body", "rule", "place"),
    [
        ("migrations.AddIndex('item', models.Index(fields=['number'], name='i'))", "index-without-concurrently",
         "migrations.AddIndex('item', models.Index(fields=['number'], name='i'))"),
        (CONCURRENTLY, "concurrently-in-transaction", "'item'"),
        ("migrations.RemoveIndex('item', 'item_note')", "drop-index-without-concurrently", "'item_note'"),
        ("migrations.AddField('item', 'x', models.IntegerField())", "required-column-without-default", "'x'"),
        ("migrations.AlterField('item', 'number', models.BigIntegerField())", "change-column-type", "'number'"),
        ("migrations.AlterField('item', 'note', models.TextField())", "set-not-null", "'note'"),
        ("migrations.AlterField('item', 'number', models.IntegerField(null=True))", "drop-not-null", "'number'"),
        ("migrations.RemoveField('item', 'note')", "drop-column", "'note'"),
        ("migrations.RemoveField('item', 'owner')", "drop-column", "'owner'"),
        ("migrations.DeleteModel('Item')", "drop-table", "'Item'"),
        ("migrations.RenameField('item', 'note', 'remark')", "rename-column", "'note'"),
        ("migrations.RenameModel('Item', 'Thing')", "rename-table", "'Item'"),
        ("migrations.RunSQL('ALTER TABLE shop_item DROP COLUMN note')", "drop-column", "note"),
    ],
)  # fmt: skip
def test_django(body: str, rule: str, place: str) -> None:
    assert django(body).get(rule) == place


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (CONCURRENTLY, "atomic = False"),
        ("RemoveIndexConcurrently('item', 'item_note')", "atomic = False"),
        ("migrations.AddField('item', 'x', models.IntegerField(null=True))", ""),
        ("migrations.AddField('item', 'x', models.IntegerField(default=0))", ""),
        ("migrations.AddField('item', 'x', models.TextField(blank=True))", ""),
        ("migrations.AddField('item', 'x', models.DateTimeField(auto_now_add=True))", ""),
        ("migrations.AddField('item', 'x', wagtail.fields.RichTextField())", ""),
        ("migrations.AlterField('item', 'note', models.TextField(null=True, help_text='x'))", ""),
        ("migrations.AlterField('item', 'number', models.IntegerField(verbose_name='x'))", ""),
        ("migrations.AlterField('other', 'number', models.BigIntegerField())", ""),
        ("migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField('item', 'note')])", ""),
        (("migrations.CreateModel('New', [('id', models.AutoField(primary_key=True))]),"
         "migrations.AddIndex('new', models.Index(fields=['id'], name='n'))"), ""),
        ("migrations.RunPython(fill)", ""),
        ("migrations.RemoveField('item', 'tags')", ""),
        (("migrations.AlterField('item', 'note', models.TextField(null=True, db_column='note')),"
         "migrations.RenameField('item', 'note', 'remark')"), ""),
    ],
)  # fmt: skip
def test_what_does_no_harm_in_django(body: str, more: str) -> None:
    assert django(body, more) == {}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("op.drop_index('item_note', 'item')", 1),
        ("op.drop_index('item_note', 'item'); op.drop_index('item_b', 'item'); op.drop_index('item_c', 'cart')", 1),
        ("op.drop_index('item_note', 'item'); op.drop_column('item', 'note')", 0),
        ("op.drop_index('item_note', 'item'); op.drop_column('cart', 'note')", 1),
        ("op.execute('drop index item_note_idx'); op.drop_column('item', 'note')", 0),
        ("op.execute('drop index item_note_idx'); op.drop_column('cart', 'note')", 1),
        ("op.execute('drop index note_ndx_item'); op.drop_column('item', 'note')", 0),
        ("op.execute('drop index note_ndx_items'); op.drop_column('item', 'note')", 1),
        (("with op.get_context().autocommit_block():\n        op.drop_index('item_note', 'item')\n"
          "        op.drop_column('item', 'note')"), 1),
        ("op.drop_index('item_note', 'item'); op.create_foreign_key('f', 'cart', 'item', ['a'], ['id'])", 1),
    ],
)  # fmt: skip
def test_indexes_that_are_dropped_are_told_once(body: str, told: int) -> None:
    plan = Plan(rules_for=lambda _: rules(), dialect_for=lambda _: "postgres", project=Project())
    given = Given("alembic/versions/b.py", ALEMBIC.format(name="b", after="a", body=body), reported=True)
    found = [one.message for one in check([given], plan).diagnostics if one.rule == "drop-index-without-concurrently"]
    assert len(found) == told
    assert [message.endswith("and so do 2 more in this file") for message in found] == [body.count("index") == 3] * told


@pytest.mark.parametrize(
    ("operation", "again"),
    [
        ("RunSQL('ALTER TABLE shop_item DROP COLUMN note', 'ALTER TABLE shop_item ADD COLUMN note text')", False),
        (
            "RunSQL('ALTER TABLE shop_item DROP COLUMN note', reverse_sql='ALTER TABLE shop_item ADD COLUMN note text')",
            False,
        ),
        (
            "RunSQL('ALTER TABLE shop_item DROP COLUMN note', reverse_sql=['ALTER TABLE shop_item ADD COLUMN note text'])",
            False,
        ),
        ("RunSQL('ALTER TABLE shop_item DROP COLUMN note', reverse_sql=BACK)", False),
        ("PostgresOnlyRunSQL('ALTER TABLE shop_item DROP COLUMN note', reverse_sql=BACK)", False),
        ("RunSQL(['ALTER TABLE shop_item DROP COLUMN note', 'ALTER TABLE shop_item ADD COLUMN note text'])", True),
    ],
)
def test_what_takes_an_operation_back_is_not_run(operation: str, again: bool) -> None:
    text = DJANGO.format(after=[("shop", "0001_a")], more="", body=f"migrations.{operation}")
    if "BACK" in operation:
        text = f"BACK = 'ALTER TABLE shop_item ADD COLUMN note text'\n{text}"
    first = Given("shop/migrations/0001_a.py", DJANGO.format(after=[], more="", body=ITEM), reported=False)
    second = Given("shop/migrations/0002_b.py", text, reported=True)
    plan = Plan(rules_for=lambda _: rules(), dialect_for=lambda _: "postgres", project=Project())
    (found,) = [one for one in check([first, second], plan).diagnostics if one.rule == "drop-column"]
    assert ("to add it anew" in found.message) is again
    facts = [(path.path, file_facts(path.load(), "postgres", Project())) for path in (first, second)]
    item = build_project(facts, plan).catalog.table(TableName(("shop_item",)), "postgres", second.path)
    assert item is not None
    assert (item.column("note") is not None) is again


@pytest.mark.parametrize(("folder", "count"), [("postgresql", 1), ("sqlite", 0)])
def test_a_folder_names_the_database_of_its_migrations(folder: str, count: int) -> None:
    files = {
        f"versions/{engine}/0002_index.py": (
            "from alembic import op\n\nrevision = '2'\ndown_revision = '1'\n\n\n"
            "def upgrade():\n    op.create_index('ix', 'orders', ['note'])\n"
        )
        for engine in ("postgresql", "sqlite")
    }
    report = run(IndexWithoutConcurrently(), files, reported=f"versions/{folder}/0002_index.py")
    assert len(report.diagnostics) == count


def test_a_type_that_a_call_makes_is_not_told() -> None:
    path = "migrations/versions/2_kind.py"
    head = (
        "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = '2'\ndown_revision = '1'\n\n\ndef upgrade():\n"
    )
    made = "    op.alter_column('orders', 'kind', existing_type=sa.String(), type_={})\n"
    for kind, count in (("enum_type(Kind)", 0), ("sa.Integer()", 1)):
        report = run(ChangeColumnType(), {path: head + made.format(kind)}, reported=path, dialect="postgres")
        assert len(report.diagnostics) == count


@pytest.mark.parametrize(
    ("column", "severity"),
    [
        ("sa.Column('shop_id', sa.Integer(), nullable=True)", Severity.NOTE),
        ("sa.Column('shop_id', sa.Integer())", Severity.NOTE),
        ("sa.Column('shop_id', sa.Integer(), server_default='1')", Severity.WARNING),
        ("sa.Column('other_id', sa.Integer(), nullable=True)", Severity.WARNING),
    ],
)
def test_a_foreign_key_of_a_column_without_values(column: str, severity: Severity) -> None:
    key = "op.create_foreign_key('orders_shop', 'orders', 'shops', ['shop_id'], ['id'])"
    text = ALEMBIC.format(name="b", after="a", body=f"op.add_column('orders', {column})\n    {key}")
    path = "migrations/versions/b.py"
    (found,) = run(ConstraintWithoutNotValid(), {path: text}, reported=path, dialect="postgres").diagnostics
    assert found.severity is severity
