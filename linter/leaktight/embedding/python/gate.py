"""The byte gate before the parser: which families of code a Python file can hold at all.

A literal costs about as much as reading the file once. So a first look asks for few, and libraries are
looked for in the lines that import something.
"""

from __future__ import annotations

from collections.abc import Mapping

IMPORTED: Mapping[str, tuple[bytes, ...]] = {
    "aws": (b"boto", b"pynamo", b"wrangler", b"aws_lambda"),
    "orchestration": (b"airflow", b"dagster", b"prefect"),
    "spark": (b"spark", b"awsglue", b"snowpark", b"databricks"),
    "frames": (b"pandas", b"polars"),
    "orm": (b"sqlalchemy", b"sqlmodel", b"alembic", b"django.db", b".models"),
}
"""For each family the lower-case literals of which an import must hold one."""

NAMED: Mapping[str, tuple[bytes, ...]] = {"aws": (b"lambda_handler",), "spark": (b"spark.", b"dbt.ref")}
"""For families whose objects are there without an import, literals that the text must hold."""

_SQL_WORDS = (b"sql", b"execute", b"select", b"query", b"fetch", b" into ", b"update ", b"delete from", b" table ")
_SQL_CALLS = (
    b"execute", b"read_sql", b"read_gbq", b"read_database", b".sql(", b"sql=", b".query", b"query=", b"querystring",
    b"rawsql", b".raw(", b"fetchrow", b"fetchval", b".fetch(", b"get_records", b"get_first", b"get_pandas_df",
    b"get_df", b"insert into", b"delete from", b"merge into", b"create table", b"create or replace", b"truncate table",
    b"alter table", b"drop table", b"hql=", b"sql =", b"query =",
)  # fmt: skip
_SQL_PAIRS = ((b"select", b"from"), (b"update ", b"set "))

triggers: tuple[bytes, ...] = (
    *_SQL_WORDS,
    *(word for words in (*IMPORTED.values(), *NAMED.values()) for word in words),
)
"""The lower-case literals of the first look: a file with none of them holds nothing of interest."""


def gate(data: bytes) -> frozenset[str]:
    """Give the families that the bytes of a Python file may belong to; none means that it need not be parsed.

    Beside the names of `IMPORTED`, `sql`: calls that take SQL, or statements.
    """
    folded = data.lower()
    lines = _import_lines(folded)
    found = {family for family, words in IMPORTED.items() if _any(lines, words)}
    found.update(family for family, words in NAMED.items() if family not in found and _any(folded, words))
    if _any(folded, _SQL_WORDS) and (
        _any(folded, _SQL_CALLS) or any(first in folded and second in folded for first, second in _SQL_PAIRS)
    ):
        found.add("sql")
    return frozenset(found)


def _import_lines(folded: bytes) -> bytes:
    lines: list[bytes] = []
    at = folded.find(b"import")
    while at >= 0:
        end = folded.find(b"\n", at)
        if end < 0:
            end = len(folded)
        lines.append(folded[folded.rfind(b"\n", 0, at) + 1 : end])
        at = folded.find(b"import", end)
    return b"\n".join(lines)


def _any(data: bytes, words: tuple[bytes, ...]) -> bool:
    for word in words:  # noqa: SIM110 - half the time of any() over a generator
        if word in data:
            return True
    return False
