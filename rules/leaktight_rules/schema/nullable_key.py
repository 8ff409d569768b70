"""A key that takes NULL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Index,
    Key,
    KeyKind,
    Related,
    Severity,
    Table,
    TableDeclaration,
    TableRule,
    ddl,
    listed,
    names_in,
    words_of,
)

_NULLS_ARE_EQUAL = frozenset({"tsql", "fabric", "oracle"})
"""Dialects of engines that let NULL stand in a unique key once, or beside the same other values once."""
_OPTIONAL = frozenset(
    "external ext idempotency pending token uuid guid uid hash fingerprint checksum legacy old import source key slug alias "
    "handle single reference".split()
)
"""Words of names that a row may have besides its own, one of a kind if it has it at all."""


class NullableKey(TableRule):
    """A unique key has a column that may be NULL.

    Two NULLs are never equal, so the key keeps no two rows apart that have one: `unique (shop_id, sku, variant)` lets the
    same product in twice as long as its `variant` is empty, an upsert on that key inserts a second row each time, and a join
    on it finds neither.

    Make the column `NOT NULL`, with a value that stands for "none", or say `NULLS NOT DISTINCT` (Postgres 15), or add a
    unique index over `COALESCE(variant, '')`.

    Left alone:

    - a single nullable column that is unique (`phone text unique`), unless it is what tells rows apart: the table's own `id`, or
      the only key it has;
    - a name that a row may have besides its own, one of a kind in its shop if it has it at all: `unique (shop_id, external_id)`,
      `idempotency_key`, `token`, `slug`;
    - keys of a row that is about one of several things, each with a key of its own or with a check that says which is NULL, and
      keys of a thing that a row need not have at all (`sequence_id`, `number_in_sequence`);
    - keys beside which another one, or a partial unique index, guards the rows with NULL;
    - SQL Server and Oracle, which let such a row in once.
    """

    name = "nullable-key"
    category = Category.SCHEMA
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table prices (
                id bigint primary key, shop_id bigint not null, sku text not null, variant text,
                unique (shop_id, sku, variant)
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `variant` may be NULL
            );
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table rates (currency text unique, rate numeric not null);
                                              ^^^^^^ `rates` has no other key, and `currency` may be NULL
            """,
            dialect="postgres",
        ),
        Good(
            "create table users (id bigint primary key, phone text unique);",
            note="Whoever has a phone has it alone.",
        ),
        Good(
            """
            create table prices (id bigint primary key, sku text not null, variant text, unique (sku, variant));
            create unique index prices_without on prices (sku) where variant is null;
            """,
            dialect="postgres",
            note="The rows without a variant have an index of their own.",
        ),
        Good(
            "create table orders (id bigint primary key, shop_id bigint not null, external_id text, unique (shop_id, external_id));",
            note="Whatever the marketplace calls an order, if it comes from there.",
        ),
        Good(
            """
            create table marks (
                id bigint primary key, rule_id bigint not null, order_id bigint, shop_id bigint,
                unique (rule_id, order_id), unique (rule_id, shop_id), check (num_nonnulls(order_id, shop_id) = 1)
            );
            """,
            dialect="postgres",
            note="A mark is of an order or of a shop.",
        ),
        Good(
            "create table prices (id bigint primary key, sku text not null, v text, unique nulls not distinct (sku, v));",
            dialect="postgres",
        ),
        Good(
            """
            create table prices (id bigint primary key, sku text not null, variant text, unique (sku, variant));
            alter table prices alter column variant set not null;
            """,
            dialect="postgres",
        ),
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield each unique key of a lasting table with a column that may be NULL."""
        table = declared.table
        if declared.path.fixture or declared.passes or table.kind != "table" or table.dialect in _NULLS_ARE_EQUAL:
            return
        keys: list[Key | Index] = [key for key in table.keys if key.kind is KeyKind.UNIQUE]
        keys += [index for index in table.indexes if index.unique and index.predicate is None and index.columns]
        only = table.primary_key is None and len(keys) == 1
        for key in keys:
            empty = [name for name in key.columns if table.nullable(name) is True]
            if not empty or not key.nulls_distinct or _guarded(table, key, empty):
                continue
            if len(key.columns) == 1 and not (only or _is_own_id(table, key.columns[0])):
                continue
            if len(key.columns) > 1 and len(empty) == 1 and _is_one_of_several(table, key, empty[0]):
                continue
            if len(empty) == len(key.columns) > 1 and not only and _is_about_one_thing(empty):
                continue
            if len(key.columns) > 1 and all(not _OPTIONAL.isdisjoint(words_of(name)) for name in empty):
                continue
            yield self._finding(declared, key, empty, only=only)

    def _finding(self, declared: TableDeclaration, key: Key | Index, empty: list[str], *, only: bool) -> Finding:
        table = declared.table
        column = table.column(empty[0])
        related = []
        if column is not None and column.location is not None:
            related.append(Related(column.location, f"`{column.name}` is not declared `NOT NULL`"))
        if key.location is not None and declared.place(key.location) is None:
            related.append(Related(key.location, "the key is made here"))
        columns = [one for name in empty if (one := table.column(name)) is not None]
        required = (statement for one in columns for statement in ddl.set_not_null(table, one))
        hint = f"declare {listed(empty)} `NOT NULL`"
        which = f"`{table.name}` has no other key, and " if only else ""
        return Finding(
            declared.at(key.location),
            f"{which}{listed(empty)} may be NULL: rows that are otherwise the same are then all let in",
            tuple(related),
            Fix.ddl(*required, title=hint, otherwise=hint),
        )


def _guarded(table: Table, key: Key | Index, empty: list[str]) -> bool:
    """Say whether another unique index speaks of the rows whose column is NULL, or of what stands for NULL."""
    columns = {name.lower() for name in key.columns}
    if any(
        "null" in check.condition.lower() and _lower(empty) & _lower(names_in(check.condition))
        for check in table.checks
    ):
        return True
    for index in table.indexes:
        if not index.unique or index is key:
            continue
        said = f"{index.predicate or ''} {' '.join(index.columns)}".lower()
        parts = [_lower(names_in(element)) & table.columns.keys() for element in index.columns]
        rest = all(parts) and set().union(*parts) <= columns - {empty[0].lower()}
        if all(name.lower() in said for name in empty) and ("coalesce" in said or "ifnull" in said or "null" in said):
            return True
        if rest and index.predicate is None:
            return True
    kept = columns - {name.lower() for name in empty}
    primary = _lower(table.primary_key.columns) if table.primary_key is not None else set()
    sets = [_lower(one) for one in table.unique_keys()]
    # Another key with some of the same columns, none of which may be NULL, says what a row is; not with a number of its own.
    return any(
        one <= kept or (one & kept and not primary < one and all(table.nullable(name) is False for name in one))
        for one in sets
    )


def _is_one_of_several(table: Table, key: Key | Index, empty: str) -> bool:
    """Say whether other keys go with the same columns and another one that may be NULL: a row is about one of the things."""
    kept = _lower(key.columns) - {empty.lower()}
    others = [_lower(one) for one in table.unique_keys()]
    return any(
        kept < one and len(one - kept) == 1 and empty.lower() not in one and table.nullable(next(iter(one - kept)))
        for one in others
    )


def _is_about_one_thing(names: list[str]) -> bool:
    """Say whether names share a word: a job has a `sequence_id` and a `number_in_sequence`, or it stands in no sequence."""
    return bool(set.intersection(*(set(words_of(name)) for name in names)) - {"id", "name", "code", "key", "type"})


def _lower(names: Iterable[str]) -> set[str]:
    return {name.lower() for name in names}


def _is_own_id(table: Table, column: str) -> bool:
    own = table.name.name.lower()
    return column.lower() in {"id", f"{own}_id", f"{own.removesuffix('s')}_id", "uuid"} and table.primary_key is None
