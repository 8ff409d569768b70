"""Queries for databases that are not connected to: what is run there by hand, and read back as a file for each query.

Each result says what engine it is of in the column `dialect`; the other columns have the names that the reader of dumps
knows, whatever the engine's own view calls them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from leaktight.lazy import record

ENGINES = {
    "bigquery": "BigQuery",
    "databricks": "Databricks",
    "mysql": "MySQL and MariaDB",
    "postgres": "PostgreSQL",
    "redshift": "Redshift",
    "snowflake": "Snowflake",
    "sqlserver": "SQL Server",
}
"""The engines that there are queries for, by the word that the command takes."""

DIALECTS = {"sqlserver": "tsql"}
"""The dialect of an engine whose word is another."""


@record(frozen=True, slots=True)
class Query:
    """A query: the `name` of the file to save its result in, without an ending, what it gives, and its text."""

    name: str
    about: str
    sql: str


@record(frozen=True, slots=True)
class Queries:
    """An engine's queries, and what is to be done with them: `how` to run one, and what in them to put right."""

    engine: str
    how: tuple[str, ...]
    queries: tuple[Query, ...]


def queries_of(engine: str) -> Queries:
    """Give the queries of one of `ENGINES`."""
    found: Queries = import_module(f"{__name__}.{engine}").QUERIES
    return found


def dialect_of(engine: str) -> str:
    """Give the dialect that an engine's queries, names and types are in."""
    return DIALECTS.get(engine, engine)


def known(words: Mapping[str, str] = ENGINES) -> str:
    """Give the engines' words as a list for a sentence."""
    return ", ".join(f"`{word}`" for word in words)
