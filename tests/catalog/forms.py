"""The forms that the shop is described in: of each what it cannot say, and why, and what it says in words of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leaktight.catalog.declaration import Origin

Said = Mapping[str, object]
"""Facts by patterns of what they are of: `*.nullable`, `orders.owner`."""
Why = Mapping[str, str]


@dataclass(frozen=True)
class Form:
    """A form of describing tables.

    `folder` is that of the fixture, `only` the beginning of its paths that count. `cannot` has the facts for which the form
    has no words, each with the reason; nothing may be said of them. `says` has those that it says in other words, `types`
    its words for types. `named` is what it calls a table. `marks` are what the line at the place of a fact shows, where
    that is not the general one. `within` says that the place of a fact is all of the entry of its table.
    """

    folder: str
    cannot: Why
    says: Said = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    dialect: str | None = "postgres"
    named: str = "shop.{}"
    marks: Mapping[str, str] = field(default_factory=dict)
    only: str = ""
    kinds: frozenset[str] = frozenset({"table", "external", "model", "seed"})
    within: bool = False


_SIZE = {"*.statistics": "what describes a table does not count its rows"}
_ROLE = {"*.role": "what a store is for, the configuration says"}
_GOVERNED = {
    "*.owner": "a statement of SQL has no owner",
    "*.retention": "a statement of SQL has no retention",
    "*.classification": "a statement of SQL has no classes of data",
}
_UNSORTED = {"*.clustering": "PostgreSQL keeps no table sorted"}
_NO_INDEX = {"*.indexes": "the engine has no indexes of its users'"}
_SQL: Why = {**_SIZE, **_ROLE, **_GOVERNED, **_UNSORTED}
_SAYS_PLACE = "the line of the table's own statement"

FORMS: dict[str, Form] = {}

# DDL

for _tool in (
    "flyway", "flyway_folders", "golang_migrate", "dbmate", "sqitch", "liquibase", "numbered", "goose", "node_pg_migrate",
    "prisma",
):  # fmt: skip
    FORMS[_tool] = Form(f"migrations/{_tool}", _SQL)
_NAMED_INDEX = ("orders_customer_created", ("customer_id", "created_at"), False)
FORMS["ddl of postgres"] = Form("live", _SQL, only="postgres.sql")
FORMS["ddl of duckdb"] = Form(
    "live",
    {**_SQL, "*.partitioning": "DuckDB has no partitions"},
    types={"JSONB": "VARCHAR"},
    dialect="duckdb",
    only="duckdb.sql",
)
FORMS["ddl of sqlite"] = Form(
    "live",
    {**_SQL, "*.partitioning": "SQLite has no partitions", "orders.comment": "SQLite has no comments"},
    types={"JSONB": "TEXT"},
    dialect="sqlite",
    named="{}",
    only="sqlite.sql",
)
FORMS["ddl of mysql"] = Form(
    "live", _SQL, types={"TIMESTAMPTZ": "DATETIME", "JSONB": "JSON"}, dialect="mysql", only="mysql.sql"
)
_LAKE = {**_SIZE, **_ROLE, **_NO_INDEX, "*.classification": _GOVERNED["*.classification"],
         "*.retention": _GOVERNED["*.retention"]}  # fmt: skip
FORMS["delta"] = Form(
    "spark/delta",
    {**_LAKE, "customers.unique": "Delta knows no unique keys"},
    {"events.partitioning": ("hive", ("occurred_at",))},
    {"TIMESTAMPTZ": "TIMESTAMP", "JSONB": "VARIANT"},
    "databricks",
)
FORMS["iceberg"] = Form(
    "spark/iceberg",
    {
        **_LAKE,
        "customers.unique": "identifier fields are one key alone",
        "orders.foreign": "identifier fields refer to no other table",
        "*.default": "the DDL of Iceberg in Spark takes no defaults",
    },
    {"events.partitioning": ("transform", ("occurred_at",))},
    {"TIMESTAMPTZ": "TIMESTAMP", "JSONB": "STRING", "VARCHAR(255)": "STRING", "VARCHAR(20)": "STRING",
     "VARCHAR(40)": "STRING", "CHAR(2)": "STRING"},
    "spark",
    "lake.shop.{}",
    {"*.primary": "identifier fields"},
)  # fmt: skip
FORMS["hive"] = Form(
    "spark/hive",
    {
        **_LAKE,
        "*.default": "the table is an external one, for which Hive takes no defaults",
        "orders.clustering": "buckets are not sorted",
        "events.primary": "a partition column of Hive can be in no key",
    },
    {"events.partitioning": ("hive", ("occurred_at",)), "events.occurred_at.nullable": True},
    {"TIMESTAMPTZ": "TIMESTAMP", "JSONB": "STRING"},
    "hive",
)

# Code

_CODE: Why = {**_SIZE, **_ROLE, **_UNSORTED}
_DJANGO: Why = {
    **_SQL,
    "*.partitioning": "Django has no words for partitions",
}
FORMS["alembic"] = Form("alembic", _CODE)
FORMS["django migrations"] = Form("django/migrations", _DJANGO)
FORMS["django models"] = Form("django/models", _DJANGO, types={"CHAR(2)": "VARCHAR(2)"})
for _style in ("classic", "mapped", "core", "sqlmodel"):
    FORMS[f"sqlalchemy {_style}"] = Form(f"sqlalchemy/{_style}", _CODE)

# dbt and SQLMesh

FORMS["dbt"] = Form("dbt", {}, only="", kinds=frozenset({"model"}), named="{}", dialect=None)
FORMS["dbt manifest"] = Form("dbt", {}, only="target/manifest.json", kinds=frozenset({"model"}), named="{}", dialect=None, within=True)
FORMS["dbt catalog"] = Form("dbt", {}, only="target/catalog.json", kinds=frozenset({"model"}), named="{}", dialect=None, within=True)
FORMS["sqlmesh"] = Form("sqlmesh", {}, only="models", dialect=None)

# Contracts

FORMS["open data contract"] = Form("open_data_contract", {}, named="app.shop.{}")
FORMS["data contract specification"] = Form("data_contract_specification", {}, named="app.shop.{}")

# What was read from a database

FORMS["snapshot"] = Form("snapshot", {})
for _engine in ("postgres.json", "postgres_lines.json", "mysql.json", "bigquery.json", "snowflake.csv", "redshift.csv", "databricks.csv"):
    FORMS[f"information_schema {_engine}"] = Form("information_schema", {}, only=_engine, dialect=None)

# Infrastructure

FORMS["terraform bigquery"] = Form("terraform", {}, only="bigquery.tf", dialect=None)
FORMS["terraform glue"] = Form("terraform", {}, only="glue.tf", dialect=None)
