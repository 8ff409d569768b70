"""Migrations of Django."""

from __future__ import annotations

import time

import pytest
from reading import facts, index_facts, keys, project, table

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.table import Table

FIRST = """migrations.CreateModel(
    name="Thing",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("x", models.CharField(max_length=10, unique=True)),
        ("y", models.TextField(null=True, db_index=True)),
        ("o", models.ForeignKey(to="shop.other", on_delete=models.CASCADE)),
    ],
)"""


def migration(*operations: str, after: tuple[tuple[str, str], ...] = (), more: str = "", app: str = "shop") -> str:
    return (
        "from django.db import migrations, models\n"
        "class Migration(migrations.Migration):\n"
        f"    dependencies = {list(after)!r}\n    {more}\n"
        f"    operations = [{', '.join(operations)}]\n"
    )


def migrated(*operations: str, first: str = FIRST) -> Catalog:
    return project(
        {
            "shop/migrations/0001_first.py": migration(first),
            "shop/migrations/0002_more.py": migration(*operations, after=(("shop", "0001_first"),)),
        },
        "postgres",
    )


def thing(*operations: str) -> Table:
    return table(migrated(*operations), "shop_thing")


@pytest.mark.parametrize(
    ("operation", "columns"),
    [
        ("migrations.AddField('thing', 'z', models.TextField())", {"x", "y", "o_id", "z"}),
        ("migrations.AddField(model_name='Thing', name='z', field=models.TextField())", {"x", "y", "o_id", "z"}),
        ("migrations.AddField('thing', 'p', models.ForeignKey('crm.Person', models.CASCADE))", {"x", "y", "o_id", "p_id"}),
        ("migrations.RemoveField('thing', 'x')", {"y", "o_id"}),
        ("migrations.RemoveField('thing', 'o')", {"x", "y"}),
        ("migrations.RenameField('thing', 'x', 'z')", {"z", "y", "o_id"}),
        ("migrations.RenameField('thing', 'o', 'p')", {"x", "y", "p_id"}),
        ("migrations.AlterField('thing', 'x', models.CharField(max_length=3, db_column='ex'))", {"ex", "y", "o_id"}),
        ("migrations.RunSQL('ALTER TABLE shop_thing DROP COLUMN x', 'ALTER TABLE shop_thing ADD COLUMN x text')", {"y", "o_id"}),
        ("migrations.RunSQL(sql=[('ALTER TABLE shop_thing DROP COLUMN x', None)])", {"y", "o_id"}),
        ("migrations.SeparateDatabaseAndState([migrations.RemoveField('thing', 'x')], [])", {"y", "o_id"}),
        ("migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField('thing', 'x')])", {"x", "y", "o_id"}),
        ("migrations.RunPython(fill, migrations.RunPython.noop)", {"x", "y", "o_id"}),
        ("migrations.AlterModelOptions('thing', {})", {"x", "y", "o_id"}),
        ("migrations.AddField('other', 'z', models.TextField())", {"x", "y", "o_id"}),
    ],
)  # fmt: skip
def test_columns(operation: str, columns: set[str]) -> None:
    found = thing(operation)
    assert set(found.columns) == {"id", *columns}
    assert found.complete


@pytest.mark.parametrize(
    "operation",
    [
        "migrations.AddField('thing', 'z', make_field())",
        "AddFieldSafely(model_name='thing', name='z', field=models.TextField())",
    ],
)
def test_a_change_that_cannot_be_followed_leaves_the_table_incomplete(operation: str) -> None:
    assert not thing(operation.replace("make_field()", "FIELD")).complete
    assert thing(operation.replace("'thing'", "'other'")).complete


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("models.CharField(max_length=20, unique=True)", ("VARCHAR(20)", False, {("x",)})),
        ("models.CharField(max_length=10)", ("VARCHAR(10)", False, set())),
        ("models.TextField(null=True, unique=True)", ("TEXT", True, {("x",)})),
        ("models.TextField(db_default='a')", ("TEXT", False, set())),
    ],
)
def test_altered_fields(field: str, expected: tuple[str, bool, set[tuple[str, ...]]]) -> None:
    found = thing(f"migrations.AlterField('thing', 'x', {field})")
    x = found.columns["x"]
    assert (x.type, x.nullable, {key.columns for key in found.keys if key.kind.value == "unique"}) == expected
    assert x.default == ("'a'" if "db_default" in field else None)


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([], [(None, ("y",), False), (None, ("o_id",), False)]),
        (["migrations.AlterField('thing', 'y', models.TextField(null=True))"], [(None, ("o_id",), False)]),
        (["migrations.RemoveField('thing', 'y')"], [(None, ("o_id",), False)]),
        (["migrations.RenameField('thing', 'y', 'z')"], [(None, ("z",), False), (None, ("o_id",), False)]),
        (
            ["migrations.AddIndex('thing', models.Index(fields=['o', '-x'], name='i'))"],
            [(None, ("y",), False), (None, ("o_id",), False), ("i", ("o_id", "x"), False)],
        ),
        (
            [
                "migrations.AddIndex('thing', models.Index(fields=['x'], name='i'))",
                "migrations.RenameIndex('thing', new_name='j', old_name='i')",
                "RemoveIndexConcurrently('thing', 'j')",
            ],
            [(None, ("y",), False), (None, ("o_id",), False)],
        ),
        (
            [
                "migrations.AlterIndexTogether('thing', {('x', 'o')})",
                "migrations.RenameIndex('thing', new_name='j', old_fields=('x', 'o'))",
            ],
            [(None, ("y",), False), (None, ("o_id",), False), ("j", ("x", "o_id"), False)],
        ),
        (
            ["AddIndexConcurrently('thing', models.Index(fields=['x'], name='i', condition=models.Q(y='a')))"],
            [(None, ("y",), False), (None, ("o_id",), False), ("i", ("x",), False)],
        ),
        (
            ["migrations.AlterIndexTogether('thing', {('x', 'o')})", "migrations.AlterIndexTogether('thing', set())"],
            [(None, ("y",), False), (None, ("o_id",), False)],
        ),
    ],
)
def test_indexes(operations: list[str], expected: list[tuple[str | None, tuple[str, ...], bool]]) -> None:
    assert [index_facts(index) for index in thing(*operations).indexes] == expected


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        (["migrations.AlterUniqueTogether('thing', {('x', 'o')})"], {("x",), ("x", "o_id")}),
        (["migrations.AlterUniqueTogether('thing', ('x', 'y'))"], {("x",), ("x", "y")}),
        (["migrations.AlterUniqueTogether('thing', {('x', 'o')})", "migrations.AlterUniqueTogether('thing', set())"], {("x",)}),
        (["migrations.AlterUniqueTogether('thing', {('x', 'o')})", "migrations.RemoveField('thing', 'o')"], {("x",)}),
        (["migrations.AddConstraint('thing', models.UniqueConstraint(fields=['o', 'y'], name='u'))"], {("x",), ("o_id", "y")}),
        (
            [
                "migrations.AddConstraint('thing', models.UniqueConstraint(fields=['o', 'y'], name='u'))",
                "migrations.RemoveConstraint('thing', 'u')",
            ],
            {("x",)},
        ),
        (["migrations.AddConstraint('thing', models.CheckConstraint(check=models.Q(x='a'), name='c'))"], {("x",)}),
        (["migrations.AddConstraint('thing', models.UniqueConstraint(fields=['y'], name='u', condition=models.Q(x='a')))"], {("x",)}),
    ],
)  # fmt: skip
def test_unique_keys(operations: list[str], expected: set[tuple[str, ...]]) -> None:
    assert {key.columns for key in thing(*operations).keys if key.kind.value == "unique"} == expected


def test_the_condition_of_a_partial_index_speaks_of_columns() -> None:
    constraint = "models.UniqueConstraint(fields=['y'], name='u', condition=models.Q(('o', None)))"
    added = thing(f"migrations.AddConstraint('thing', {constraint})").indexes[-1]
    assert (added.columns, added.predicate) == (("y",), "o_id IS NULL")


@pytest.mark.parametrize(
    ("operations", "names"),
    [
        (["migrations.RenameModel('Thing', 'Item')"], {"shop_item"}),
        (["migrations.RenameModel('Thing', 'Item')", "migrations.AddField('item', 'z', models.TextField())"], {"shop_item"}),
        (["migrations.AlterModelTable('thing', 'things')"], {"things"}),
        (["migrations.AlterModelTable('thing', 'things')", "migrations.AlterModelTable('thing', None)"], {"shop_thing"}),
        (["migrations.AlterModelTable('thing', 'things')", "migrations.RenameModel('Thing', 'Item')"], {"things"}),
        (["migrations.DeleteModel('Thing')"], set()),
        (["migrations.AlterModelTable('thing', 'things')", "migrations.DeleteModel('Thing')"], set()),
        (["migrations.CreateModel('Copy', [('id', models.AutoField(primary_key=True))], {'proxy': True})"], {"shop_thing"}),
        (["migrations.CreateModel('Copy', [('id', models.AutoField(primary_key=True))], {'managed': False})"], {"shop_thing"}),
        (["migrations.CreateModel('Copy', [('id', models.AutoField(primary_key=True))])"], {"shop_thing", "shop_copy"}),
        (["migrations.RunSQL('CREATE TABLE extra (id int)', reverse_sql='DROP TABLE extra')"], {"shop_thing", "extra"}),
        (["migrations.CreateModel(NAME, [])"], {"shop_thing"}),
    ],
)  # fmt: skip
def test_tables(operations: list[str], names: set[str]) -> None:
    assert {str(one.name) for one in migrated(*operations)} == names


MANY = "migrations.AddField('thing', 'tags', models.ManyToManyField('shop.Tag'))"
JOINED = {"id", "thing_id", "tag_id"}


@pytest.mark.parametrize(
    ("operations", "tables"),
    [
        ([MANY], {"shop_thing": None, "shop_thing_tags": JOINED}),
        ([MANY, "migrations.RemoveField('thing', 'tags')"], {"shop_thing": None}),
        ([MANY, "migrations.RenameField('thing', 'tags', 'words')"], {"shop_thing": None, "shop_thing_words": JOINED}),
        (
            [MANY, "migrations.RenameModel('Thing', 'Item')"],
            {"shop_item": None, "shop_item_tags": {"id", "item_id", "tag_id"}},
        ),
        ([MANY, "migrations.AlterModelTable('thing', 'things')"], {"things": None, "things_tags": JOINED}),
        (["migrations.AlterModelTable('thing', 'things')", MANY], {"things": None, "things_tags": JOINED}),
        (
            ["migrations.AddField('thing', 'tags', models.ManyToManyField('shop.Tag', db_table='links'))",
             "migrations.AlterModelTable('thing', 'things')"],
            {"things": None, "links": JOINED},
        ),
    ],
)  # fmt: skip
def test_tables_of_relations_to_many(operations: list[str], tables: dict[str, set[str] | None]) -> None:
    found = migrated(*operations)
    assert {str(one.name) for one in found} == set(tables)
    for name, columns in tables.items():
        assert columns is None or set(table(found, name).columns) == columns


def test_a_key_refers_to_the_table_that_its_model_has_in_the_end() -> None:
    other = "migrations.CreateModel('Other', [('code', models.CharField(max_length=3, primary_key=True))])"
    found = table(
        migrated(other, "migrations.RenameModel('Other', 'Third')", "migrations.AlterModelTable('third', 'thirds')"),
        "shop_thing",
    )
    assert {key for key in keys(found) if key[0] == "foreign"} == {("foreign", ("o_id",), "thirds()")}
    assert found.columns["o_id"].type == "VARCHAR(3)"


def test_a_model_that_moves_to_another_app_takes_its_table_along() -> None:
    moved = """migrations.SeparateDatabaseAndState(
        database_operations=[],
        state_operations=[migrations.CreateModel("Item", [("id", models.AutoField())], options={"db_table": "shop_thing"})],
    )"""
    catalog = project(
        {
            "shop/migrations/0001_first.py": migration(FIRST),
            "crm/migrations/0001_first.py": migration(moved, after=(("shop", "0001_first"),)),
            "crm/migrations/0002_more.py": migration(
                "migrations.RemoveField('item', 'x')", after=(("crm", "0001_first"),)
            ),
        },
        "postgres",
    )
    assert {str(one.name): set(one.columns) for one in catalog} == {"shop_thing": {"id", "y", "o_id"}}


def add(name: str) -> str:
    return f"migrations.AddField('thing', '{name}', models.TextField())"


def drop(name: str) -> str:
    return f"migrations.RemoveField('thing', '{name}')"


@pytest.mark.parametrize(
    ("files", "columns"),
    [
        ({"0002_b": ((drop("x"),), ("0001_a",)), "0003_c": ((add("x"),), ("0002_b",))}, {"x", "y", "o_id"}),
        ({"0002_b": ((drop("z"),), ("0009_c",)), "0009_c": ((add("z"),), ("0001_a",))}, {"x", "y", "o_id"}),
        ({"0002_b": ((drop("x"),), ("0001_a",)), "0002_c": ((drop("y"),), ("0001_a",)),
          "0003_m": ((add("x"),), ("0002_b", "0002_c"))}, {"x", "o_id"}),
        ({"0002_b": ((add("z"),), ("0001_a",)), "0003_c": ((drop("z"),), ("0002_gone",))}, {"x", "y", "o_id"}),
    ],
    ids=["a line", "against the numbers", "a merge", "a parent that is not there"],
)  # fmt: skip
def test_migrations_run_in_the_order_of_their_dependencies(
    files: dict[str, tuple[tuple[str, ...], tuple[str, ...]]], columns: set[str]
) -> None:
    written = {
        f"shop/migrations/{name}.py": migration(*operations, after=tuple(("shop", one) for one in after))
        for name, (operations, after) in files.items()
    }
    catalog = project({"shop/migrations/0001_a.py": migration(FIRST), **written}, "postgres")
    assert set(table(catalog, "shop_thing").columns) == {"id", *columns}


def test_a_squashed_migration_stands_for_those_it_replaces() -> None:
    squashed = migration(FIRST, add("z"), more="replaces = [('shop', '0001_a'), ('shop', '0002_b')]")
    files = {
        "shop/migrations/0001_a.py": migration(FIRST),
        "shop/migrations/0002_b.py": migration(add("z"), after=(("shop", "0001_a"),)),
        "shop/migrations/0001_squashed_0002_b.py": squashed,
        "shop/migrations/0003_c.py": migration(drop("z"), add("w"), after=(("shop", "0002_b"),)),
    }
    (found,) = project(files, "postgres")
    assert set(found.columns) == {"id", "x", "y", "o_id", "w"}
    assert found.location is not None
    assert found.location.path.endswith("0001_squashed_0002_b.py")


def test_a_migration_that_runs_before_another_one() -> None:
    early = migration(drop("x"), after=(("shop", "0001_first"),), more="run_before = [('crm', '0001_first')]")
    late = migration("migrations.RunSQL('ALTER TABLE shop_thing ADD COLUMN x int')", after=(("shop", "0001_first"),))
    files = {
        "shop/migrations/0001_first.py": migration(FIRST),
        "shop/migrations/0002_late.py": early,
        "crm/migrations/0001_first.py": late,
    }
    assert table(project(files, "postgres"), "shop_thing").columns["x"].type == "INT"


@pytest.mark.parametrize(
    "text",
    [
        migration(FIRST).replace("class Migration", "class Other"),
        migration(FIRST).replace("operations", "steps"),
    ],
    ids=["another class", "no operations"],
)
def test_what_is_no_migration(text: str) -> None:
    assert len(project({"shop/migrations/0001_first.py": text}, "postgres")) == 0


def test_operations_that_are_added_up_are_all_read() -> None:
    text = migration().replace("operations = []", f"operations = [{FIRST}] + [{add('z')}] + more()")
    assert "z" in table(project({"shop/migrations/0001_first.py": text}, "postgres"), "shop_thing").columns


@pytest.mark.parametrize(
    "operations",
    [
        "migrations.AddField(), migrations.CreateModel(), migrations.AddIndex('a', 3), migrations.RenameField('a')",
        "migrations.CreateModel('a', [()]), migrations.CreateModel('b', [('x',)]), migrations.CreateModel('c', 3, 4)",
        "migrations.AlterUniqueTogether('a', 5), migrations.AlterModelTable('a', ''), migrations.RunSQL(), 5, None",
        "migrations.SeparateDatabaseAndState([" * 60 + "])" * 60,
        "*operations, *operations",
        "migrations.CreateModel('', [('', models.TextField())], {'db_table': ''})",
    ],
    ids=["no arguments", "odd fields", "odd values", "deep", "itself", "empty"],
)
def test_hostile_code_ends_soon(operations: str) -> None:
    start = time.perf_counter()
    facts("shop/migrations/0001_first.py", migration(operations))
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize(
    ("column", "rename", "columns"),
    [
        ("x", "migrations.RenameField('thing', 'x', 'z')", {"x", "y", "o_id"}),
        ("ex", "migrations.RenameField('thing', 'x', 'z')", {"ex", "y", "o_id"}),
        (None, "migrations.RenameField('thing', 'x', 'z')", {"z", "y", "o_id"}),
    ],
)
def test_a_field_that_names_its_column_keeps_it(column: str | None, rename: str, columns: set[str]) -> None:
    named = f", db_column={column!r}" if column else ""
    found = thing(f"migrations.AlterField('thing', 'x', models.CharField(max_length=3{named}))", rename)
    assert set(found.columns) == {"id", *columns}
    assert found.complete
