"""A table cut into very many small partitions."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Partitioning,
    Severity,
    Table,
    TableDeclaration,
    TableOrModelRule,
    TypeFamily,
    column_types,
    names_in,
    words_of,
)

_FOLDERS = frozenset({"spark", "spark2", "databricks", "hive", "athena", "trino", "presto"})
_CUTS_BY_VALUE = frozenset({*_FOLDERS, "clickhouse"})
_ONE_EACH = frozenset(
    """user customer session visitor order event transaction message request trace device email url ip visit uuid guid
    subscriber patient payment""".split()
)
_MOST_PARTITIONS = 10_000
_LEAST_BYTES = 10_000_000


class PartitionTooFine(TableOrModelRule):
    """A table is partitioned by a column that has a value of its own for almost every row.

    Each partition is a folder, or a part, with files of its own. With a million of them, listing takes longer than reading,
    files of some kilobytes cost a request each, the catalog's limits are reached (10,000 on BigQuery, as many are
    trouble on Hive and Glue), and a write touches thousands of files; ClickHouse refuses inserts with "too many parts".

    Partition by day or month, and let clustering, sorting or `ORDER BY` find the one user.

    Told for partitions by an exact time, or by a column that names a single user, session, order or event, and where
    statistics show partitions of less than 10 MB by the thousand.
    """

    name = "partition-too-fine"
    category = Category.PARTITION
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table lake.events (event_id string, user_id string, kind string) using delta partitioned by (user_id);
                                                                                                               ^^^^^^^^^ a partition for each `user_id`
            """,
            dialect="databricks",
        ),
        Bad(
            """
            create table events (id UInt64, ts DateTime) engine = MergeTree partition by ts order by id;
                                                                                         ^^ a partition for each moment of `ts`
            """,
            dialect="clickhouse",
        ),
        Good(
            "create table lake.events (id string, user_id string, day date) using delta partitioned by (day);",
            dialect="databricks",
        ),
        Good(
            "create table events (id UInt64, ts DateTime) engine = MergeTree partition by toYYYYMM(ts) order by id;",
            dialect="clickhouse",
        ),
        Good(
            "create table lake.events (id string, ts timestamp, user_id string) using iceberg partitioned by (days(ts), bucket(16, user_id));",
            dialect="spark",
        ),
        Good(
            """
            create table lake.checks (id string, ran_at timestamp, ran_on date generated always as (cast(ran_at as date)))
            using delta partitioned by (ran_on);
            """,
            dialect="databricks",
            note="By the day that is worked out.",
        ),
        Good("create table events (id bigint, user_id bigint) partition by hash (user_id);", dialect="postgres"),
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield the partitioning of each table that is cut too fine."""
        table, cut = declared.table, declared.table.partitioning
        if cut is None or declared.path.fixture or table.kind not in {"table", "external", "model"}:
            return
        counted = _counted(table)
        why = counted or _why(table, cut)
        if why is None:
            return
        place = cut.location if declared.place(cut.location) is not None else table.location
        hint = Fix.hint("partition by day or month, and cluster or sort by the rest")
        yield Finding(declared.at(place), why, fix=hint)


def _counted(table: Table) -> str | None:
    statistics = table.statistics
    if statistics is None or not statistics.partitions or statistics.bytes is None:
        return None
    each = statistics.bytes // statistics.partitions
    many = statistics.partitions > _MOST_PARTITIONS or (statistics.partitions > 1000 and each < _LEAST_BYTES)
    return f"{statistics.partitions:,} partitions of about {each / 1e6:,.1f} MB each" if many else None


def _why(table: Table, cut: Partitioning) -> str | None:
    if cut.kind not in {"hive", "list", "transform"} or table.dialect not in _CUTS_BY_VALUE:
        return None
    for name in cut.columns if cut.kind != "transform" else _bare(cut):
        column = table.column(name)
        if _is_coarsened(name, table, cut):
            continue
        kind = column_types.family(column.type, table.dialect) if column is not None else None
        words = words_of(name)
        if kind is TypeFamily.INSTANT:
            return f"a partition for each moment of `{name}`: most hold a few rows"
        keyed = len(words) > 1 and words[-1] in {"id", "uuid", "key"} and bool(_ONE_EACH & set(words[:-1]))
        if keyed or kind is TypeFamily.UUID or words in (["email"], ["url"], ["ip"], ["uuid"], ["user"]):
            return f"a partition for each `{name}`: most hold a few rows"
    return None


def _is_coarsened(name: str, table: Table, cut: Partitioning) -> bool:
    """Say whether the table is cut by what a generated column makes of a column: Delta takes filters on that for its own."""
    others = (table.column(other) for other in cut.columns if other.lower() != name.lower())
    made = (names_in(other.computed) for other in others if other is not None and other.computed)
    return any(name.lower() in {one.lower() for one in names} for names in made)


def _bare(cut: Partitioning) -> Iterator[str]:
    """Yield the columns of `(toYYYYMM(ts), user_id)` that stand there as they are, in no function."""
    text, depth, start = cut.expression.strip(), 0, 0
    if text.startswith("("):
        text = text[1:-1]
    known = {name.lower() for name in cut.columns}
    for at, letter in enumerate(f"{text},"):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            name = text[start:at].strip(' `"')
            start = at + 1
            if name.lower() in known:
                yield name
