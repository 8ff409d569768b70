"""The calls that run SQL: by name, where their SQL stands, and how far the name alone vouches for it."""

from __future__ import annotations

from enum import IntEnum

from leaktight.lazy import record


class Trust(IntEnum):
    """What a text must show beside the call, so that it counts as SQL."""

    SHAPE = 0
    """A common word: a verb with its clause."""
    VERB = 1
    """A usual name of a database call: a verb, where a driver or the receiver's name speaks for it."""
    SURE = 2
    """A name that nothing but a database has: a verb."""


@record(frozen=True, slots=True)
class Sink:
    """Where a call takes SQL: the argument's position, or these properties of an object there."""

    trust: Trust
    position: int = 0
    keys: tuple[str, ...] = ()
    many: bool = False
    prefix: str = ""
    """What the method itself says in SQL: ` WHERE ` of `whereRaw`; its text is a fragment."""
    driver: str | None = None
    """The driver that the name alone tells."""
    wrapper: bool = False
    """Whether it is a plain function that hands what it is given to another sink."""


_FILTER = Sink(Trust.SURE, prefix="SELECT NULL WHERE ")
_CONFIG = ("text", "sql", "query", "sqlText", "statement")
# A project's own function, imported: its name says what it does.
_HELPER = Sink(Trust.SHAPE, keys=_CONFIG, wrapper=True)

SINKS: dict[str, Sink] = {
    "query": Sink(Trust.VERB, keys=_CONFIG),
    "execute": Sink(Trust.VERB, keys=_CONFIG),
    "executeSql": Sink(Trust.VERB),
    "executeQuery": Sink(Trust.VERB, keys=_CONFIG),
    "queryAsync": Sink(Trust.VERB),
    "queryStream": Sink(Trust.VERB),
    "runQuery": _HELPER,
    "rawQuery": _HELPER,
    "runSql": _HELPER,
    "runSQL": _HELPER,
    "execSql": _HELPER,
    "execSQL": _HELPER,
    "executeSQL": _HELPER,
    "dbQuery": _HELPER,
    "queryDb": _HELPER,
    "queryRows": _HELPER,
    "queryOne": _HELPER,
    "queryMany": _HELPER,
    "createQueryJob": Sink(Trust.SURE, keys=("query",), driver="@google-cloud/bigquery"),
    "createQueryStream": Sink(Trust.SURE, keys=("query",), driver="@google-cloud/bigquery"),
    "executeMany": Sink(Trust.SURE, many=True, driver="oracledb"),
    "executeMultiple": Sink(Trust.SHAPE),
    "executeStatement": Sink(Trust.SHAPE, keys=("sql", "Sql")),
    "batchExecuteStatement": Sink(Trust.SHAPE, keys=("sql", "Sql", "Sqls"), many=True),
    "ExecuteStatementCommand": Sink(Trust.SHAPE, keys=("sql", "Sql")),
    "BatchExecuteStatementCommand": Sink(Trust.SHAPE, keys=("sql", "Sql", "Sqls"), many=True),
    "startQueryExecution": Sink(Trust.SURE, keys=("QueryString",), driver="athena"),
    "StartQueryExecutionCommand": Sink(Trust.SURE, keys=("QueryString",), driver="athena"),
    "$queryRaw": Sink(Trust.SURE, driver="prisma"),
    "$executeRaw": Sink(Trust.SURE, driver="prisma"),
    "$queryRawUnsafe": Sink(Trust.SURE, driver="prisma"),
    "$executeRawUnsafe": Sink(Trust.SURE, driver="prisma"),
    "raw": Sink(Trust.SHAPE),
    "unsafe": Sink(Trust.SHAPE),
    "prepare": Sink(Trust.SHAPE),
    "run": Sink(Trust.SHAPE),
    "all": Sink(Trust.SHAPE),
    "get": Sink(Trust.SHAPE),
    "each": Sink(Trust.SHAPE),
    "exec": Sink(Trust.SHAPE),
    "batch": Sink(Trust.SHAPE),
    "values": Sink(Trust.SHAPE),
    "one": Sink(Trust.SHAPE),
    "oneOrNone": Sink(Trust.SHAPE),
    "oneFirst": Sink(Trust.SHAPE),
    "maybeOne": Sink(Trust.SHAPE),
    "many": Sink(Trust.SHAPE),
    "manyOrNone": Sink(Trust.SHAPE),
    "any": Sink(Trust.SHAPE),
    "none": Sink(Trust.SHAPE),
    "result": Sink(Trust.SHAPE),
    "multi": Sink(Trust.SHAPE),
    "stream": Sink(Trust.SHAPE),
    "request": Sink(Trust.SHAPE),
    "runAsync": Sink(Trust.SHAPE),
    "getAllAsync": Sink(Trust.SHAPE),
    "getFirstAsync": Sink(Trust.SHAPE),
    "execAsync": Sink(Trust.SHAPE),
    "QueryStream": Sink(Trust.SHAPE, driver="pg"),
    "Cursor": Sink(Trust.SHAPE, driver="pg"),
    "whereRaw": _FILTER,
    "andWhereRaw": _FILTER,
    "orWhereRaw": _FILTER,
    "havingRaw": Sink(Trust.SURE, prefix="SELECT NULL HAVING "),
    "orderByRaw": Sink(Trust.SURE, prefix="SELECT NULL ORDER BY "),
    "groupByRaw": Sink(Trust.SURE, prefix="SELECT NULL GROUP BY "),
}
RUNNERS = frozenset({"run", "all", "get", "each", "iterate", "execute", "executeSync", "values", "bind", "finalize"})
"""The methods of a prepared statement that run it."""

DATABASE_WORDS = (
    *("db", "database", "pool", "conn", "connection", "knex", "sequelize", "prisma", "pg", "postgres", "mysql"),
    *(
        "sqlite",
        "sql",
        "trx",
        "tx",
        "transaction",
        "datasource",
        "queryrunner",
        "entitymanager",
        "bigquery",
        "snowflake",
    ),
    *("warehouse", "redshift", "duckdb", "manager", "repository", "client"),
)


def names_database(receiver: str) -> bool:
    """Say whether the last word of a receiver is one that databases are called by."""
    last = receiver.rsplit(".", 1)[-1].replace("()", "").replace("_", "").replace("#", "").lower()
    return last.endswith(DATABASE_WORDS)
