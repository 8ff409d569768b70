"""A table without a key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Good,
    KeyKind,
    Severity,
    Span,
    SqlDocument,
    SqlOrTableRule,
    Table,
    TableDeclaration,
    TableName,
    TypeFamily,
    column_types,
    declared_tables,
    is_told_once,
    named_statements,
    option,
    wording,
)

_ENFORCES = frozenset({"postgres", "mysql", "sqlite", "tsql", "oracle", "singlestore", "materialize"})
"""Dialects of engines that are known to keep what a key promises."""
_NO_KEY = frozenset({TypeFamily.BINARY, TypeFamily.JSON})
"""What no key is made of: a table of nothing else has one row, or is where documents land."""
_SHORT_KEYS = frozenset({"tsql", "mysql", "oracle"})
"""Dialects of engines whose keys hold texts of some length alone."""
_LONG_TEXTS = frozenset({"TEXT", "NTEXT", "MEDIUMTEXT", "LONGTEXT", "CLOB", "NCLOB"})
_NOW = re.compile(r"\b(?:now|current_timestamp|getdate|getutcdate|sysdatetime|sysutcdatetime|systimestamp)\b")
_PASSING = (*wording.STAGING, *wording.PUT_ASIDE)


class NoPrimaryKey(SqlOrTableRule):
    """A table that lasts has neither a primary key nor a unique key.

    Nothing then keeps a row from being there twice: a load that is run again doubles it, no `ON CONFLICT` and no `MERGE`
    can name the row it means, replication and change capture cannot tell rows apart, and every join on what people think is
    the key may multiply rows.

    Declare what makes a row the one it is: a natural key, two foreign keys of a link table together, or an identity column
    when there is nothing else. A key that another statement of the project adds (`ALTER TABLE … ADD PRIMARY KEY`, a unique
    index) counts.

    Left alone: temporary and staging tables, tables that keep what was delivered or put aside (`raw_orders`,
    `orders_backup`), partitions of another table and what inherits from one, tables whose partitions have a key each, copies
    (`LIKE`, `AS SELECT`), virtual tables, tables that a framework lays down (`qrtz_triggers`), tables of nothing but documents
    or of messages with their moments, which no key could be made of,
    and engines that do not enforce keys (BigQuery, Snowflake, Redshift, Spark, ClickHouse, …) or are not known to, as in a
    template for any warehouse. For those `strict` asks all the same, as a declared key helps their planner and the people who
    read the table.
    """

    name = "no-primary-key"
    category = Category.SCHEMA
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table order_items (order_id bigint not null, sku text not null, quantity int not null);
                         ^^^^^^^^^^^ `order_items` has neither a primary nor a unique key
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table shop.orders (id int64 not null, total numeric);
                         ^^^^^^^^^^^ has neither
            """,
            dialect="bigquery",
            options={"strict": True},
        ),
        Bad(
            """
            from sqlalchemy import Column, ForeignKey, MetaData, Table

            metadata = MetaData()
            order_tags = Table(
                "order_tags",
                ^^^^^^^^^^^^ `order_tags` has neither a primary nor a unique key
                metadata,
                Column("order_id", ForeignKey("orders.id"), nullable=False),
                Column("tag_id", ForeignKey("tags.id"), nullable=False),
            )
            """,
            language="python",
            path="shop/models.py",
        ),
        Bad(
            """
            create table bookings (room int, during tstzrange, exclude using gist (room with =, during with &&));
                         ^^^^^^^^ has neither a primary nor a unique key: its exclusion keeps rows out, but no reference, `ON CONFLICT DO UPDATE` or replication can name a row by it
            """,
            dialect="postgres",
        ),
        Good("create table orders (id bigint primary key, total numeric(12, 2));", dialect="postgres"),
        Good(
            "create table orders (id bigint not null); alter table orders add constraint orders_pk primary key (id);",
            dialect="postgres",
            note="The key follows.",
        ),
        Good("create table links (a int, b int); create unique index links_ab on links (a, b);", dialect="postgres"),
        Good("create temp table picked (id bigint); create table stg_orders (id bigint);", dialect="postgres"),
        Bad(
            """
            create table raw_materials (id bigint, name text);
                         ^^^^^^^^^^^^^ has neither
            """,
            dialect="postgres",
        ),
        Good("create table raw_orders (line text); create table orders_bak (id bigint);", dialect="postgres"),
        Good(
            "create table orders (id serial, total decimal(12, 2));",
            dialect="mysql",
            note="MySQL's `SERIAL` is unique.",
        ),
        Good(
            "{% macro create_log(schema) %} create table {{ schema }}.run_log (id bigint) {% endmacro %}",
            path="macros/create_log.sql",
            note="Which engine runs it is not known.",
        ),
        Good(
            "create table progress (at datetime2 default sysutcdatetime(), message nvarchar(max));",
            dialect="tsql",
            note="Of neither could a key be made.",
        ),
        Good("create table events_2024 partition of events for values in (2024);", dialect="postgres"),
        Good("create table copy (like orders including all);", dialect="postgres"),
        Good(
            "drop table if exists day_totals; create table day_totals (day date, total numeric(12, 2));",
            dialect="postgres",
            note="Each run builds it anew.",
        ),
        Good("create table shop.orders (id int64, total numeric);", dialect="bigquery", note="Keys are not enforced."),
    )

    strict: bool = option(False, "Ask for a key on engines that do not enforce it, and on `CREATE TABLE … AS`.")

    def check(self, subject: SqlDocument | TableDeclaration) -> Iterator[Finding]:
        """Yield the name of each lasting table that is created without a key and never gets one."""
        if subject.path.test or subject.path.fixture:
            return
        yield from (self._of_table(subject) if isinstance(subject, TableDeclaration) else self._of_sql(subject))

    def _of_table(self, declared: TableDeclaration) -> Iterator[Finding]:
        table = declared.table
        lasting = table.kind == "table" and table.complete and not declared.passes and not table.derived
        if not lasting or not table.columns or not (declared.is_row_store or self.strict) or not declared.tells_keys:
            return
        if not _needs_none(table, table.dialect):
            yield Finding(declared.span, _lacks_a_key(table))

    def _of_sql(self, sql: SqlDocument) -> Iterator[Finding]:
        unknown = sql.region.templated and sql.dialect not in _ENFORCES
        if (sql.is_warehouse or unknown) and not self.strict:
            return
        tables = list(declared_tables(sql))
        # A script all of whose tables are called so sets a test up.
        if len(tables) > 1 and all(declared.table.name.name.lower().startswith("test_") for declared in tables):
            return
        for declared in tables:
            table, change = declared.table, declared.change
            if table.kind != "table" or table.temporary or wording.has_word(table.name.parts, _PASSING):
                continue
            if wording.is_in_framework(table.name.parts):
                continue
            if change.like is not None or change.partition_of is not None or change.inherits or not table.complete:
                continue
            if declared.query is not None and not self.strict:
                continue
            if _is_dropped_before(sql, table.name, declared.name_span):
                continue
            known = sql.catalog.table(table.name, sql.dialect, sql.source.path)
            if (
                known is None
                or is_told_once(sql, table.name)
                or _has_key(table)
                or known.kind == "partition"
                or (known.role == "olap" and not self.strict)
                or _needs_none(known, sql.dialect)
            ):
                continue
            parts = (sql.catalog.table(part.name, sql.dialect, sql.source.path) for part in known.parts)
            if any(part is not None and _has_key(part) for part in parts):
                continue
            yield Finding(declared.name_span, _lacks_a_key(known, table.name))


def _lacks_a_key(table: Table, name: TableName | None = None) -> str:
    """Say what goes wrong without a key."""
    why = "nothing keeps a row from being there twice"
    if table.exclusions:
        why = "its exclusion keeps rows out, but no reference, `ON CONFLICT DO UPDATE` or replication can name a row by it"
    return f"`{name or table.name}` has neither a primary nor a unique key: {why}"


def _needs_none(table: Table, dialect: str) -> bool:
    """Say whether a table has a key, is the one row that says how far the migrations came, or has nothing to make one of."""
    if _has_key(table) or [column.name.lower() for column in table.columns.values()] == ["version"]:
        return True
    return all(_is_of_no_key(column, dialect) for column in table.columns.values())


def _is_of_no_key(column: Column, dialect: str) -> bool:
    """Say whether no key has a column: a document, a text too long for an index, the moment at which a row was written."""
    family, kind = column_types.family(column.type, dialect), (column.type or "").upper()
    if family is TypeFamily.TEXT:
        return dialect in _SHORT_KEYS and ("(MAX)" in kind or column_types.bare(kind) in _LONG_TEXTS)
    return family in _NO_KEY or (family is TypeFamily.INSTANT and bool(_NOW.search((column.default or "").lower())))


def _is_dropped_before(sql: SqlDocument, table: TableName, created: Span) -> bool:
    """Say whether the script, or the function around, drops the table first: each run builds it anew."""
    named = named_statements(sql)
    dropped = named.dropped(table)
    return named.is_dropped_above(table) or (bool(dropped) and dropped[0] < created.start)


def _has_key(table: Table) -> bool:
    return any(key.kind is not KeyKind.FOREIGN for key in table.keys) or any(index.unique for index in table.indexes)
