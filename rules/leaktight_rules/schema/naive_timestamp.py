"""An instant kept without its time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from leaktight import (
    Applicability,
    Bad,
    Catalog,
    Category,
    Column,
    DeclaredColumn,
    Finding,
    Fix,
    Good,
    Severity,
    SqlDocument,
    SqlOrTableRule,
    TableDeclaration,
    declared_columns,
    listed,
    option,
    words_of,
)

_NAIVE = {
    "postgres": ("TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE"),
    "redshift": ("TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE"),
    "duckdb": ("TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE", "DATETIME"),
    "snowflake": ("TIMESTAMP", "TIMESTAMP_NTZ", "DATETIME", "TIMESTAMPNTZ", "TIMESTAMP WITHOUT TIME ZONE"),
    "trino": ("TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE"),
    "oracle": ("TIMESTAMP",),
    "bigquery": ("DATETIME",),
    "databricks": ("TIMESTAMP_NTZ",),
    "spark": ("TIMESTAMP_NTZ",),
    "tsql": ("DATETIME", "DATETIME2", "SMALLDATETIME"),
    "": ("TIMESTAMP WITHOUT TIME ZONE",),
}
_ZONED = {
    "postgres": "timestamptz", "redshift": "timestamptz", "duckdb": "timestamptz", "snowflake": "timestamp_tz",
    "trino": "timestamp with time zone", "oracle": "timestamp with time zone", "bigquery": "timestamp",
    "databricks": "timestamp", "spark": "timestamp", "tsql": "datetimeoffset", "": "timestamp with time zone",
}  # fmt: skip
_INSTANT = (
    r"(?:_at|_ts|_timestamp|_on|_instant)$|^(?:timestamp|created|updated|modified|deleted|inserted|loaded|occurred)$|"
    r"^(?:created|updated|modified|deleted|inserted|expires|last_login|last_seen)_?(?:time|date|datetime)?$"
)
_LOCAL = (
    r"local(?!e)|(?:^|_)(?:wall|naive)(?:_|$)|(?:^|_)(?:utc|gmt)|(?:utc|gmt)$|"
    r"(?:^|_)(?:birth|dob|schedule[d]?|opening|closing|shift)"
)
_UTC = r"utc(?!o)|gmt"
"""What in a default says that the column holds UTC: `timezone('utc', now())`, `GETUTCDATE()`."""
_RAILS = "ar_internal_metadata"
"""The table in which Rails keeps what it knows of the database."""
_UTC_BY_CUSTOM = frozenset({"tsql", "fabric"})
"""Dialects of engines whose programs mostly write UTC into a plain type: what gives another clock away is a default."""
_WALL_CLOCK = r"zone|current_datetime|getdate|sysdatetime\b"
"""What in a default gives the time of some wall, which a type with a zone would read in another."""
_NOW = r"\b(?:now|current_timestamp|getdate|getutcdate|sysdatetime|clock_timestamp|localtimestamp|sysdate)\b"


_SHARE = 0.1
"""Which share of the tables with times must keep a zone for this to be the project's way."""


class NaiveTimestamp(SqlOrTableRule):
    """A column for an instant has a type that keeps no time zone.

    `TIMESTAMP` stores what a clock on some wall showed and forgets which wall: 02:30 on the night when summer time ends is
    two instants, a server that moves to UTC shifts all new rows against the old, and a comparison with `now()` casts by
    whatever zone the session has. Durations, orderings and daily sums then are off by hours, for some rows.

    Use the type that means an instant: `TIMESTAMPTZ` on Postgres, Redshift and DuckDB, `TIMESTAMP_TZ` on Snowflake,
    `TIMESTAMP` on BigQuery and Spark, `DATETIMEOFFSET` on SQL Server. It costs no more space on Postgres.

    A column counts as an instant by its name (`created_at`, `event_ts`, `updated`) or by a default such as `now()`; with
    `strict` every column of such a type does. A name that says local time, or the zone itself (`opens_local`, `created_utc`),
    is left alone, and so is a table with a default that names UTC (`GETUTCDATE()`): whoever reads it may know. So are the
    tables of Rails, which keeps all its times in UTC, and columns that a later migration drops or gives another type. So are
    MySQL, whose `TIMESTAMP` is an instant, and files whose dialect is not known.

    Each table is told where a tenth of the project's tables with times keep a zone: they are mixed. Where hardly any does, one
    finding speaks for all of them, but for columns whose default gives the time of some wall.

    A note on SQL Server, whose programs mostly keep UTC in a plain `DATETIME2`, unless a default gives the time of the server's
    own zone (`GETDATE()`); and for columns of an object mapper, or of its migrations, none of which has a default: the program
    fills them, and which clock that reads is not seen.
    """

    name = "naive-timestamp"
    category = Category.SCHEMA
    severity = Severity.WARNING
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            create table orders (id bigint primary key, created_at timestamp not null);
                                                                   ^^^^^^^^^ `created_at` is an instant, and `timestamp` keeps no time zone
            """,
            dialect="postgres",
            fixed="create table orders (id bigint primary key, created_at timestamptz not null);",
        ),
        Bad(
            """
            alter table orders add column seen timestamp(3) without time zone default now();
                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ keeps no time zone
            """,
            dialect="postgres",
            fixed="alter table orders add column seen timestamptz(3) default now();",
        ),
        Bad(
            """
            create table "User" ("id" text primary key, "updatedAt" timestamp(3) not null);
                                                                    ^^^^^^^^^^^^ `updatedAt` is an instant
            """,
            dialect="postgres",
            fixed='create table "User" ("id" text primary key, "updatedAt" timestamptz(3) not null);',
        ),
        Bad(
            """
            create table orders (id bigint primary key, created_at timestamp(3), updated_at timestamp(6));
                                                                   ^^^^^^^^^^^^ `created_at` and `updated_at` are instants
            """,
            dialect="postgres",
            fixed="create table orders (id bigint primary key, created_at timestamptz(3), updated_at timestamptz(6));",
            note="One finding for a table.",
        ),
        Bad(
            """
            create table d.orders (id int64, paid_at datetime);
                                                     ^^^^^^^^ keeps no time zone
            """,
            dialect="bigquery",
            fixed="create table d.orders (id int64, paid_at timestamp);",
        ),
        Bad(
            """
            create table dbo.orders (id int primary key, created_at datetime2(3) not null default getdate());
                                                                    ^^^^^^^^^^^^ keeps no time zone
            """,
            dialect="tsql",
        ),
        Bad(
            """
            create table readings (id bigint primary key, charted timestamp);
                                                                  ^^^^^^^^^ keeps no time zone
            """,
            dialect="postgres",
            options={"strict": True},
            fixed="create table readings (id bigint primary key, charted timestamptz);",
        ),
        Good(
            "create unlogged table load_orders (id bigint, seen_at timestamp not null default now());",
            dialect="postgres",
            note="It does not last.",
        ),
        Good("create table orders (id bigint primary key, created_at timestamptz);", dialect="postgres"),
        Good("create table orders (id bigint primary key, created_at timestamp with time zone);", dialect="postgres"),
        Good("create table shops (id bigint primary key, opens_local timestamp, born date);", dialect="postgres"),
        Good("create table orders (id bigint primary key, created_utc timestamp);", dialect="postgres"),
        Good(
            "create table orders (id bigint primary key, shipped timestamp default timezone('utc', now()));",
            dialect="postgres",
            note="The default says that it is UTC.",
        ),
        Good(
            """
            create table orders (
                id bigint primary key, created_at timestamp not null default (now() at time zone 'utc'), deleted_at timestamp
            );
            """,
            dialect="postgres",
            note="What one column says of the clock holds for the other.",
        ),
        Good(
            """
            create table ar_internal_metadata (key varchar primary key, value varchar, created_at timestamp(6) not null);
            create table orders (id bigint primary key, created_at timestamp(6) not null, updated_at timestamp(6) not null);
            """,
            path="db/structure.sql",
            dialect="postgres",
            note="A database of Rails, all of whose times are in UTC.",
        ),
        Good("create table orders (id int primary key, created_at timestamp);", dialect="mysql"),
        Good("create table d.orders (id int64, created_at timestamp);", dialect="bigquery"),
        Good("create table readings (id bigint primary key, charted timestamp);", dialect="postgres"),
    )

    strict: bool = option(False, "Take every column of such a type for an instant, whatever its name.")

    def check(self, subject: SqlDocument | TableDeclaration) -> Iterator[Finding]:
        """Yield the type of each column that holds an instant without its zone."""
        if subject.path.test or subject.path.fixture:
            return
        if subject.catalog.named(_RAILS):
            return
        if isinstance(subject, TableDeclaration):
            yield from self._of_table(subject)
        elif (naive := _NAIVE.get(subject.dialect)) is not None:
            yield from self._of_sql(subject, naive)

    def _of_table(self, declared: TableDeclaration) -> Iterator[Finding]:
        table = declared.table
        naive = _NAIVE.get(table.dialect, ())
        columns = [
            column
            for column in table.columns.values()
            if _split(column.type or "")[0] in naive and self._instant(column)
        ]
        if not columns or table.temporary or any(_says_utc(column) for column in table.columns.values()):
            return
        names = listed((column.name for column in columns), 5)
        what = f"{names} are instants" if len(columns) > 1 else f"{names} is an instant"
        # No default shows which clock the program reads, and most of those that have a mapper read UTC.
        by_program = declared.is_of_mapper and not any(column.default or column.preset for column in columns)
        yield Finding(
            declared.at(columns[0].location),
            f"{what}, and `{(columns[0].type or '').lower()}` keeps no time zone",
            declared.added_elsewhere(*columns[:5]),
            Fix.hint(
                f"make {'it' if len(columns) == 1 else 'them'} `{_ZONED[table.dialect]}`"
                f"{': `DateTime(timezone=True)`' if declared.is_of_mapper else ''}"
            ),
            severity=Severity.NOTE if by_program or not declared.is_row_store else None,
            covers=declared.spans(columns[1:]),
            habit=self._is_habit(declared.catalog),
        )

    def _of_sql(self, sql: SqlDocument, naive: tuple[str, ...]) -> Iterator[Finding]:
        declared = list(declared_columns(sql))
        told = {one.table for one in declared if _says_utc(one.column)}
        columns = [one for one in declared if one.table not in told and self._is_naive(one, naive)]
        # A warehouse often keeps all its times in UTC, and a type that is called so was chosen.
        severity = Severity.NOTE if sql.is_warehouse else None
        for (_, of_wall), together in groupby(columns, lambda one: (one.table, _reads_a_wall(one))):
            first, *others = together
            assert first.type_span is not None
            # SQL Server's CURRENT_TIMESTAMP is GETDATE().
            local = of_wall or any(
                "current_timestamp" in (one.column.default or "").lower() for one in (first, *others)
            )
            may_be_utc = sql.dialect in _UTC_BY_CUSTOM and not local
            written = " ".join(sql.slice(first.type_span).split())
            names = listed((one.column.name for one in (first, *others)), 5)
            what = f"{names} are instants" if others else f"{names} is an instant"
            yield Finding(
                first.type_span,
                f"{what}, and `{written}` keeps no time zone",
                fix=self._fix(sql, [first, *others]),
                severity=Severity.NOTE if may_be_utc else severity,
                covers=tuple(one.type_span for one in others if one.type_span is not None),
                habit=not of_wall and self._is_habit(sql.catalog),
            )

    def _is_habit(self, catalog: Catalog) -> bool:
        return not self.strict and not catalog.says("zoned", _SHARE)

    def _is_naive(self, declared: DeclaredColumn, naive: tuple[str, ...]) -> bool:
        if declared.type_span is None or declared.temporary or _split(declared.column.type or "")[0] not in naive:
            return False
        return self._instant(declared.column) and _split(declared.final_type)[0] in naive

    def _fix(self, sql: SqlDocument, columns: list[DeclaredColumn]) -> Fix:
        changes = [(one.type_span, self._zoned(sql, one)) for one in columns if one.type_span is not None]
        kinds = dict.fromkeys(zoned for _, zoned in changes)
        written = changes[0][1] if len(kinds) == 1 else _split(changes[0][1])[0].lower()
        what = f"make {'it' if len(columns) == 1 else 'them'} `{written}`"
        if _reads_a_wall(columns[0]):
            return Fix.hint(f"{what}, with a default that is an instant too")
        return Fix.unsafe(what, *(sql.replace(place, zoned) for place, zoned in changes))

    def _zoned(self, sql: SqlDocument, declared: DeclaredColumn) -> str:
        zoned, (_, precision) = _ZONED[sql.dialect], _split(declared.column.type or "")
        head, _, tail = zoned.partition(" ")
        zoned = f"{head}{precision}{' ' + tail if tail else ''}" if sql.dialect != "bigquery" else head
        assert declared.type_span is not None
        return zoned.upper() if sql.slice(declared.type_span).isupper() else zoned

    def _instant(self, column: Column) -> bool:
        name = "_".join(words_of(column.name))
        default = f"{column.default or ''} {column.preset or ''}".lower()
        if re.search(_LOCAL, name):
            return False
        return self.strict or bool(re.search(_INSTANT, name) or re.search(_NOW, default))


def _says_utc(column: Column) -> bool:
    return bool(re.search(_UTC, f"{column.default or ''} {column.preset or ''}".lower()))


def _reads_a_wall(declared: DeclaredColumn) -> bool:
    default = re.sub(r"with(?:out)? time zone", "", (declared.column.default or "").lower())
    return bool(re.search(_WALL_CLOCK, default))


def _split(kind: str) -> tuple[str, str]:
    """Give a type without its precision, and the precision: `TIMESTAMP WITHOUT TIME ZONE` and `(3)`."""
    head, bracket, rest = kind.partition("(")
    if not bracket:
        return kind, ""
    inside, _, tail = rest.partition(")")
    return f"{head.strip()}{' ' + tail.strip() if tail.strip() else ''}", f"({inside})"
