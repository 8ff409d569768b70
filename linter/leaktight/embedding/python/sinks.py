"""The calls that take SQL, as data: names, places of the argument, and what makes a name certain."""

from __future__ import annotations

from collections.abc import Iterable

from leaktight.lazy import record


@record(frozen=True, slots=True)
class Sink:
    """One way to hand SQL to a library.

    `position` is the argument's place from 0 (None: by keyword only), `keywords` its names. The call is
    certainly a SQL sink when `distinct` (no other library has the name), when the callee's path begins
    with one of `modules`, or when the receiver's last name is among, or ends with one of, `receivers`;
    of any other receiver only text that looks like SQL is believed.
    """

    name: str
    position: int | None = 0
    keywords: tuple[str, ...] = ("sql", "query")
    distinct: bool = False
    modules: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    many: bool = False
    driver: str | None = None


_DB_API = ("cursor", "cur", "curs", "conn", "connection", "con", "db", "engine", "session", "database", "hook", "crsr")
_ASYNC = ("conn", "connection", "pool", "db", "database", "cur", "cursor", "session", "tx", "transaction")
_STATEMENT = ("sql", "query", "statement", "operation", "stmt", "clause", "object_", "command")
_HOOK = ("hook", "db", "conn", "client", "target", "source", "src", "dest", "dst")


_SPARK = ("spark", "sqlContext", "sqlctx", "session", "duckdb", "ctx", "hc", "con", "conn", "ss")
_CLIENT = ("client", "bq", "bigquery", "conn", "con", "db", "duckdb")
_ASYNC_NAMES = (
    "fetch",
    "fetchrow",
    "fetchval",
    "fetch_all",
    "fetch_one",
    "fetch_val",
    "iterate",
    "stream",
    "copy",
    "prepare",
)
_RECORDS = ("get_records", "get_first", "get_df", "get_df_by_chunks", "get_polars_df")

_ALL: tuple[Sink, ...] = (
    *(Sink(name, 0, _STATEMENT, receivers=_DB_API) for name in ("execute", "scalar", "scalars")),
    Sink("exec_driver_sql", 0, ("statement",), distinct=True),
    Sink("executescript", 0, ("sql_script",), distinct=True),
    Sink("execute_string", 0, ("sql_text",), distinct=True),
    Sink("execute_async", 0, ("command",), distinct=True),
    Sink("executemany", 0, _STATEMENT, distinct=True, many=True),
    Sink("copy_expert", 0, ("sql",), distinct=True),
    Sink("mogrify", 0, ("operation", "query"), receivers=_DB_API),
    Sink("execute_values", 1, ("sql",), distinct=True, many=True, driver="psycopg2"),
    Sink("execute_batch", 1, ("sql",), distinct=True, many=True, driver="psycopg2"),
    *(Sink(name, 0, receivers=_ASYNC) for name in _ASYNC_NAMES),
    Sink("from_statement", 0, ("statement",), distinct=True),
    Sink("text", 0, ("text",), modules=("sqlalchemy",), driver="sqlalchemy"),
    Sink("DDL", 0, ("statement",), modules=("sqlalchemy",), driver="sqlalchemy"),
    *(Sink(name, distinct=True) for name in ("read_sql", "read_sql_query", "read_gbq", "from_query")),
    *(Sink(name, distinct=True) for name in ("read_database", "read_database_uri")),
    Sink("sql", 0, ("sqlQuery", "query", "sql"), modules=("duckdb", "polars"), receivers=_SPARK),
    Sink("query", 0, ("query", "sql"), modules=("duckdb", "google.cloud.bigquery"), receivers=_CLIENT),
    Sink("query_and_wait", 0, ("query",), distinct=True, driver="google.cloud.bigquery"),
    *(
        Sink(name, 0, ("query",), distinct=True, driver="clickhouse")
        for name in ("query_df", "query_np", "query_arrow", "execute_iter", "query_dataframe")
    ),
    Sink("start_query_execution", None, ("QueryString",), distinct=True, driver="athena"),
    Sink("start_query_execution", 0, ("sql",), modules=("awswrangler",), driver="athena"),
    Sink("execute_statement", None, ("Sql", "sql"), distinct=True, driver="redshift-data"),
    Sink("batch_execute_statement", None, ("Sqls", "sql"), distinct=True, many=True, driver="redshift-data"),
    Sink("raw", 0, ("raw_query",), receivers=("objects",), driver="django"),
    Sink("RawSQL", 0, ("sql",), distinct=True, driver="django"),
    Sink("RunSQL", 0, ("sql",), distinct=True, driver="django"),
    Sink("run", 0, ("sql",), receivers=("hook", "dbhook")),
    *(Sink(name, 0, ("sql", "hql", "query"), receivers=_HOOK) for name in _RECORDS),
    *(Sink(name, 0, ("sql", "hql"), distinct=True) for name in ("get_pandas_df", "get_pandas_df_by_chunks")),
    Sink("unload", 0, ("sql",), modules=("awswrangler",)),
)


def _by_name(sinks: Iterable[Sink]) -> dict[str, tuple[Sink, ...]]:
    found: dict[str, tuple[Sink, ...]] = {}
    for sink in sinks:
        found[sink.name] = (*found.get(sink.name, ()), sink)
    return found


SINKS = _by_name(_ALL)


def is_run_sql(name: str) -> bool:
    """Say whether an operation of Django runs SQL by its last name; a project's own class is called `PostgresOnlyRunSQL`."""
    return name.endswith("RunSQL")


KEYWORDS = frozenset(
    "sql query statement stmt hql bql sql_query sql_statement raw_sql raw_query query_string query_sql select_sql "
    "sql_text selectSQL QueryString Sql Sqls SQL insert_sql create_sql delete_sql update_sql sqls queries statements "
    "preoperator postoperator sql_script sqlQuery sql_command dbt_sql".split()
)
"""Keyword arguments that hold SQL whatever the callee, when their text looks like it."""

OPERATOR_KEYWORDS = frozenset(
    "sql hql bql query sqls select_query insert_query preoperator postoperator select_sql insert_sql".split()
)
"""Keyword arguments of Airflow operators and sensors that certainly hold SQL."""

OPERATOR_ENDS = ("Operator", "OperatorAsync", "Sensor", "SensorAsync")
