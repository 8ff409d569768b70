"""Which database library a call goes through, and the dialect that follows from it."""

from __future__ import annotations

import ast
from itertools import islice

from leaktight.embedding.drivers import dialect_of_driver
from leaktight.languages.python import PythonDocument

_SERVERS = frozenset(
    "psycopg psycopg2 asyncpg aiopg pg8000 sqlite3 aiosqlite pymysql MySQLdb mysql.connector aiomysql asyncmy mariadb pyodbc "
    "pymssql cx_Oracle oracledb snowflake.connector snowflake.snowpark google.cloud.bigquery pandas_gbq redshift_connector "
    "awswrangler.redshift awswrangler.athena awswrangler.postgresql awswrangler.mysql pyathena duckdb clickhouse_driver "
    "clickhouse_connect trino prestodb pyhive pyspark databricks.sql databricks teradatasql vertica_python singlestoredb "
    "databend".split()
)
"""Libraries that speak to one kind of database."""
LIBRARIES = _SERVERS | frozenset(
    "sqlalchemy alembic django pandas polars databases awswrangler dagster boto3 aioboto3 sqlmodel peewee airflow "
    "dask_sql".split()
)
"""The dotted names of all libraries that run SQL, or that hand it to one that does."""

_SERVICES = frozenset({"athena", "redshift-data", "clickhouse"})
"""What a client is made for, where its library makes clients for many."""
_OPERATORS = (
    ("BigQuery", "bigquery"), ("Postgres", "postgres"), ("MySql", "mysql"), ("Snowflake", "snowflake"),
    ("Snowpark", "snowflake"), ("Redshift", "redshift"), ("Athena", "athena"), ("Trino", "trino"),
    ("Presto", "presto"), ("Databricks", "databricks"), ("SparkSql", "spark"), ("Hive", "hive"),
    ("Oracle", "oracle"), ("MsSql", "tsql"), ("Sqlite", "sqlite"), ("ClickHouse", "clickhouse"),
    ("DuckDB", "duckdb"), ("Teradata", "teradata"), ("Vertica", "postgres"), ("CloudSQL", None),
)  # fmt: skip


def dialect_of(driver: str | None) -> str | None:
    """Give the SQL dialect that a driver's server speaks; None where it may be several."""
    return dialect_of_driver(driver) if driver is not None and speaks_sql(driver) else None


def speaks_sql(driver: str) -> bool:
    """Say whether a driver's library speaks SQL to one kind of database, so that what it executes is SQL."""
    return driver in _SERVERS or driver in _SERVICES


def dialect_of_operator(name: str) -> str | None:
    """Give the dialect that the class name of an Airflow operator, sensor or hook tells."""
    return next((dialect for part, dialect in _OPERATORS if part in name), None)


class Drivers:
    """Finds the driver behind a receiver by following it to the import it comes from."""

    def __init__(self, document: PythonDocument) -> None:
        self._document = document
        self._imported = sorted(LIBRARIES & document.modules)
        servers = {name for name in self._imported if name in _SERVERS}
        if "databricks.sql" in servers:
            servers.discard("databricks")
        self.only = servers.pop() if len(servers) == 1 else None
        """The one library for one kind of database that the module imports, if it is one."""

    @property
    def only_dialect(self) -> str | None:
        """The dialect of `only`."""
        return dialect_of(self.only)

    @property
    def any_imported(self) -> bool:
        """Whether the module imports any database library."""
        return bool(self._imported)

    def of(self, call: ast.Call) -> tuple[str | None, str | None, bool]:
        """Give driver and dialect of a call, and whether its receiver is known to be that library's."""
        source = self.source(call.func)
        if source is not None:
            driver = _known(source)
            last = source.rpartition(".")[2]
            if driver is not None:
                return driver, dialect_of_operator(last) if driver == "airflow" else dialect_of(driver), True
            if last.endswith("Hook"):
                return "airflow", dialect_of_operator(last), True
        return self.only, self.only_dialect, False

    def source(self, expression: ast.expr) -> str | None:
        """Give the dotted path that an expression's value was made by: `psycopg2.connect` for a cursor."""
        at = expression
        for _ in range(8):
            path = self._document.qualified_name(at)
            if path is not None:
                return path
            match at:
                case ast.Call(func=func):
                    at = func
                case ast.Await(value=value):
                    at = value
                case ast.Attribute(value=value):
                    made = self._document.constant(at)
                    at = value if made is None else made
                case ast.Name():
                    made = self._made(at)
                    if made is None:
                        return None
                    at = made
                case _:
                    return None
        return None

    def _made(self, name: ast.Name) -> ast.expr | None:
        """Give what a name was last set to, by assignment, `with … as` or an annotation."""
        for binding in islice(self._document.scopes.before(name.id, name), 16):
            if binding.value is not None:
                return binding.value
            if isinstance(binding.node, ast.arg) and binding.node.annotation is not None:
                return binding.node.annotation
        return None


def _known(path: str) -> str | None:
    parts = path.split(".")
    for end in range(len(parts), 0, -1):
        name = ".".join(parts[:end])
        if name in LIBRARIES:
            return name
    return None
