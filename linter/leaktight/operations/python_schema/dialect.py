"""Which database a Python file's tables stand in, as far as its imports or its project say."""

from __future__ import annotations

from leaktight.operations.python_schema.code import Code

_WORDS = {
    "postgresql": "postgres", "django.contrib.postgres": "postgres", "mysql": "mysql", "mssql": "tsql",
    "oracle": "oracle", "geoalchemy2": "postgres", "psycopg2": "postgres", "pgvector": "postgres",
    "snowflake": "snowflake", "sqlalchemy_bigquery": "bigquery", "pybigquery": "bigquery",
    "clickhouse_sqlalchemy": "clickhouse", "sqlalchemy_redshift": "redshift",
}  # fmt: skip


def dialect_of(code: Code, hint: str = "") -> str:
    """Give the dialect that a module's imports name, if just one; else the hint."""
    found = set()
    for path in code.imports.values():
        parts = path.split(".")
        for word, dialect in _WORDS.items():
            if word in parts or path.startswith(word):
                found.add(dialect)
    return found.pop() if len(found) == 1 else hint
