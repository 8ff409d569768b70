"""Which names a renamed schema has, and whose it is."""

from __future__ import annotations

import pytest

from leaktight_rules.migration.domain_constraint_without_not_valid import DomainConstraintWithoutNotValid
from leaktight_rules.migration.rename_schema import RenameSchema

PATH = "migrations/0002_more.sql"
REVISION = """\
from alembic import op

revision = "2"
down_revision = "1"


def upgrade():
    op.execute("{}")
    op.execute("{}")
"""


@pytest.mark.parametrize(
    ("sql", "dialect", "names"),
    [
        ("alter schema shop rename to store;", "postgres", "`shop` to `store`"),
        ('alter schema "Shop" rename to "Store";', "postgres", "`Shop` to `Store`"),
        ("alter schema if exists shop rename to store;", "snowflake", "`shop` to `store`"),
        ("alter schema live.shop rename to live.store;", "snowflake", "`live.shop` to `store`"),
    ],
)
def test_both_names_are_told(check, sql: str, dialect: str, names: str) -> None:
    (found,) = check(RenameSchema(), sql, path=PATH, dialect=dialect)
    assert found.message.startswith(f"renaming the schema {names} breaks")


@pytest.mark.parametrize(
    ("rule", "made", "change", "count"),
    [
        (RenameSchema, "create schema shop", "alter schema shop rename to store", 0),
        (RenameSchema, "create schema more", "alter schema shop rename to store", 1),
        (DomainConstraintWithoutNotValid, "create domain rate as int", "alter domain rate set not null", 0),
        (DomainConstraintWithoutNotValid, "create domain share as int", "alter domain rate set not null", 1),
        (DomainConstraintWithoutNotValid, "create domain share as int", "alter domain tmp_rate set not null", 0),
    ],
)
def test_what_another_statement_of_the_file_makes_is_new(check, rule, made: str, change: str, count: int) -> None:
    assert len(check(rule(), REVISION.format(made, change), path="migrations/versions/2_more.py")) == count
