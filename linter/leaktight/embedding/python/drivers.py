"""Which database library a call goes through, and the dialect that follows from it."""

from __future__ import annotations

import ast
from itertools import islice

from leaktight.languages.python import PythonDocument

_DRIVERS: dict[str, str | None] = {
    "psycopg": "postgres", "psycopg2": "postgres", "asyncpg": "postgres", "aiopg": "postgres", "pg8000": "postgres",
    "sqlite3": "sqlite", "aiosqlite": "sqlite", "pymysql": "mysql", "MySQLdb": "mysql", "mysql.connector": "mysql",
    "aiomysql": "mysql", "asyncmy": "mysql", "mariadb": "mysql", "pyodbc": "tsql", "pymssql": "tsql",
    "cx_Oracle": "oracle", "oracledb": "oracle", "snowflake.connector": "snowflake", "snowflake.snowpark": "snowflake",
    "google.cloud.bigquery": "bigquery", "pandas_gbq": "bigquery", "redshift_connector": "redshift",
    "awswrangler.redshift": "redshift", "awswrangler.athena": "athena", "pyathena": "athena", "duckdb": "duckdb",
    "awswrangler.postgresql": "postgres", "awswrangler.mysql": "mysql",
    "clickhouse_driver": "clickhouse", "clickhouse_connect": "clickhouse", "trino": "trino", "prestodb": "presto",
    "pyhive": "hive", "pyspark": "spark", "databricks.sql": "databricks", "databricks": "databricks",
    "teradatasql": "teradata", "vertica_python": "postgres", "sqlalchemy": None, "alembic": None, "django": None,
    "pandas": None, "polars": None, "databases": None, "awswrangler": None, "dagster": None, "boto3": None,
    "aioboto3": None, "sqlmodel": None, "peewee": None, "airflow": None, "singlestoredb": "singlestore",
    "dask_sql": None, "databend": "databend",
}  # fmt: skip
LIBRARIES = frozenset(_DRIVERS)
"""The dotted names of all libraries that run SQL, or that hand it to one that does."""
_SERVERS = frozenset(name for name, dialect in _DRIVERS.items() if dialect is not None)
"""Libraries that speak to one kind of database."""

_BY_OWN_NAME = {"athena": "athena", "redshift-data": "redshift", "clickhouse": "clickhouse"}

_OPERATORS = (
    ("BigQuery", "bigquery"), ("Postgres", "postgres"), ("MySql", "mysql"), ("Snowflake", "snowflake"),
    ("Snowpark", "snowflake"), ("Redshift", "redshift"), ("Athena", "athena"), ("Trino", "trino"),
    ("Presto", "presto"), ("Databricks", "databricks"), ("SparkSql", "spark"), ("Hive", "hive"),
    ("Oracle", "oracle"), ("MsSql", "tsql"), ("Sqlite", "sqlite"), ("ClickHouse", "clickhouse"),
    ("DuckDB", "duckdb"), ("Teradata", "teradata"), ("Vertica", "postgres"), ("CloudSQL", None),
)  # fmt: skip


def dialect_of(driver: str | None) -> str | None:
    """Give the SQL dialect that a driver's server speaks; None where it may be several."""
    if driver is None:
        return None
    return _BY_OWN_NAME.get(driver) or _DRIVERS.get(driver)


def dialect_of_operator(name: str) -> str | None:
    """Give the dialect that the class name of an Airflow operator, sensor or hook tells."""
    return next((dialect for part, dialect in _OPERATORS if part in name), None)


class Drivers:
    """Finds the driver behind a receiver by following it to the import it comes from."""

    def __init__(self, document: PythonDocument) -> None:
        self._document = document
        self._imported = sorted(name for name in _DRIVERS if name in document.modules)
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
        if name in _DRIVERS:
            return name
    return None
