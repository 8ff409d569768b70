"""Migrations of Alembic."""

from __future__ import annotations

import time

import pytest
from reading import facts, index_facts, keys, project, shapes, table

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.table import KeyKind, Table

HEAD = """import sqlalchemy as sa
from alembic import op
from alembic import op as operations
import alembic
revision = {revision!r}
down_revision = {down!r}
"""
CREATE = """op.create_table(
        "t",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("x", sa.String(10), server_default="a"),
        sa.Column("y", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )"""


def migration(body: str, revision: str = "b", down: object = "a", more: str = "") -> str:
    return HEAD.format(revision=revision, down=down) + more + f"\ndef upgrade():\n    {body}\n"


def migrated(body: str, more: str = "") -> Table:
    """Give the table `t` as it is after a migration."""
    files = {"versions/a.py": migration(CREATE, "a", None), "versions/b.py": migration(body, more=more)}
    return table(project(files, "postgres"), "t")


def chain(*steps: tuple[str, object, str], folder: str = "versions") -> Catalog:
    """Give the catalog of migrations that stand in files of names that say nothing of their order."""
    files = {
        f"{folder}/{name[::-1]}{at}.py": migration(body, name, down) for at, (name, down, body) in enumerate(steps)
    }
    return project(files, "postgres")


@pytest.mark.parametrize(
    ("body", "columns"),
    [
        ("op.add_column('t', sa.Column('z', sa.Date(), nullable=False))", {"x", "y", "z"}),
        ("op.add_column('t', column=sa.Column('z', sa.Date()))", {"x", "y", "z"}),
        ("op.add_column(table_name='t', column=sa.Column('z', sa.Date()))", {"x", "y", "z"}),
        ("op.drop_column('t', 'x')", {"y"}),
        ("op.alter_column('t', 'x', new_column_name='z')", {"y", "z"}),
        ("op.alter_column('t', 'x', name='z')", {"y", "z"}),
        ("operations.drop_column('t', 'x')", {"y"}),
        ("alembic.op.drop_column('t', 'x')", {"y"}),
        ("with op.batch_alter_table('t') as b:\n        b.drop_column('x')", {"y"}),
        (
            "with op.batch_alter_table('t', schema=None) as b:\n        b.alter_column('x', new_column_name='z')",
            {"y", "z"},
        ),
        ("op.execute('ALTER TABLE t DROP COLUMN x')", {"y"}),
        ("op.execute(sa.text('ALTER TABLE t DROP COLUMN x'))", {"y"}),
        ("op.get_bind().execute(sa.text('ALTER TABLE t DROP COLUMN x'))", {"y"}),
        ("conn = op.get_bind()\n    conn.execute('ALTER TABLE t DROP COLUMN x')", {"y"}),
        ("for name in ('x', 'y'):\n        op.drop_column('t', name)", set()),
        ("for name, kind in [('z', sa.Text())]:\n        op.add_column('t', sa.Column(name, kind))", {"x", "y", "z"}),
        ("for name in NAMES:\n        op.drop_column('t', f'{name}')", set()),
        ("if not has('x'):\n        pass\n    else:\n        op.drop_column('t', 'x')", {"y"}),
        ("try:\n        op.drop_column('t', 'x')\n    except Exception:\n        pass", {"y"}),
        ("drop('x')", {"y"}),
        ("drop(name='y')", {"x"}),
        ("op.drop_column(TABLE, 'x')", {"y"}),
        ("op.drop_column('t', 'x')\n    op.add_column('t', sa.Column('x', sa.Text))", {"y", "x"}),
        ("if op.get_bind().dialect.name == 'sqlite':\n        op.drop_column('t', 'x')", {"x", "y"}),
        ("session.drop_column('t', 'x')", {"x", "y"}),
        ("op.bulk_insert(sa.table('t', sa.column('id')), [{'id': 1}])", {"x", "y"}),
    ],
)
def test_columns(body: str, columns: set[str]) -> None:
    helpers = "TABLE = 't'\nNAMES = [name for name in ('x', 'y')]\ndef drop(name):\n    op.drop_column('t', name)\n"
    found = migrated(body, helpers)
    assert set(found.columns) == {"id", *columns}
    assert found.complete


@pytest.mark.parametrize(
    "body",
    [
        "for name in read_names():\n        op.drop_column('t', name)",
        "op.add_column('t', make_column())",
        "op.add_column('t', sa.Column(NAME, sa.Text))",
        "op.drop_column('t', column_name=NAME)",
        "op.alter_column('t', 'x', new_column_name=NAME)",
        "while more():\n        op.add_column('t', next_column())",
    ],
)
def test_a_change_that_cannot_be_followed_leaves_the_table_incomplete(body: str) -> None:
    assert not migrated(body).complete
    assert migrated(body.replace("'t'", "'u'")).complete


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("op.alter_column('t', 'x', nullable=False)", ("VARCHAR(10)", False, "'a'")),
        ("op.alter_column('t', 'x', type_=sa.Text())", ("TEXT", True, "'a'")),
        ("op.alter_column('t', 'x', existing_type=sa.Text(), existing_nullable=False)", ("VARCHAR(10)", True, "'a'")),
        ("op.alter_column('t', 'x', type_=money())", (None, True, "'a'")),
        ("op.alter_column('t', 'x', server_default=None)", ("VARCHAR(10)", True, None)),
        ("op.alter_column('t', 'x', server_default=sa.text('now()'))", ("VARCHAR(10)", True, "now()")),
        ("op.alter_column('t', 'x', server_default=False, comment='c')", ("VARCHAR(10)", True, "'a'")),
        ("op.alter_column('t', 'X', nullable=False)", ("VARCHAR(10)", False, "'a'")),
    ],
)
def test_altered_columns(body: str, expected: tuple[str | None, bool, str | None]) -> None:
    x = migrated(body).columns["x"]
    assert (x.type, x.nullable, x.default) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("op.create_index('i', 't', ['x', sa.text('lower(y)')], unique=True)", [("i", ("x", "lower(y)"), True)]),
        ("op.create_index(op.f('i'), 't', ['x'], postgresql_concurrently=True)", [("i", ("x",), False)]),
        ("op.create_index('i', table_name='t', columns=['x'])\n    op.drop_index('i')", []),
        ("op.create_index('i', 't', ['x'])\n    op.drop_index(op.f('i'), table_name='t')", []),
        ("op.create_index('i', 't', ['x'])\n    op.drop_index('j', table_name='t')", [("i", ("x",), False)]),
        ("op.create_index('i', 't', ['x'])\n    op.drop_column('t', 'x')", []),
        ("op.create_index('i', 't', COLUMNS)", []),
        ("op.add_column('t', sa.Column('z', sa.Text, index=True))", [("ix_t_z", ("z",), False)]),
    ],
)
def test_indexes(body: str, expected: list[tuple[str | None, tuple[str, ...], bool]]) -> None:
    assert [index_facts(index) for index in migrated(body).indexes] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("op.create_unique_constraint('u', 't', ['x', 'y'])", {("unique", ("x", "y"), "")}),
        ("op.create_unique_constraint('u', 't', ['x'])\n    op.drop_constraint('u', 't', type_='unique')", set()),
        ("op.create_foreign_key('f', 't', 'o', ['x'], ['id'])", {("foreign", ("x",), "o(id)")}),
        ("op.create_foreign_key(None, 't', 'o', ['x'], ['id'], referent_schema='s')", {("foreign", ("x",), "s.o(id)")}),
        ("op.create_foreign_key(None, 't', 'o', ['x'], ['id'])\n    op.drop_constraint('t_x_fkey', 't')", set()),
        ("op.create_foreign_key('f', 't', 'o', ['x'], ['id'])\n    op.rename_table('o', 'p')", {("foreign", ("x",), "o(id)")}),
        ("op.create_check_constraint('c', 't', 'x > 0')", set()),
        ("op.add_column('t', sa.Column('z', sa.Integer, sa.ForeignKey('o.id')))", {("foreign", ("z",), "o(id)")}),
    ],
)  # fmt: skip
def test_keys(body: str, expected: set[tuple[str, tuple[str, ...], str]]) -> None:
    assert keys(migrated(body)) == {("primary", ("id",), ""), *expected}


def test_a_key_follows_the_table_it_refers_to() -> None:
    catalog = chain(
        ("a", None, "op.create_table('o', sa.Column('id', sa.Integer, primary_key=True))"),
        ("b", "a", "op.create_table('t', sa.Column('o_id', sa.Integer, sa.ForeignKey('o.id')))"),
        ("c", "b", "op.rename_table('o', 'p')"),
        ("d", "c", "op.rename_table('p', 'q')"),
    )
    assert keys(table(catalog, "t")) == {("foreign", ("o_id",), "q(id)")}


ADD = "op.add_column('t', sa.Column({0!r}, sa.Text))"
DROP = "op.drop_column('t', {0!r})"
FIRST = ("r1", None, CREATE)


@pytest.mark.parametrize(
    ("steps", "columns"),
    [
        ([FIRST, ("r2", "r1", DROP.format("x")), ("r3", "r2", ADD.format("x"))], {"x", "y"}),
        ([FIRST, ("r3", "r1", ADD.format("z")), ("r2", "r3", DROP.format("z"))], {"x", "y"}),
        ([FIRST, ("r2", "r1", DROP.format("x")), ("r3", "r1", DROP.format("y")), ("r4", ("r2", "r3"), ADD.format("x"))], {"x"}),
        ([FIRST, ("r2", "r1", ADD.format("v")), ("r3", "r1", ADD.format("w"))], {"x", "y", "v", "w"}),
        ([FIRST, ("r2", "gone", ADD.format("z"))], {"x", "y", "z"}),
        ([FIRST, ("r2", ["r1"], DROP.format("x"))], {"y"}),
    ],
    ids=["a line", "against the names", "a merge", "several heads", "a parent that is not there", "a list of one"],
)  # fmt: skip
def test_migrations_run_in_the_order_of_their_chain(steps: list[tuple[str, object, str]], columns: set[str]) -> None:
    for order in (steps, steps[::-1]):
        assert set(table(chain(*order), "t").columns) == {"id", *columns}


def test_a_circle_and_two_of_one_name_do_no_harm() -> None:
    catalog = chain(("r1", "r2", CREATE), ("r2", "r1", ADD.format("z")), ("r2", "r1", ADD.format("w")))
    assert {"id", "x", "y"} <= set(table(catalog, "t").columns)


def test_depends_on_orders_two_branches() -> None:
    late = migration(DROP.format("x"), "a1", None, "depends_on = 'z9'\n")
    files = {"versions/a1.py": late, "versions/z9.py": migration(CREATE, "z9", None)}
    assert set(table(project(files, "postgres"), "t").columns) == {"id", "y"}


def test_two_environments_are_two_homes() -> None:
    drop = migration("op.drop_table('t')", "c", None)
    files = {"one/versions/a.py": migration(CREATE, "a", None), "two/versions/c.py": drop}
    assert len(project(files, "postgres")) == 1
    assert len(project({**files, "one/versions/c.py": migration("op.drop_table('t')", "c", "a")}, "postgres")) == 0


def test_downgrade_is_not_run() -> None:
    text = migration(CREATE, "a", None) + "\ndef downgrade():\n    op.drop_table('t')\n    op.execute('DROP TABLE t')\n"
    assert len(project({"versions/a.py": text}, "postgres")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "from alembic import op\nimport sqlalchemy as sa\ndef upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer))\n",
        "import sqlalchemy as sa\nrevision = 'a'\ndown_revision = None\nop = tool()\ndef upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer))  # alembic\n",
        "from alembic import op\nimport sqlalchemy as sa\nrevision = make()\ndown_revision = None\ndef upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer))\n",
        "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a'\ndown_revision = None\ndef run():\n    op.create_table('t', sa.Column('id', sa.Integer))\n",
        "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a'\ndown_revision = None\ndef upgrade():\n    op.create_table(name(), sa.Column('id', sa.Integer))\n",
    ],
    ids=["no revision", "another op", "a made revision", "not run", "a made name"],
)  # fmt: skip
def test_what_is_no_migration(text: str) -> None:
    assert len(project({"versions/a.py": text}, "postgres")) == 0


def test_what_a_created_table_does_not_say_it_does_not_know() -> None:
    found = table(
        project({"versions/a.py": migration("op.create_table('t', sa.Column('id', sa.Integer), *more())", "a", None)}),
        "t",
    )
    assert not found.complete
    assert shapes(found) == {"id": ("INTEGER", True)}


def test_a_table_has_its_schema_and_its_places() -> None:
    text = migration("op.create_table('t', sa.Column('id', sa.Integer), schema='shop', comment='c')", "a", None)
    found = table(project({"versions/a.py": text}), "shop.t")
    assert found.location is not None
    assert text[found.location.span.start : found.location.span.end] == "'t'"
    assert (str(found.name), found.comment, found.primary_key) == ("shop.t", "c", None)
    assert not any(key.kind is KeyKind.PRIMARY for key in found.keys)


LOOPS = "".join("    " * (at + (at > 0)) + f"for x{at} in {list(range(150))}:\n" for at in range(8))


@pytest.mark.parametrize(
    "body",
    [
        LOOPS + "    " * 9 + "op.drop_column('t', 'c')",
        "again()",
        "op.create_table()\n    op.add_column('t')\n    op.create_index()\n    op.create_foreign_key('a')\n    op.execute()",
        "op.create_table('t', *x, **y)\n    op.alter_column('t')\n    op.rename_table('a')\n    op.drop_constraint()",
        "op.create_table('', sa.Column())\n    op.create_table('x', sa.Column(''))\n    op.drop_index(None)",
        "with op.batch_alter_table(t()) as b, b as c:\n        b.drop_column()\n        c.drop_column('x')",
        "op.create_index('x', 't', names)",
    ],
    ids=[
        "loops",
        "a helper that calls itself",
        "no arguments",
        "open arguments",
        "empty",
        "batches",
        "lists of themselves",
    ],
)
def test_hostile_code_ends_soon(body: str) -> None:
    more = "names = [*names, *names]\ndef again():\n" + "    again()\n" * 300
    start = time.perf_counter()
    facts("versions/a.py", migration(body, "a", None, more))
    assert time.perf_counter() - start < 20
