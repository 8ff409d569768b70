"""Files that record the tables of a database as they stood one day: no change of such a file changes the database."""

from __future__ import annotations

import re

from leaktight.lazy import regex

_HEAD = 2000
"""How far into a file the words stand by which a tool says that it wrote the file."""
_WRITTEN_BY_TOOL = regex(
    # pgAdmin's "CREATE script", then DBeaver's, each about one table that somebody has looked at.
    r"^-- Table: [^\r\n]+\r?\n(?:[^\r\n]*\r?\n){1,8}?CREATE TABLE IF NOT EXISTS |\A\s*-- \S+[.\"`]\S+ definition[ \t]*\r?$",
    re.MULTILINE,
)
_TAKEN_ON = regex(
    r"/(?:[^/]*[_-])?(?:snapshots?|dumps?|live|exports?)(?:[_-][^/]*)?/(?:[^/]*/)*\d{4}[-_]?\d\d[-_]?\d\d(?:[_-][^/]*)?/"
)


_DUMP = regex(r"^-- (?:PostgreSQL database dump|(?:MySQL|MariaDB) dump \d)|^SET statement_timeout = 0;", re.MULTILINE)
"""The words by which a dump calls itself one."""


def is_dump(text: str) -> bool:
    """Say whether a file is what `pg_dump` or `mysqldump` wrote: a schema as a database had it, in the database's words."""
    return _DUMP.search(text, 0, _HEAD) is not None


def is_recorded(path: str, text: str) -> bool:
    """Say whether a file was taken from a database: a tool's words at its head, or a folder of snapshots with a date."""
    return _TAKEN_ON.search(f"/{path.lower()}") is not None or _WRITTEN_BY_TOOL.search(text, 0, _HEAD) is not None
