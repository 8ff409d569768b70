"""A key that will run out of numbers."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Severity,
    Table,
    TableDeclaration,
    TableRule,
    column_types,
    ddl,
    option,
    wording,
    words_of,
)

_USED_UP = 0.25
"""The share of a key's numbers from which on it is told, as widening takes long on a table of that size."""
_WIDE = {"SERIAL": "BIGSERIAL", "SMALLSERIAL": "BIGSERIAL", "SERIAL4": "BIGSERIAL"}
_RARE = frozenset(
    """load loads etl elt job jobs batch batches file files import export pipeline migration dag sync definition version
    release deployment config schema permission plan deleted moderation admin""".split()
)
"""Words of what runs, or is changed by somebody's hand, a few times a day."""
_SIGNED = 2**31 - 1
_LOGS = frozenset(wording.APPEND_ONLY)
_VAGUE = frozenset(
    """request requests view views position positions activity activities samples run runs archive watermarks journal
    reading visit visits trace""".split()
)
"""Words of tables that may grow by the second, or by a few rows a day: requests for leave, saved views, jobs' positions."""
_LEADING = frozenset({"log", "audit", "history", "hist", "fct", "fact", "facts"})
"""Words that say of what follows that it is added to for ever: `fct_orders`, `audit_users`."""


class SmallIntegerKey(TableRule):
    """The key of a table that keeps growing is an `INT`.

    It ends at 2,147,483,647; sequences also spend numbers on rolled-back inserts and on conflicts of an upsert. On that day
    every insert fails, and the way out, widening the column, rewrites the table and each index and foreign key on it under a
    lock.

    Use `BIGINT` from the start: four bytes a row.

    Told for keys that the engine counts up, on tables that grow by their name (events, logs, facts, messages) or by their
    statistics (more than a quarter of the numbers are used; a name alone makes it a note). It is the last word of a name that
    says so: `page_events` grows, `event_types` does not. Left alone are histories counted to four billion by an `UNSIGNED`, logs of loads, jobs and versions (`etl_log`), which get
    a row for each run or change by hand, tables where every integer has 64 bits (SQLite, BigQuery, Snowflake, Oracle), and
    warehouses, unless `strict`.
    """

    name = "small-integer-key"
    category = Category.SCHEMA
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table page_events (id serial primary key, url text not null, seen_at timestamptz not null);
                                      ^^ `id` ends at 2,147,483,647
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table click_log (id int unsigned auto_increment primary key, url text);
                                    ^^ `id` ends at 4,294,967,295
            """,
            dialect="mysql",
        ),
        Bad(
            """
            create table trips (id int identity(1, 1), rode_at timestamp);
                                ^^ `id` ends at
            """,
            dialect="redshift",
            options={"strict": True, "names": ["trips"]},
        ),
        Good("create table page_events (id bigserial primary key, url text);", dialect="postgres"),
        Good(
            "create table countries (id serial primary key, name text not null);",
            dialect="postgres",
            note="Stays small.",
        ),
        Good(
            "create table price_history (id int unsigned auto_increment primary key, price_id int unsigned, price decimal(9, 2));",
            dialect="mysql",
            note="Four billion changes are a long way off.",
        ),
        Good("create table page_events (id integer primary key autoincrement, url text);", dialect="sqlite"),
        Good(
            "create table page_events (id serial primary key, url text); alter table page_events alter column id type bigint;",
            dialect="postgres",
        ),
        Good(
            "create table etl_load_log (id serial primary key, rows int);",
            dialect="postgres",
            note="A row for each run.",
        ),
        Good("create table event_types (id serial primary key, name text);", dialect="postgres"),
        Good(
            "create table request_watchers (id serial primary key, email text); create table saved_views (id serial primary key);",
            dialect="postgres",
            note="Rows that people make one by one.",
        ),
    )

    names: tuple[str, ...] = option((), "Further words in a table's name that say that it grows.")
    strict: bool = option(False, "Ask it of warehouses too.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield the key of each growing table that will run out of numbers."""
        table, key = declared.table, declared.table.primary_key
        if declared.path.fixture or declared.passes or table.derived or table.kind != "table":
            return
        if not (declared.is_row_store or self.strict):
            return
        if any("version" in words_of(one.name) for one in table.columns.values()) and table.statistics is None:
            return  # of what is changed by hand
        columns = [one for one in table.columns.values() if one.generated]
        if key is not None:
            columns = [one for one in columns if key.columns == (one.name,)]
        for column in columns[:1]:
            most = _most(column, table.dialect)
            if most is None:
                continue
            rows = table.statistics.rows if table.statistics is not None else None
            if rows is None and (_is_planned(table) or not self._grows(table.name.name)):
                continue
            if rows is None and most > _SIGNED and _is_of_changes(table.name.name):
                continue
            if rows is not None and rows < most * _USED_UP:
                continue
            used = f"; {rows:,} rows are there already" if rows is not None else ", and the table keeps growing"
            wide = _WIDE.get(column_types.bare(column.type or ""), "BIGINT")
            hint = f"make `{column.name}` `{wide}`"
            yield Finding(
                declared.at(column.location),
                f"`{column.name}` ends at {most:,}{used}",
                severity=Severity.NOTE if rows is None else None,
                fix=Fix.ddl(
                    *ddl.set_type(table, column, wide.replace("BIGSERIAL", "BIGINT")), title=hint, otherwise=hint
                ),
            )

    def _grows(self, name: str) -> bool:
        if wording.has_word((name,), self.names):
            return True
        words = [word for piece in words_of(name) if (word := piece.rstrip("0123456789"))]
        if not words or not (_RARE.isdisjoint(words) or _LOGS.isdisjoint(words)):
            return False
        return words[0] in _LEADING or (words[-1] in wording.GROWING and words[-1] not in _VAGUE)


def _is_of_changes(name: str) -> bool:
    """Say whether a name says that each row is a change to another table's row, or a word to a person: never four billion."""
    return words_of(name)[-1:] in (["history"], ["hist"], ["audit"], ["audits"], ["notification"], ["notifications"])


def _is_planned(table: Table) -> bool:
    """Say whether an event is one that people go to: it has a name of its own."""
    return words_of(table.name.name)[-1:] in (["event"], ["events"]) and not {"name", "title"}.isdisjoint(table.columns)


def _most(column: Column, dialect: str) -> int | None:
    bits = column_types.bits(column.type, dialect)
    if bits is None or bits > 32:
        return None
    signed = "UNSIGNED" not in (column.type or "")
    return int(2 ** (bits - signed)) - 1
