"""The SQL dialect that a driver, library, operator or connection address speaks."""

from __future__ import annotations

# The names that hosts give their drivers stand here too: what speaks which dialect is said nowhere else.
_DRIVERS = {
    "postgres": "psycopg psycopg2 psycopg_pool asyncpg aiopg pg8000 pgdb pygresql pg postgres postgresql pg-promise pgx"
    " @vercel/postgres @neondatabase/serverless slonik node-postgres timescaledb cockroachdb vertica_python greenplum"
    " pglite @electric-sql/pglite awswrangler.postgresql",
    "mysql": "mysql pymysql mysqldb mysql2 mysqlclient aiomysql asyncmy mysql.connector mysqlconnector mariadb"
    " @planetscale/database serverless-mysql promise-mysql awswrangler.mysql",
    "singlestore": "singlestore singlestoredb",
    "sqlite": "sqlite sqlite3 aiosqlite pysqlite apsw better-sqlite3 bun:sqlite node:sqlite expo-sqlite libsql"
    " @libsql/client sql.js d1",
    "snowflake": "snowflake snowflake.connector snowflake.snowpark snowflake-sdk snowflake-connector-python",
    "bigquery": "bigquery google.cloud.bigquery google-cloud-bigquery @google-cloud/bigquery pandas_gbq gbq"
    " sqlalchemy_bigquery",
    "duckdb": "duckdb duckdb-async @duckdb/node-api @duckdb/duckdb-wasm duckdb_engine motherduck",
    "spark": "spark pyspark pyspark.sql sparksql awsglue dataproc",
    "databricks": "databricks databricks.sql databricks-sql-connector @databricks/sql databricks.connect",
    "redshift": "redshift redshift_connector sqlalchemy_redshift redshift-data redshiftdata awswrangler.redshift"
    " @aws-sdk/client-redshift-data",
    "oracle": "oracle oracledb cx_oracle node-oracledb",
    "tsql": "tsql mssql pymssql pyodbc aioodbc tedious msnodesqlv8 mssqlserver sqlserver synapse fabric mssql-python"
    " odbc",
    "trino": "trino trino.dbapi starburst trino-client",
    "presto": "presto prestodb pyhive.presto presto-client",
    "hive": "hive pyhive pyhive.hive impyla impala",
    "athena": "athena awswrangler pyathena athena-express @aws-sdk/client-athena awssdkpandas",
    "clickhouse": "clickhouse clickhouse_driver clickhouse_connect clickhouse-driver clickhouse-connect aiochclient"
    " asynch @clickhouse/client clickhouse_sqlalchemy",
    "teradata": "teradata teradatasql teradatasqlalchemy",
    "doris": "doris",
    "starrocks": "starrocks",
    "exasol": "exasol pyexasol",
}
_BY_DRIVER = {name: dialect for dialect, names in _DRIVERS.items() for name in names.split()}

_CLASS_STARTS = (
    ("bigquery", "bigquery"),
    ("redshift", "redshift"),
    ("snowflake", "snowflake"),
    ("snowpark", "snowflake"),
    ("s3tosnowflake", "snowflake"),
    ("s3toredshift", "redshift"),
    ("gcstobigquery", "bigquery"),
    ("mysqlto", "mysql"),
    ("postgresto", "postgres"),
    ("postgres", "postgres"),
    ("mysql", "mysql"),
    ("sqlite", "sqlite"),
    ("mssql", "tsql"),
    ("oracle", "oracle"),
    ("trino", "trino"),
    ("presto", "presto"),
    ("athena", "athena"),
    ("hive", "hive"),
    ("sparksql", "spark"),
    ("sparkjdbc", "spark"),
    ("spark", "spark"),
    ("databricks", "databricks"),
    ("clickhouse", "clickhouse"),
    ("teradata", "teradata"),
    ("duckdb", "duckdb"),
    ("vertica", "postgres"),
    ("exasol", "exasol"),
    ("cloudsqlexecutequery", ""),
)
_CLASS_ENDS = ("operator", "hook", "sensor", "operatorasync", "sensorasync", "hookasync")


def dialect_of_driver(name: str) -> str | None:
    """Give sqlglot's name of the dialect that `name` speaks, or None.

    `name` is a module (`psycopg2.extras`), a package (`@google-cloud/bigquery`), a dbt adapter, the scheme
    or the whole of a connection address (`postgresql+asyncpg://…`), or an Airflow operator, hook, sensor or
    transfer class (`SnowflakeOperator`).
    """
    lowered = name.strip().lower()
    scheme, address, _ = lowered.partition("://")
    if address:
        lowered = scheme
    for candidate in lowered.split("+"):
        found = _module(candidate)
        if found is not None:
            return found
    last = lowered.rpartition(".")[2]
    if last.endswith(_CLASS_ENDS):
        for start, dialect in _CLASS_STARTS:
            if last.startswith(start):
                return dialect or None
    return None


def _module(name: str) -> str | None:
    """Look a dotted or slashed name up, then its beginnings."""
    if name in _BY_DRIVER:
        return _BY_DRIVER[name]
    for separator in (".", "/"):
        beginning = name.rpartition(separator)[0]
        while beginning:
            if beginning in _BY_DRIVER:
                return _BY_DRIVER[beginning]
            beginning = beginning.rpartition(separator)[0]
    return None
