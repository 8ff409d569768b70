"""What a file's bytes and its place in a migration say of the facts that it tells."""

from __future__ import annotations

import pytest

from leaktight.operations.facts import file_facts, tells_facts
from leaktight.operations.project import Project
from leaktight.source import Language, Source

HEAD = "import psycopg2\ncur = psycopg2.connect('').cursor()\n"


def kinds(text: str, language: Language, path: str) -> list[str]:
    """Give the changes that a file tells, its gate included, by their kinds."""
    if not tells_facts("a", text.encode(), language):
        return []
    return [type(change).__name__ for change in file_facts(Source(path, text, language), "postgres", Project()).changes]


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        (Language.SQL, "create table t (a int);", ["CreateTable"]),
        (Language.SQL, "CREATE\n  OR REPLACE -- the shop's\n  TABLE t (a int);", ["CreateTable"]),
        (Language.SQL, "select 1 as a, now() as b into newt;", ["CreateTable"]),
        (Language.SQL, "alter table t rename to u;", ["RenameTable"]),
        (Language.SQL, "insert into t select created_at from dropped;", []),
        (Language.PYTHON, HEAD + "cur.execute('create unique index ux on t (a)')", ["AddIndex"]),
        (Language.PYTHON, HEAD + "cur.execute('create  table t (a int)')", ["CreateTable"]),
        (Language.PYTHON, HEAD + 'cur.execute("""alter\n table t add b int""")', ["AddColumn"]),
        (Language.PYTHON, HEAD + "cur.execute('drop table t')", ["DropTable"]),
        (Language.PYTHON, HEAD + "cur.execute('select created from tables')", []),
        (Language.JAVASCRIPT, "pool.query('create unique index ux on t (a)')", ["AddIndex"]),
    ],
)
def test_gates(language: Language, text: str, told: list[str]) -> None:
    assert kinds(text, language, "a.x") == told


@pytest.mark.parametrize("language", list(Language))
def test_no_gate_can_read_utf_16(language: Language) -> None:
    assert tells_facts("a", "create table t (a int)".encode("utf-16"), language)


ALEMBIC = """
from alembic import op

def upgrade():
    op.execute("create table t (a int)")

def {name}():
    for table in ("t",):
        op.execute("alter table t drop column a")
"""
KNEX = """
exports.up = async (knex) => {{ await knex.raw('create table t (a int)'); }};
exports.{name} = function (knex) {{ return knex.transaction(async (trx) => {{ await trx.raw('drop table t'); }}); }};
"""
TYPEORM = """
export class Shop1 {{
  async up(runner) {{ await runner.query(`create table t (a int)`); }}
  async {name}(runner) {{ await runner.query(`drop table t`); }}
}}
"""


@pytest.mark.parametrize(
    ("language", "template", "name", "told"),
    [
        (Language.PYTHON, ALEMBIC, "downgrade", ["CreateTable"]),
        (Language.PYTHON, ALEMBIC, "upgrade_more", ["CreateTable", "DropColumn"]),
        (Language.JAVASCRIPT, KNEX, "down", ["CreateTable"]),
        (Language.JAVASCRIPT, KNEX, "down_to_two", ["CreateTable", "DropTable"]),
        (Language.TYPESCRIPT, TYPEORM, "down", ["CreateTable"]),
        (Language.TYPESCRIPT, TYPEORM, "next", ["CreateTable", "DropTable"]),
    ],
)
def test_what_takes_a_migration_back_is_no_fact(language: Language, template: str, name: str, told: list[str]) -> None:
    assert kinds(template.format(name=name), language, "migrations/0001_a.x") == told
