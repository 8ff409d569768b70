"""The forms that the shop is described in: of each what it cannot say, and why, and what it says in words of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Said = Mapping[str, object]
"""Facts by patterns of what they are of: `*.nullable`, `orders.owner`."""
Why = Mapping[str, str]


@dataclass(frozen=True)
class Form:
    """A form of describing tables.

    `folder` is that of the fixture, `only` the beginnings of its paths that count. `cannot` has the facts for which the form
    has no words, each with the reason; nothing may be said of them. `says` has those that it says in other words, `types`
    its words for types. `named` is what it calls a table. `marks` are what the line at the place of a fact shows, where
    that is not the general one. `within` says that the place of a fact is where the entry of
    its table begins.
    """

    folder: str
    cannot: Why
    says: Said = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    dialect: str | None = "postgres"
    named: str = "shop.{}"
    marks: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ("",)
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

FORMS: dict[str, Form] = {}

# DDL

for _tool in (
    "flyway", "flyway_folders", "golang_migrate", "dbmate", "sqitch", "liquibase", "numbered", "goose", "node_pg_migrate",
    "prisma",
):  # fmt: skip
    FORMS[_tool] = Form(f"migrations/{_tool}", _SQL)
FORMS["ddl of postgres"] = Form("live", _SQL, only=("postgres.sql",))
FORMS["ddl of duckdb"] = Form(
    "live",
    {**_SQL, "*.partitioning": "DuckDB has no partitions"},
    types={"JSONB": "VARCHAR"},
    marks={"events.payload.type": "VARCHAR"},
    dialect="duckdb",
    only=("duckdb.sql",),
)
FORMS["ddl of sqlite"] = Form(
    "live",
    {**_SQL, "*.partitioning": "SQLite has no partitions", "orders.comment": "SQLite has no comments"},
    types={"JSONB": "TEXT"},
    dialect="sqlite",
    named="{}",
    only=("sqlite.sql",),
)
FORMS["ddl of mysql"] = Form(
    "live", _SQL, types={"TIMESTAMPTZ": "DATETIME", "JSONB": "JSON"}, dialect="mysql", only=("mysql.sql",)
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
    {"*.primary": "identifier fields", "*.type": "STRING|BIGINT|DECIMAL|TIMESTAMP"},
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
_DJANGO: Why = {**_SQL, "*.partitioning": "Django has no words for partitions"}
_FOREIGN_TYPE = {"orders.customer_id.*": "customer"}
"""The type of a column that refers to another one is that one's; it is said where it refers."""
_MIXIN = ("created_at", "order_id", "customer_id", "status", "total")
_LATE = ("customer_id", "email", "created_at", "country")
"""The columns of the customers where a migration adds one."""
FORMS["alembic"] = Form("alembic", _CODE, {"customers.columns": _LATE})
FORMS["django migrations"] = Form(
    "django/migrations",
    _DJANGO,
    {"customers.columns": _LATE, "orders.columns": ("order_id", "status", "total", "created_at", "customer_id")},
    marks={
        "customers.name": "Client",
        "customers.columns": "Client",
        "orders.customer_id.*": "ForeignKey",
        "orders.status.nullable": '"state"',
    },
)
FORMS["django models"] = Form(
    "django/models", _DJANGO, {"orders.columns": _MIXIN}, {"CHAR(2)": "VARCHAR(2)"}, marks=_FOREIGN_TYPE
)
_FORMER = {"*_id.nullable": "_id|primary_key=True"}
for _style, _order in (("classic", {"orders.columns": _MIXIN}), ("mapped", {"orders.columns": _MIXIN}), ("core", {}),
                       ("sqlmodel", {"customers.columns": ("email", "country", "customer_id", "created_at")})):  # fmt: skip
    FORMS[f"sqlalchemy {_style}"] = Form(f"sqlalchemy/{_style}", _CODE, _order, marks={**_FOREIGN_TYPE, **_FORMER})

# dbt and SQLMesh

_WAREHOUSE = {"*.role": "olap"}
"""What a tool for warehouses makes stands in one."""
_DBT: Why = {
    "*.default": "a model gives each column its value",
    "customers.country.nullable": "tests and constraints say what is never NULL, and nothing of what may be",
    "events.order_id.nullable": "as for the country",
    "events.payload.nullable": "as for the country",
}
_NO_NAME_OF_INDEX = {"orders.indexes": ((None, ("customer_id", "created_at"), False),)}
_NO_UNIQUE = {"customers.unique": "BigQuery knows no unique keys"}
_BY_DAY = {"events.partitioning": ("time", ("occurred_at",))}
FORMS["dbt"] = Form(
    "dbt",
    {**_SIZE, **_DBT},
    {**_WAREHOUSE, **_NO_NAME_OF_INDEX, **_BY_DAY},
    dialect=None,
    named="{}",
    only=("dbt_project.yml", "models/", "seeds/"),
    kinds=frozenset({"model"}),
    marks={"*.name": r"config\(|select", "*.columns": r"config\(|select", "customers.customer_id.nullable": "primary_key",
           "orders.owner": "meta", "orders.retention": "meta", "orders.clustering": "cluster_by",
           "events.partitioning": "partition_by", "*.email.classification": "pii"},
)  # fmt: skip
FORMS["dbt manifest"] = Form(
    "dbt",
    {
        **_SIZE,
        **_DBT,
        "*.partitioning": "the adapter of PostgreSQL, which this one names, cuts no table",
        "*.clustering": "the adapter of PostgreSQL, which this one names, sorts no table",
    },
    {**_WAREHOUSE, **_NO_NAME_OF_INDEX},
    dialect=None,
    named="{}",
    only=("target/manifest.json",),
    kinds=frozenset({"model"}),
    within=True,
)
_HEADER = "a header is names alone, and the types are the project's"
_COUNTED: Why = {
    "*.nullable": "the catalog of dbt lists columns, their types and comments alone",
    "*.default": "as for what may be NULL",
    "*.primary": "as for what may be NULL",
    "*.unique": "as for what may be NULL",
    "*.foreign": "as for what may be NULL",
    "*.indexes": "as for what may be NULL",
    "*.partitioning": "as for what may be NULL",
    "*.clustering": "as for what may be NULL",
    "*.classification": "as for what may be NULL",
    "*.retention": "as for what may be NULL",
    "*.role": "as for what may be NULL",
    "*.complete": "without the manifest of the same run it may be older than a column",
    "*.owner": "its owner is the role that made the table, not who answers for it",
}
FORMS["dbt catalog"] = Form(
    "dbt", _COUNTED, dialect=None, named="{}", only=("target/catalog.json",), kinds=frozenset({"model"}), within=True
)
FORMS["dbt seeds"] = Form(
    "dbt_seeds",
    {**{fact: _HEADER for fact in _COUNTED if fact not in ("*.role", "*.complete")}, **_SIZE, "*.comment": _HEADER},
    _WAREHOUSE,
    dialect=None,
    named="{}",
    kinds=frozenset({"seed"}),
    marks={"orders.*.type": "column_types"},
)  # fmt: skip
_SQLMESH: Why = {
    **_SIZE,
    **_DBT,
    **_NO_INDEX,
    "*.primary": "a grain is unique and not called the primary key",
    "*.foreign": "what a model refers to is a join, and no key",
    "*.classification": "SQLMesh has no classes of data",
    "*.retention": "SQLMesh has no retention",
}
_GRAINS = {"customers.unique": (("customer_id",), ("email",)), "orders.unique": (("order_id",),),
           "events.unique": (("event_id", "occurred_at"),)}  # fmt: skip
FORMS["sqlmesh"] = Form(
    "sqlmesh",
    {**_SQLMESH, "events.*.type": "the types of this model's query are what they are in the tables that it reads"},
    {**_WAREHOUSE, **_GRAINS, **_BY_DAY},
    dialect=None,
    marks={"*.unique": "unique|grain"},
)
FORMS["sqlmesh external models"] = Form(
    "sqlmesh_external",
    {
        **_SQLMESH,
        **_ROLE,
        "*.clustering": "another program makes the table",
        "*.partitioning": "another program makes the table",
    },
    _GRAINS,
    dialect=None,
    marks={"*.unique": "unique|name|grain|order_id|event_id"},
)

# Contracts

_CONTRACT: Why = {
    **_SIZE,
    **_NO_INDEX,
    **_ROLE,
    "*.clustering": "a contract has no words for it",
    "*.default": "a contract says what is there, not how it came there",
}
_OWNED = {"*.owner": "sales"}
"""A contract has one owner for all that is in it."""
FORMS["open data contract"] = Form(
    "open_data_contract",
    {**_CONTRACT, "*.complete": "what a contract does not promise may be there all the same"},
    _OWNED,
    dialect=None,
    named="app.shop.{}",
    marks={"orders.foreign": "customers_tbl", "events.partitioning": "partitioned"},
)
FORMS["data contract specification"] = Form(
    "data_contract_specification",
    {**_CONTRACT, "*.partitioning": "the specification has no words for it"},
    _OWNED,
    dialect=None,
    named="app.shop.{}",
    marks={"customers.primary": "customer_id"},
)

# What was read from a database

FORMS["snapshot"] = Form("snapshot", {"*.clustering": _UNSORTED["*.clustering"]})
_DUMP: Why = {
    **_ROLE,
    "*.classification": "`information_schema` has no classes of data",
    "*.owner": "`information_schema` has no owner who answers for a table",
    "*.retention": "`information_schema` has no retention",
}
_COLUMNS_ALONE = {
    f"*.{fact}": "the view of columns alone was dumped"
    for fact in ("primary", "unique", "foreign", "indexes", "comment", "statistics", "clustering", "partitioning")
}
_STRINGS = {"VARCHAR(255)": "STRING", "CHAR(2)": "STRING", "VARCHAR(20)": "STRING", "VARCHAR(40)": "STRING"}
_OF_ENGINE: dict[str, tuple[Why, Said, Mapping[str, str], str]] = {
    "postgres.json": (_UNSORTED, {}, {}, "app.shop.{}"),
    "postgres_lines.json": (_COLUMNS_ALONE, {}, {}, "app.shop.{}"),
    "mysql.json": ({"*.clustering": "MySQL sorts by the primary key"}, {}, {"TIMESTAMPTZ": "TIMESTAMP", "JSONB": "JSON"}, "shop.{}"),
    "bigquery.json": (
        {**_NO_INDEX, **_NO_UNIQUE}, _BY_DAY, {**_STRINGS, "TIMESTAMPTZ": "TIMESTAMP", "JSONB": "JSON"}, "app.shop.{}",
    ),
    "snowflake.csv": (
        _COLUMNS_ALONE,
        {},
        {"BIGINT": "NUMBER(38,0)", "NUMERIC(12,2)": "NUMBER(12,2)", "TIMESTAMPTZ": "TIMESTAMP_TZ", "JSONB": "VARIANT",
         "CHAR(2)": "VARCHAR(2)"},
        "APP.SHOP.{}",
    ),
    "redshift.csv": ({key: why for key, why in _COLUMNS_ALONE.items() if key != "*.clustering"}, {}, {"JSONB": "SUPER"}, "app.shop.{}"),
    "databricks.csv": (
        {key: why for key, why in _COLUMNS_ALONE.items() if key != "*.partitioning"},
        {"events.partitioning": ("hive", ("occurred_at",))},
        {"TIMESTAMPTZ": "TIMESTAMP", "JSONB": "VARIANT"},
        "app.shop.{}",
    ),
}  # fmt: skip
_KEY_NAMES = {"*.primary": "pkey|PRI", "orders.foreign": "fkey|REFERENCED|ibfk|FOREIGN", "*.type": "data_type|,"}
for _file, (_cannot, _says, _types, _named) in _OF_ENGINE.items():
    FORMS[f"information_schema {_file}"] = Form(
        "information_schema", {**_DUMP, **_cannot}, _says, _types, None, _named, _KEY_NAMES, (_file,)
    )

# Infrastructure

FORMS["terraform bigquery"] = Form(
    "terraform",
    {**_SIZE, **_ROLE, **_NO_INDEX, **_NO_UNIQUE, "*.classification": "a policy tag is a number in another resource"},
    {**_BY_DAY, "orders.retention": "7-years"},  # a label holds no blank
    {
        "VARCHAR(255)": "STRING(255)",
        "CHAR(2)": "STRING(2)",
        "VARCHAR(20)": "STRING(20)",
        "VARCHAR(40)": "STRING(40)",
        "TIMESTAMPTZ": "TIMESTAMP",
        "JSONB": "JSON",
    },
    dialect=None,
    only=("bigquery.tf",),
    marks={"*.primary": "columns = ", "orders.foreign": "customers"},
)
_GLUE = "the catalog of Glue lists columns, their types and comments alone"
FORMS["terraform glue"] = Form(
    "terraform",
    {
        **_SIZE,
        **_ROLE,
        **_NO_INDEX,
        **{f"*.{fact}": _GLUE for fact in ("primary", "unique", "foreign", "nullable", "default", "classification")},
        "*.clustering": "buckets are not sorted",
    },
    {"events.partitioning": ("hive", ("occurred_at",)), "orders.retention": "2557 days"},
    {"TIMESTAMPTZ": "TIMESTAMP", "JSONB": "STRING"},
    dialect=None,
    only=("glue.tf",),
)
