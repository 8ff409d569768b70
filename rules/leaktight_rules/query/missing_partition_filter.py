"""A partitioned table read from end to end."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    PartitionRead,
    ReadBound,
    Related,
    Severity,
    SqlDocument,
    SqlRule,
    clauses,
    exp,
    is_bounded,
    is_found_by_index,
    means_all_rows,
    option,
    partition_reads,
    pruning,
)

_EVENTS = """
create table events (id bigint, user_id bigint, name text, created_at timestamptz) partition by range (created_at);
create table users (id bigint primary key, name text);
"""
_WAREHOUSE = """
create table shop.events (id int64, user_id int64, day date, payload string) partition by day;
create table shop.orders (id int64, day date, total numeric) partition by day
options (require_partition_filter = true);
"""
_RECENT = "create view shop.recent as select user_id, day as on_day, payload from shop.events;"


class MissingPartitionFilter(SqlRule):
    """A partitioned table is read without a filter on the column it is partitioned by.

    The engine then opens every partition: on BigQuery, Athena and Snowflake you pay for the bytes of all years to see one
    day, on Postgres and MySQL every child table is scanned, on Spark every folder is listed. The query gets dearer each day
    though its result does not grow. Where BigQuery requires the filter it refuses the query.

    Of an `OR` each branch must bound the column: one that does not reads all. In a `MERGE` the filter stands in `ON`, or
    in each `WHEN` that changes or deletes rows.

    The rule knows partitions from DDL in the project and says where it read them. Each FROM is looked at on its own: a
    filter in one CTE does not help the other that reads the same table. A filter that a query further out puts on a column
    that passes through counts, and so does a join that brings the filter (`JOIN days USING (day)`). It does not pass
    `LIMIT`, an aggregate, or a window function that does not cut its rows by that column.

    A view is read as the table behind it, if the project writes it once and a filter on its column reaches the table's;
    so is a dbt model whose `config()` says that it is a view or ephemeral. A model that is a table or incremental reads its
    sources when it is built, whatever its readers filter: that an incremental one reads them whole is told, and that a table
    is made anew from all rows is what it is for.

    Tables that are sorted, not partitioned (Snowflake's clustering, Redshift's sort keys, Databricks' liquid clustering,
    ClickHouse's `ORDER BY`), are spoken of where statistics call them large, 10 GB or 100 million rows: small ones are
    sorted for other reasons, and lose nothing. `strict` speaks of those whose size is not known, too. Of BigQuery's
    wildcards the exports of Google Analytics are known to have a table a day (`events_*`).

    Where statistics are known, from a snapshot or `catalog.statistics` in the configuration, the message says how much is
    read: "up to" where the engine reads only the columns that the query names. `--statistics` sums it up.

    It is silent where a template or the program may put a filter, in views that give the column to their readers, where only
    the partition column or the number of rows is asked for, with `LIMIT 0`, for samples (`TABLESAMPLE`), in migrations and
    tests, for tables that statistics call small (10 MB, or 10,000 rows where the bytes are not known), where an equality on a
    key or index finds the rows, as it does on Postgres, MySQL and, for the first column of `ORDER BY`, ClickHouse, and for
    ClickHouse's materialized views, which are handed new rows only. If all of the history is really wanted, say so with a
    comment: `leaktight: ignore[missing-partition-filter] the report covers all years`.
    """

    name = "missing-partition-filter"
    category = Category.QUERY
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select user_id, count(*) from events where name = 'signup' group by user_id
                                          ^^^^^^ `events` is read without a filter on its partition column `created_at`
            """,
            catalog=_EVENTS,
            dialect="postgres",
        ),
        Bad(
            """
            with today as (select user_id from shop.events where day = current_date()),
            ever as (select user_id, payload from shop.events)
                                                  ^^^^^^^^^^^ partition column `day`
            select t.user_id, e.payload from today as t join ever as e on t.user_id = e.user_id
            """,
            catalog=_WAREHOUSE,
            dialect="bigquery",
            note="Each CTE reads on its own.",
        ),
        Bad(
            """
            select sum(total) from shop.orders
                                   ^^^^^^^^^^^ BigQuery refuses to read it without one
            """,
            catalog=_WAREHOUSE,
            dialect="bigquery",
        ),
        Bad(
            """
            select e.payload, o.total from shop.events e join shop.orders o on e.day = o.day
                                           ^^^^^^^^^^^ partition column `day`
                                                              ^^^^^^^^^^^ partition column `day`
            where e.day is not null
            """,
            catalog=_WAREHOUSE,
            dialect="bigquery",
            note="The join passes a filter on, but neither table has one.",
        ),
        Bad(
            """
            select id from events where created_at > now() - interval '1 day' or name = 'signup'
                           ^^^^^^ partition column `created_at`
            """,
            catalog=_EVENTS,
            dialect="postgres",
            note="The other branch may match in any partition.",
        ),
        Bad(
            """
            update events set name = 'sign-up' where name = 'signup'
                   ^^^^^^ partition column `created_at`
            """,
            catalog=_EVENTS,
            dialect="postgres",
        ),
        Bad(
            """
            select user_id, created_at from events
                                            ^^^^^^ partition column `created_at`
            """,
            catalog=_EVENTS,
            dialect="postgres",
            path="migrations/0002_backfill.sql",
            options={"in_migrations": True},
        ),
        Bad(
            """
            with latest as (
              select *, row_number() over (partition by user_id order by id desc) as place from shop.events
                                                                                                ^^^^^^^^^^^ is not pushed through a window function
            )
            select payload from latest where place = 1 and day = current_date()
            """,
            catalog=_WAREHOUSE,
            dialect="bigquery",
            note="The last event of all days is looked for, and then thrown away unless it is of today.",
        ),
        Bad(
            """
            select payload from shop.recent where user_id = 7
                                ^^^^^^^^^^^ the view `recent` of `shop.events` is read without a filter on its partition column `on_day`
            """,
            catalog=f"{_WAREHOUSE}{_RECENT}",
            dialect="bigquery",
        ),
        Bad(
            """
            select event_name from `shop.analytics_1.events_*` where event_date = '20240105'
                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^ all of them are scanned
            """,
            dialect="bigquery",
            hosts=False,
            note="`event_date` is a column of each table; `_TABLE_SUFFIX` chooses among them.",
        ),
        Bad(
            """
            select note from facts where note like 'late%'
                             ^^^^^ what it is sorted by, `ts`
            """,
            catalog="create table facts (id int, ts timestamp, note varchar) cluster by (ts);",
            dialect="snowflake",
            options={"strict": True},
        ),
        Good("select id from events where created_at >= now() - interval '1 day'", catalog=_EVENTS, dialect="postgres"),
        Good(
            """
            with latest as (
              select *, row_number() over (partition by user_id, day order by id desc) as place from shop.events
            )
            select payload from latest where place = 1 and day = current_date()
            """,
            catalog=_WAREHOUSE,
            dialect="bigquery",
            note="The last event of each day: the filter may be applied first.",
        ),
        Good(
            "select url from hits where site = 7",
            catalog="create table hits (site UInt32, ts DateTime, url String) engine = MergeTree\n"
            "partition by toYYYYMM(ts) order by (site, ts);",
            dialect="clickhouse",
            note="The primary index of each partition finds the rows.",
        ),
        Good(
            "select id from (select id, created_at as at from events) e where e.at >= '2024-01-01'",
            catalog=_EVENTS,
            dialect="postgres",
            note="The outer filter is pushed down.",
        ),
        Good(
            "select e.id from shop.events e join days d on e.day = d.day where d.is_holiday",
            catalog=_WAREHOUSE,
            dialect="bigquery",
            note="The filter arrives through the join.",
        ),
        Good(
            """
            merge shop.orders t using staged s on false
            when not matched then insert (id, day, total) values (s.id, s.day, s.total)
            when not matched by source and t.day = '2024-01-05' then delete
            """,
            catalog=_WAREHOUSE,
            dialect="bigquery",
            note="One day's rows take the place of that day's rows.",
        ),
        Good("select max(day) from shop.events", catalog=_WAREHOUSE, dialect="bigquery"),
        Good(
            "select count(*) from shop.events", catalog=_WAREHOUSE, dialect="bigquery", note="Answered from metadata."
        ),
        Good("select * from shop.events limit 0", catalog=_WAREHOUSE, dialect="bigquery"),
        Good("insert into events_temp (id, name) select id, name from events", catalog=_EVENTS, dialect="postgres"),
        Good("select id from shop.events tablesample system (1 percent)", catalog=_WAREHOUSE, dialect="bigquery"),
        Good("create view recent as select id, day from shop.events", catalog=_WAREHOUSE, dialect="bigquery"),
        Good("select id from shop.events where {{ filters }}", catalog=_WAREHOUSE, dialect="bigquery", hosts=False),
        Good(
            "select name from events where id = 7",
            catalog=_EVENTS + "create index events_id on events (id);",
            dialect="postgres",
            note="The index of each partition finds the row.",
        ),
        Bad(
            """
            {{ config(materialized='incremental', unique_key='day') }}
            select date(ts) as day, count(*) as n from shop.events group by day
                                                       ^^^^^^^^^^^ read without a filter
            """,
            path="models/event_days.sql",
            files={"dbt_project.yml": "name: shop\n"},
            catalog=_WAREHOUSE,
            dialect="bigquery",
            hosts=False,
        ),
        Good(
            """
            {{ config(materialized='table') }}
            select date(ts) as day, count(*) as n from shop.events group by day
            """,
            path="models/event_days.sql",
            files={"dbt_project.yml": "name: shop\n"},
            catalog=_WAREHOUSE,
            dialect="bigquery",
            hosts=False,
            note="It is made anew each time.",
        ),
        Good(
            "select id from events_2024 where id > 7",
            catalog=_EVENTS
            + "create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');",
            dialect="postgres",
        ),
    )

    in_migrations: bool = option(False, "Look at migrations too, which rewrite whole tables on purpose.")
    strict: bool = option(False, "Also speak of sorted tables whose size is not known.")

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each partitioned table of a FROM that no predicate bounds."""
        if sql.path.test or sql.path.fixture or (sql.path.migration and not self.in_migrations):
            return
        reads = partition_reads(sql, sorting=self.strict)
        for read in reads:
            if read.open or read.pushed or not read.touches_data or _asks_nothing(read) or _is_small(sql, read):
                continue
            if is_bounded(read, reads) or is_found_by_index(sql, read):
                continue
            if (means_all_rows(sql, read) or clauses.is_sampled(read.relation.node)) and not _is_required(sql, read):
                continue
            yield self._finding(sql, read)

    def _finding(self, sql: SqlDocument, read: PartitionRead) -> Finding:
        partitioning = read.partitioning
        column = read.names[0]
        name = str(read.table.name)
        what, every = _WHAT.get(partitioning.kind, ("its partition column", "every partition is scanned"))
        view = None
        message = f"`{read.relation.node.name}` is read without a filter on {what} `{column}`"
        if read.view is not None:
            known = sql.relation_table(read.relation)
            view = known.location if known is not None else None
            message = f"the view `{read.relation.node.name}` of `{name}` is read without a filter on {what} `{column}`"
        required = _is_required(sql, read)
        cost = pruning.reading(
            read.table.statistics,
            partitioning,
            read.table.dialect or sql.dialect,
            needed=1,
            exact=_reads_all(sql, read),
        )
        if required:
            message += ": BigQuery refuses to read it without one"
        elif read.blocker is not None:
            message += f", for the one further out is not pushed through {_blocked_by(read.blocker)}"
            message += f": {f'reads {cost.words}' if cost.words else every}"
        else:
            message += f": {f'reads {cost.words}' if cost.words else every}"
        place = partitioning.location or read.table.location
        cut = "sorted" if partitioning.kind == "sorted" else "partitioned"
        related = [Related(place, f"`{name}` is {cut} by `{partitioning.expression}`")] if place else []
        related += [Related(view, f"the view reads `{name}`")] if view is not None else []
        return Finding(
            read.span,
            message,
            related=tuple(related),
            fix=Fix.hint(
                f"bound `{column}` in each branch of the `OR`"
                if any(_by_turns(item) for item in read.found)
                else f"compare `{column}` with the first and last value that the query needs"
            ),
            severity=Severity.ERROR if required else None,
            cost=cost.cost,
        )


_WHAT = {
    "sorted": ("what it is sorted by,", "every block is scanned"),
    "suffix": ("the day of its tables,", "all of them are scanned"),
}


def _is_required(sql: SqlDocument, read: PartitionRead) -> bool:
    return read.partitioning.required and sql.dialect == "bigquery"


def _is_small(sql: SqlDocument, read: PartitionRead) -> bool:
    """Say whether there is nothing to save; of tables behind a wildcard only some are known to be of one day each."""
    if read.partitioning.kind == "suffix":
        return read.partitioning.granularity is None
    return pruning.is_small(read.table.statistics) and not _is_required(sql, read)


def _reads_all(sql: SqlDocument, read: PartitionRead) -> bool:
    """Say whether a read takes all columns, or the engine keeps rows whole."""
    node = read.scope.node
    if not sql.is_warehouse or not isinstance(node, exp.Select):
        return True
    return any(isinstance(item, exp.Star) for item in clauses.projections(node))


def _blocked_by(blocker: exp.Expr) -> str:
    if isinstance(blocker, exp.Window):
        return "a window function"
    if isinstance(blocker, exp.Distinct):
        return "`DISTINCT ON`"
    return "`LIMIT`" if isinstance(blocker, (exp.Limit, exp.Fetch, exp.Offset)) else "an aggregate"


def _by_turns(item: ReadBound) -> bool:
    """Say whether a comparison of the partition column stands in one branch of an OR only."""
    return not item.bounds and isinstance(item.node.find_ancestor(exp.Or, *clauses.QUERY), exp.Or)


def _asks_nothing(read: PartitionRead) -> bool:
    """Say whether a scope reads no rows (`LIMIT 0`), or means the whole table: DELETE or UPDATE without WHERE."""
    node = read.scope.node
    limit = clauses.limit(node)
    if limit is not None and getattr(limit.expression, "name", "") == "0":
        return True
    return isinstance(node, (exp.Delete, exp.Update)) and clauses.where(node) is None
