"""sqlglot's dialects by their names, and what is known of the engines behind them."""

from __future__ import annotations

from sqlglot.dialects.dialect import Dialect

_DIALECTS: dict[str, Dialect] = {}


def dialect_named(name: str) -> Dialect:
    """Give sqlglot's dialect of a name; an empty name is the generic one. Raises ValueError for an unknown name."""
    dialect = _DIALECTS.get(name)
    if dialect is None:
        dialect = _DIALECTS[name] = Dialect.get_or_raise(name or None)
    return dialect


WAREHOUSES = frozenset(
    """bigquery snowflake redshift databricks spark spark2 hive athena presto trino clickhouse duckdb dremio drill fabric
    druid teradata starrocks doris""".split()
)
"""Dialects of column stores, where a scan is the unit of cost and an index is not."""
