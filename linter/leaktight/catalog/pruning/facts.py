"""What the manuals say, engine by engine: which predicates prune, which do not, and of which nothing sure is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from leaktight.catalog.pruning.bound import Against, Form
from leaktight.lazy import record

MANUALS: Final[Mapping[str, str]] = {
    "bigquery": "https://cloud.google.com/bigquery/docs/querying-partitioned-tables",
    "bigquery wildcard": "https://cloud.google.com/bigquery/docs/querying-wildcard-tables#limitations",
    "postgres": "https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITION-PRUNING",
    "mysql": "https://dev.mysql.com/doc/refman/8.4/en/partitioning-pruning.html",
    "oracle": "https://docs.oracle.com/en/database/oracle/oracle-database/19/vldbg/partition-pruning.html",
    "tsql": "https://learn.microsoft.com/en-us/sql/relational-databases/query-processing-architecture-guide",
    "snowflake": "https://docs.snowflake.com/en/user-guide/tables-clustering-micropartitions",
    "clickhouse": (
        "https://clickhouse.com/docs/engines/table-engines/mergetree-family/mergetree"
        "#use-of-indexes-and-partitions-in-queries"
    ),
    "spark": "https://spark.apache.org/docs/latest/sql-performance-tuning.html",
    "hive": "https://hive.apache.org/docs/latest/language/languagemanual-select/",
    "iceberg": "https://iceberg.apache.org/docs/latest/partitioning/",
    "iceberg functions": "https://iceberg.apache.org/docs/latest/spark-queries/",
    "delta": "https://docs.delta.io/latest/delta-batch.html#use-generated-columns",
    "liquid": "https://docs.databricks.com/aws/en/delta/clustering",
    "trino": "https://trino.io/docs/current/connector/hive.html",
    "athena": "https://docs.aws.amazon.com/athena/latest/ug/partitions.html",
    "spectrum": "https://docs.aws.amazon.com/redshift/latest/dg/c-spectrum-external-performance.html",
    "redshift": "https://docs.aws.amazon.com/redshift/latest/dg/c_designing-queries-best-practices.html",
}
"""Where each engine's manual speaks of it."""

BARE, KEY, WRAPPED = Form.BARE, Form.KEY, Form.WRAPPED
CONSTANT, PARAMETER, QUERY, COLUMN, VOLATILE = Against


@record(frozen=True, slots=True)
class Fact:
    """One sentence of a manual; what it leaves empty it says of everything.

    It speaks of partitionings of these `kinds`, of columns that stand in these `forms`, compared with one of `against`.
    `around` are the names that alone may stand around the column, `inmost` those of which one must stand next to it.
    `says` are the texts of which one must stand in the expression.
    `equality` says whether it is compared for equality; `leading` whether the column is the first of a key of bare columns;
    `by` the functions of which one must be the outermost of the key's expression, with `""` for a key of bare columns.
    """

    manual: str
    prunes: bool | None
    reason: str = ""
    kinds: frozenset[str] = frozenset()
    forms: frozenset[Form] = frozenset()
    against: frozenset[Against] = frozenset()
    around: frozenset[str] = frozenset()
    inmost: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()
    says: frozenset[str] = frozenset()
    equality: bool | None = None
    leading: bool | None = None

    @property
    def source(self) -> str:
        """The page that says it."""
        return MANUALS[self.manual]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split(" "))


_CASTS = frozenset({"CAST DATE", "CAST TIMESTAMP", "CAST DATETIME"})
_TRUNCATIONS = _CASTS | _set(
    "DATE TIMESTAMP_TRUNC DATETIME_TRUNC DATE_TRUNC TO_DATE DATETIME TIMESTAMP TRUNC TODATE TOYYYYMM TOYYYYMMDD"
)
_MONOTONE = _CASTS | _set(
    "TODATE TODATETIME TOYYYYMM TOYYYYMMDD TOYEAR TOSTARTOFDAY TOSTARTOFHOUR TOSTARTOFMONTH TOSTARTOFWEEK TOMONDAY"
    " TOSTARTOFYEAR TOSTARTOFQUARTER TOUNIXTIMESTAMP TIMESTAMP_TRUNC DATE_TRUNC DATE"
)
# `toHour` and `toMonth` rise within a day and within a year, which partitions may not leave; `toString` of a time rises.
_NOT_MONOTONE = _set("FORMATDATETIME DATE_FORMAT LOWER SUBSTRING")
_BY_BIGQUERY = _set(
    "DATE DATE_ADD DATE_DIFF DATE_SUB DATE_TRUNC DATETIME_DIFF TIMESTAMP_ADD TIMESTAMP_DIFF TIMESTAMP_SUB TIMESTAMP_TRUNC"
) | {"CAST DATE"}
_PARTS = frozenset({"extract(year from", "extract(date from"})
_FORMATS = _set("'%F' '%Y-%m-%d' '%Y%m%d' \"%F\" \"%Y-%m-%d\" \"%Y%m%d\"")
_TRANSFORMS = _set("YEARS MONTHS DAYS HOURS BUCKET TRUNCATE")
_TRUNCATED_BY_REDSHIFT = _TRUNCATIONS | _set("LAST_DAY CONVERT_TIMEZONE TIMEZONE ATTIMEZONE")
_INGESTION, _INTEGER, _TIME, _SUFFIX, _HIVE, _TRANSFORM, _RANGE, _SORTED = (
    frozenset({kind}) for kind in ("ingestion", "integer", "time", "suffix", "hive", "transform", "range", "sorted")
)
_BARE, _KEY, _WRAPPED = frozenset({BARE}), frozenset({KEY}), frozenset({WRAPPED})
_AS_WRITTEN = frozenset({BARE, KEY})
_QUERY, _VOLATILE = frozenset({QUERY}), frozenset({VOLATILE})

BIGQUERY = (
    Fact("bigquery wildcard", False, "BigQuery reads all tables but for a constant `_TABLE_SUFFIX`", _SUFFIX, against=_QUERY),
    Fact("bigquery", False, "BigQuery prunes by constant expressions only, and a subquery is none", against=_QUERY),
    Fact("bigquery", None, against=_VOLATILE),
    Fact("bigquery wildcard", True, kinds=_SUFFIX, forms=_BARE),
    Fact("bigquery wildcard", None, kinds=_SUFFIX),
    Fact("bigquery", True, forms=_AS_WRITTEN),
    Fact("bigquery", True, kinds=_TIME | _INGESTION, around=_BY_BIGQUERY),
    Fact("bigquery", True, kinds=_TIME | _INGESTION, around=_set("EXTRACT"), says=_PARTS),
    Fact("bigquery", True, kinds=_TIME | _INGESTION, around=_set("FORMAT_TIMESTAMP"), says=_FORMATS),
    Fact("bigquery", None, kinds=_TIME | _INGESTION, around=_BY_BIGQUERY | {"EXTRACT"}, inmost=_BY_BIGQUERY),
    Fact("bigquery", None, around=_TRUNCATIONS),
    # Of `_PARTITIONTIME` the manual says only that it should stand alone for speed.
    Fact("bigquery", None, kinds=_INGESTION),
    Fact("bigquery", False, "BigQuery prunes by the bare partition column, or a few functions of it"),
)  # fmt: skip
POSTGRES = (
    Fact("postgres", False, "Postgres knows the value of a volatile function only when it reads the row", against=_VOLATILE),
    Fact("postgres", True, forms=_KEY),
    Fact("postgres", False, "Postgres prunes by the first columns of the key", _RANGE, _BARE, leading=False),
    Fact("postgres", True, forms=_BARE, by=frozenset({""})),
    Fact("postgres", False, "Postgres prunes by the expression that is the partition key, as it is written there", forms=_BARE),
    # The value of a subquery is known when execution starts; Postgres prunes by it then.
    Fact("postgres", False, "Postgres prunes by the partition key itself, not by an expression over it"),
)  # fmt: skip
MYSQL = (
    Fact("mysql", None, against=_QUERY | _VOLATILE),
    Fact("mysql", True, forms=_BARE, by=_set(" YEAR TO_DAYS TO_SECONDS UNIX_TIMESTAMP")),
    Fact("mysql", True, forms=_BARE, equality=True),
    Fact(
        "mysql", False, "MySQL prunes a range through `YEAR`, `TO_DAYS` and `TO_SECONDS` only", forms=_BARE,
        by=_set("MONTH DAY DAYOFMONTH DAYOFWEEK DAYOFYEAR WEEKDAY QUARTER HOUR MINUTE SECOND MOD"),
    ),
    Fact("mysql", None, forms=_BARE),
    Fact("mysql", False, "MySQL prunes by the bare partition column only"),
)  # fmt: skip
ORACLE = (
    Fact("oracle", True, forms=_AS_WRITTEN),
    Fact("oracle", None, inmost=_set("TO_DATE")),
    Fact("oracle", False, "Oracle prunes by the bare partition column only"),
)
TSQL = (
    Fact("tsql", None, forms=_AS_WRITTEN, against=_QUERY),
    Fact("tsql", True, forms=_AS_WRITTEN),
    Fact("tsql", None, inmost=_CASTS),  # a cast of datetime to date still seeks
    Fact("tsql", False, "SQL Server eliminates partitions by the bare partition column only"),
)
SNOWFLAKE = (
    Fact("snowflake", False, "Snowflake does not prune by a subquery, not even by one that gives a constant", against=_QUERY),
    Fact("snowflake", None, against=_VOLATILE),
    Fact("snowflake", True, forms=_AS_WRITTEN),
    Fact("snowflake", None),
)  # fmt: skip
REDSHIFT = (
    Fact("redshift", None, against=_QUERY | _VOLATILE),
    Fact("redshift", True, kinds=_SORTED, forms=_BARE),
    Fact("redshift", None, kinds=_SORTED, around=_TRUNCATED_BY_REDSHIFT),
    Fact("redshift", False, "Redshift skips blocks by the bare sort key only", _SORTED),
    Fact("spectrum", True, forms=_AS_WRITTEN),
    Fact("spectrum", None),
)
CLICKHOUSE = (
    Fact("clickhouse", None, against=_VOLATILE),
    Fact("clickhouse", True, kinds=_SORTED, forms=_AS_WRITTEN),
    Fact("clickhouse", True, forms=_AS_WRITTEN),
    Fact("clickhouse", True, around=_MONOTONE),
    Fact("clickhouse", False, "ClickHouse prunes through monotone functions only", inmost=_NOT_MONOTONE),
    Fact("clickhouse", None),
)
SPARK = (
    Fact("spark", None, against=_QUERY | _VOLATILE),  # dynamic pruning may or may not set in
    Fact("liquid", True, kinds=_SORTED, forms=_AS_WRITTEN),
    Fact("liquid", None, kinds=_SORTED),
    Fact("iceberg", True, kinds=_TRANSFORM, forms=_AS_WRITTEN),
    Fact("iceberg", None, kinds=_TRANSFORM, around=_TRUNCATIONS),
    Fact("iceberg functions", None, kinds=_TRANSFORM, inmost=_TRANSFORMS),
    Fact("iceberg", False, "Iceberg derives partitions from a filter on the bare column only", _TRANSFORM),
    # Delta makes a filter on a generated partition column of one on its bare base; around it of some functions only.
    Fact("delta", None, forms=_WRAPPED, leading=False),
    Fact("spark", True),  # a filter on folder columns is evaluated on each partition's values
)
HIVE = (
    Fact("hive", None, against=_QUERY | _VOLATILE),
    Fact("iceberg", True, kinds=_TRANSFORM, forms=_AS_WRITTEN),
    Fact("iceberg", None, kinds=_TRANSFORM),
    Fact("hive", True),
)
TRINO = (
    Fact("trino", None, against=_QUERY | _VOLATILE),  # dynamic filtering may or may not set in
    Fact("trino", True, forms=_AS_WRITTEN),
    Fact("trino", True, kinds=_HIVE),
    Fact("trino", None),
)
ATHENA = (
    Fact("athena", None, against=_QUERY | _VOLATILE),
    Fact("athena", True, forms=_AS_WRITTEN),
    Fact("athena", True, kinds=_HIVE),
    Fact("athena", None),
)

FACTS: Final[Mapping[str, tuple[Fact, ...]]] = {
    "bigquery": BIGQUERY,
    "postgres": POSTGRES,
    "mysql": MYSQL,
    "oracle": ORACLE,
    "tsql": TSQL,
    "fabric": TSQL,
    "snowflake": SNOWFLAKE,
    "redshift": REDSHIFT,
    "clickhouse": CLICKHOUSE,
    "spark": SPARK,
    "spark2": SPARK,
    "databricks": SPARK,
    "hive": HIVE,
    "trino": TRINO,
    "presto": TRINO,
    "athena": ATHENA,
}
"""By dialect: the first fact that speaks of a predicate decides."""
