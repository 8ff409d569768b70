"""Which predicates let an engine skip partitions: facts from the engines' manuals, each with its page.

Three answers: True, the engine skips partitions by it; False, its manual says that it cannot; None, nothing sure is known,
and a rule stays silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from leaktight.catalog.table import Partitioning, Table
from leaktight.lazy import record

SOURCES: Mapping[str, str] = {
    "bigquery": "https://cloud.google.com/bigquery/docs/querying-partitioned-tables",
    "postgres": "https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITION-PRUNING",
    "mysql": "https://dev.mysql.com/doc/refman/8.4/en/partitioning-pruning.html",
    "oracle": "https://docs.oracle.com/en/database/oracle/oracle-database/19/vldbg/partition-pruning.html",
    "tsql": "https://learn.microsoft.com/en-us/sql/relational-databases/query-processing-architecture-guide",
    "snowflake": "https://docs.snowflake.com/en/user-guide/tables-clustering-micropartitions",
    "clickhouse": "https://clickhouse.com/docs/engines/table-engines/mergetree-family/custom-partitioning-key",
    "spark": "https://spark.apache.org/docs/latest/sql-performance-tuning.html",
    "iceberg": "https://iceberg.apache.org/docs/latest/partitioning/",
    "delta": "https://docs.delta.io/latest/delta-batch.html#use-generated-columns",
    "trino": "https://trino.io/docs/current/connector/hive.html",
    "athena": "https://docs.aws.amazon.com/athena/latest/ug/partitions.html",
    "redshift": "https://docs.aws.amazon.com/redshift/latest/dg/c-spectrum-external-performance.html",
}
"""Where each engine's manual speaks of it."""


class Against(StrEnum):
    """What a partition column is compared with."""

    CONSTANT = "constant"
    """A literal, or a function of literals that gives one value for the whole statement (`CURRENT_DATE`)."""
    PARAMETER = "parameter"
    """A value that is known when the statement runs: `%s`, `:day`, a script's variable."""
    QUERY = "query"
    """A scalar subquery: `(SELECT MAX(day) FROM …)`."""
    COLUMN = "column"
    """Another table's column: the filter arrives through a join."""


@record(frozen=True, slots=True)
class Bound:
    """A predicate on a partition column.

    `around` names, from the inside out and in upper case, what stands around the column: `DATE`, `EXTRACT`, `CAST DATE`,
    `+`, `||`. `expression` is the text of the column with all that, `unit` the unit of a truncation (`day`) if it has one.
    """

    column: str
    against: Against
    around: tuple[str, ...] = ()
    expression: str = ""
    unit: str | None = None


@record(frozen=True, slots=True)
class Verdict:
    """Whether an engine skips partitions by a predicate; `reason` says in half a sentence why it does not."""

    prunes: bool | None
    reason: str = ""
    source: str = ""


_TRUNCATIONS = frozenset(
    "DATE TIMESTAMP_TRUNC DATETIME_TRUNC DATE_TRUNC TO_DATE DATETIME TIMESTAMP TRUNC TODATE TOYYYYMM TOYYYYMMDD".split()
)
_CASTS_OF_TIME = frozenset({"CAST DATE", "CAST TIMESTAMP", "CAST DATETIME"})
_MONOTONE_CLICKHOUSE = (
    frozenset(
        """TODATE TODATETIME TOYYYYMM TOYYYYMMDD TOYEAR TOSTARTOFDAY TOSTARTOFHOUR TOSTARTOFMONTH TOSTARTOFWEEK TOMONDAY
    TOSTARTOFYEAR TOSTARTOFQUARTER TOUNIXTIMESTAMP TIMESTAMP_TRUNC DATE_TRUNC DATE""".split()
    )
    | _CASTS_OF_TIME
)
_STEPS = ("hour", "day", "week", "month", "year")


def is_partitioned(table: Table) -> bool:
    """Say whether reading a table without a filter on a column reads more than it must.

    Hashing spreads rows over partitions, it does not order them by anything that a query asks for.
    """
    partitioning = table.partitioning
    return partitioning is not None and partitioning.kind != "hash" and table.kind != "partition"


def verdict(dialect: str, partitioning: Partitioning, bound: Bound) -> Verdict:
    """Say whether the engine of `dialect` skips partitions by a predicate on a partition column."""
    if bound.around and _same(bound.expression, partitioning.expression):
        around: tuple[str, ...] = ()
    else:
        around = bound.around
    return _ENGINES.get(dialect, _unsure)(partitioning, bound, around)


def _same(one: str, other: str) -> bool:
    """Say whether two texts are one expression, whatever the case, blanks and the table's alias."""

    def plain(text: str) -> str:
        text = "".join(text.split()).lower().replace("`", "").replace('"', "")
        head, _, rest = text.partition("(")
        if head in {"range", "list"} and rest.endswith(")"):
            text = rest[:-1]
        while _is_bracketed(text):
            text = text[1:-1]
        column, cast, kind = text.partition("::")
        plainly = cast and all(part.replace("_", "").isalnum() for part in (*column.split("."), kind))
        return f"cast({column}as{kind})" if plainly else text

    def without_alias(text: str) -> str:
        pieces: list[str] = []
        word = ""
        for character in text:
            if character.isalnum() or character == "_":
                word += character
            elif character == ".":
                word = ""
            else:
                pieces += [word, character]
                word = ""
        return "".join([*pieces, word])

    return without_alias(plain(one)) == without_alias(plain(other))


def _is_bracketed(text: str) -> bool:
    """Say whether one pair of brackets stands round a whole text."""
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return index > 0 and index == len(text) - 1
    return False


def _no(engine: str, reason: str) -> Verdict:
    return Verdict(False, reason, SOURCES[engine])


def _unsure(_partitioning: Partitioning, bound: Bound, around: tuple[str, ...]) -> Verdict:
    return Verdict(True if not around and bound.against is not Against.QUERY else None)


def _bigquery(partitioning: Partitioning, bound: Bound, around: tuple[str, ...]) -> Verdict:
    if bound.against is Against.QUERY:
        return _no("bigquery", "BigQuery prunes by constant expressions only, and a subquery is none")
    if not around:
        return Verdict(True)
    if partitioning.kind == "time" and all(name in _TRUNCATIONS | _CASTS_OF_TIME for name in around):
        return Verdict(True if _as_coarse(bound, partitioning) else None)
    if all(name in _TRUNCATIONS | _CASTS_OF_TIME for name in around):
        return Verdict(None)
    return _no("bigquery", "BigQuery prunes by the bare partition column only")


def _as_coarse(bound: Bound, partitioning: Partitioning) -> bool:
    """Say whether a truncation keeps partitions whole: to a unit no coarser than theirs."""
    unit = bound.unit or "day"
    step = partitioning.granularity
    return step in _STEPS and unit in _STEPS and _STEPS.index(unit) <= _STEPS.index(step)


def _postgres(_partitioning: Partitioning, _bound: Bound, around: tuple[str, ...]) -> Verdict:
    # A subquery's value is known when execution starts; Postgres prunes by it then.
    if around:
        return _no("postgres", "Postgres prunes by the partition key itself, not by an expression over it")
    return Verdict(True)


def _mysql(_partitioning: Partitioning, bound: Bound, around: tuple[str, ...]) -> Verdict:
    if bound.against is Against.QUERY:
        return Verdict(None)
    if not around:
        return Verdict(True)
    return _no("mysql", "MySQL prunes by the bare partition column only")


def _oracle(_partitioning: Partitioning, _bound: Bound, around: tuple[str, ...]) -> Verdict:
    if not around:
        return Verdict(True)
    return _no("oracle", "Oracle prunes by the bare partition column only")


def _tsql(_partitioning: Partitioning, bound: Bound, around: tuple[str, ...]) -> Verdict:
    if not around:
        return Verdict(True if bound.against is not Against.QUERY else None)
    if around[0] in _CASTS_OF_TIME:
        return Verdict(None)  # a cast of datetime to date still seeks
    return _no("tsql", "SQL Server eliminates partitions by the bare partition column only")


def _snowflake(_partitioning: Partitioning, bound: Bound, around: tuple[str, ...]) -> Verdict:
    if bound.against is Against.QUERY:
        return _no("snowflake", "Snowflake does not prune by a subquery, not even by one that gives a constant")
    return Verdict(True if not around else None)


def _clickhouse(_partitioning: Partitioning, _bound: Bound, around: tuple[str, ...]) -> Verdict:
    if all(name in _MONOTONE_CLICKHOUSE for name in around):
        return Verdict(True)
    if around[0] in {
        "FORMATDATETIME",
        "TOSTRING",
        "DATE_FORMAT",
        "TODAYOFWEEK",
        "TOHOUR",
        "TOMONTH",
        "LOWER",
        "SUBSTRING",
    }:
        return _no("clickhouse", "ClickHouse prunes through monotone functions only")
    return Verdict(None)


def _spark(partitioning: Partitioning, bound: Bound, around: tuple[str, ...]) -> Verdict:
    if bound.against is Against.QUERY:
        return Verdict(None)  # dynamic pruning may or may not set in
    if partitioning.kind == "transform" and around:
        if all(name in _TRUNCATIONS | _CASTS_OF_TIME for name in around):
            return Verdict(None)
        return _no("iceberg", "Iceberg derives partitions from a filter on the bare column only")
    return Verdict(True)  # a filter on folder columns is evaluated on each partition's values


def _trino(partitioning: Partitioning, bound: Bound, around: tuple[str, ...]) -> Verdict:
    if bound.against is Against.QUERY:
        return Verdict(None)
    return Verdict(True if not around or partitioning.kind == "hive" else None)


_ENGINES = {
    "bigquery": _bigquery,
    "postgres": _postgres,
    "mysql": _mysql,
    "oracle": _oracle,
    "tsql": _tsql,
    "fabric": _tsql,
    "snowflake": _snowflake,
    "clickhouse": _clickhouse,
    "spark": _spark,
    "spark2": _spark,
    "databricks": _spark,
    "hive": _spark,
    "trino": _trino,
    "presto": _trino,
    "athena": _trino,
}
