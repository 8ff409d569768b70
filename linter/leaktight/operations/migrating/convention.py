"""Which files are migrations, what runs them, and whether that opens a transaction around them."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

from leaktight.catalog.order import is_undo
from leaktight.context import path_context
from leaktight.lazy import record, regex
from leaktight.source import Language

if TYPE_CHECKING:
    from leaktight.operations.file import FileView
    from leaktight.text import Span

_SCHEMA_DUMPS = frozenset({"schema.sql", "structure.sql", "dump.sql", "schema.rb", "create_tables.sql", "tables.sql"})
_SAMPLE_DATA = regex(r"(?:^|[^a-z])(?:sample|demo|dummy|test|seed)[-_]?data")
_FLYWAY = regex(r"^V\d[\d._]*__[^/]*\.sql$")
_BASELINE = regex(r"^B\d[\d._]*__[^/]*\.sql$")
"""What Flyway runs in place of all migrations before it, on a database without tables."""
_NUMBERED = regex(r"^(?:[vV]\d+(?:[._]\d+)*|\d{3,})[_.-][^/]*\.sql$")
_VERSION = regex(r"(?:^|/)[vV]?\d+\.\d+(?:\.\d+)*(?:/[^/]*)?\.sql$")
_PRISMA = regex(r"(?:^|/)migrations/\d{14}_[^/]*/migration\.sql$")
_UP = regex(r"\.up\.sql$")
_UPGRADE = regex(
    r"(?:^|/)(?:upgrade|patch|alter|update[_-](?:to|from|v?\d))[^/]*\.sql$|"
    r"(?:^|/)(?:changes|patches|deploy|updates|upgrades)/[^/]*\.sql$"
)
_GOOSE = regex(r"^--[ \t]*\+goose[ \t]+up\b", re.IGNORECASE | re.MULTILINE)
_DBMATE = regex(r"^--[ \t]*migrate:up\b(?P<options>[^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_LIQUIBASE = regex(r"^--[ \t]*liquibase[ \t]+formatted[ \t]+sql\b", re.IGNORECASE | re.MULTILINE)
_CHANGESET = regex(r"^--[ \t]*changeset\b[^\r\n]*", re.IGNORECASE | re.MULTILINE)
_SQITCH = regex(r"^--[ \t]*deploy[ \t]+[\w./-]+(?::[\w./-]+)?[ \t]+to[ \t]+\w+", re.IGNORECASE | re.MULTILINE)
_DBT = regex(r"\{\{-?\s*(?:ref|source|config|this)\b")
_ATOMIC = regex(r"^[ \t]*atomic\s*=\s*False\b", re.MULTILINE)
_NO_TRANSACTION_JS = regex(r"\btransaction\s*[:=]\s*false\b|\bnoTransaction\s*\(")

_WITHIN_A_PROGRAM = regex(r"/(?:hsqldb|hsql|h2|derby)/")
"""Folders for databases that live and die with a test or a developer's server, beside those of the real ones."""
_PER_CHANGESET = "liquibase"
_SENT_WHOLE = frozenset({"prisma", "golang-migrate"})
"""Tools that send a file as one query: PostgreSQL runs two or more statements of one query in one transaction."""


@record(frozen=True, slots=True)
class Convention:
    """How a migration is run.

    `tool` is what runs it, as far as that shows. `transaction` says whether it opens a transaction around each file; None
    where that is not known.
    """

    tool: str = ""
    transaction: bool | None = None

    def around(self, text: str, span: Span, statements: int) -> bool | None:
        """Say whether the tool has a transaction open around a place in the text of a file with so many statements."""
        if self.tool in _SENT_WHOLE:
            return statements > 1
        if self.tool == _PER_CHANGESET:
            places, inside = _changesets(text)
            before = bisect_left(places, span.start)
            return inside[before - 1] if before else None
        return self.transaction


@lru_cache(maxsize=1)
def _changesets(text: str) -> tuple[list[int], list[bool]]:
    """Give where Liquibase's changesets begin, and of each whether it runs in a transaction."""
    heads = list(_CHANGESET.finditer(text))
    inside = ["runintransaction:false" not in head[0].lower().replace(" ", "") for head in heads]
    return [head.start() for head in heads], inside


def convention(view: FileView) -> Convention | None:
    """Give how a file is run as a migration; None for a file that is none, or takes one back.

    Nor are tests, fixtures, dumps of a schema, files that make all of it at once beside numbered migrations, what is for a
    database within a program (H2, HSQLDB, Derby), and models of dbt.
    """
    path = view.source.path
    name = path.rpartition("/")[2]
    if view.path.test or view.path.fixture or name.lower() in _SCHEMA_DUMPS or is_undo(path):
        return None
    if path in view.project.whole_schemas or _BASELINE.match(name):
        return None
    if _SAMPLE_DATA.search(path.lower()) or _WITHIN_A_PROGRAM.search(f"/{path.lower()}"):
        return None
    if view.source.language is Language.SQL:
        return _of_sql(path, name, view.source.text, named=view.path.migration)
    return _of_host(view.source.language, view.source.text) if view.path.migration else None


def is_migration(path: str) -> bool:
    """Say whether a path alone names a change of the schema, or what takes one back."""
    name = path.rpartition("/")[2]
    if path_context(path).migration or is_undo(path):
        return True
    return path.endswith(".sql") and bool(_FLYWAY.match(name) or _is_named(path, name))


def _is_named(path: str, name: str) -> bool:
    """Say whether a number, a version or a word in the path of a SQL file tells of an upgrade."""
    return bool(_NUMBERED.match(name) or _VERSION.search(path) or _UPGRADE.search(path.lower()))


def _of_sql(path: str, name: str, text: str, *, named: bool) -> Convention | None:
    if "{{" in text and _DBT.search(text):
        return None
    if "--" in text:
        marked = _marked(text)
        if marked is not None:
            return marked
    if _FLYWAY.match(name):
        return Convention("flyway", True)
    if _PRISMA.search(path):
        return Convention("prisma")
    if _UP.search(path):
        return Convention("golang-migrate")
    if named or _is_named(path, name):
        return Convention()
    return None


def _marked(text: str) -> Convention | None:
    """Give the tool that comments of the file speak to."""
    if _GOOSE.search(text):
        return Convention("goose", "+goose no transaction" not in text.lower())
    dbmate = _DBMATE.search(text)
    if dbmate is not None:
        return Convention("dbmate", "transaction:false" not in dbmate["options"].lower().replace(" ", ""))
    if _LIQUIBASE.search(text):
        return Convention(_PER_CHANGESET, True)
    if _SQITCH.search(text[:4000]):
        return Convention("sqitch", False)
    return None


def _of_host(language: Language, text: str) -> Convention:
    if language is Language.PYTHON:
        if "alembic" in text:
            return Convention("alembic", None if "autocommit_block" in text else True)
        if "django" in text:
            return Convention("django", not _ATOMIC.search(text))
        return Convention()
    if "queryRunner" in text or "knex" in text or "pgm." in text:
        tool = "typeorm" if "queryRunner" in text else "knex" if "knex" in text else "node-pg-migrate"
        return Convention(tool, not _NO_TRANSACTION_JS.search(text))
    return Convention()
