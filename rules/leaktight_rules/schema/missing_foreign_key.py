"""A reference that nothing keeps."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Key,
    KeyKind,
    Related,
    Severity,
    Table,
    TableDeclaration,
    TableRule,
    column_types,
    ddl,
    listed,
    option,
    wording,
    words_of,
)

_OUTLIVES = (
    *wording.APPEND_ONLY,
    "event",
    "events",
    "deleted",
    "snapshot",
    "snapshots",
    "cache",
    "queue",
    "statistics",
    "statistikk",
    "stats",
    "metrics",
    "analytics",
    "activity",
    "activities",
    "tracking",
    "summary",
    "stream",
)
"""Words of tables whose rows are meant to outlive what they speak of."""

_KEPT_BY = 0.25
"""The share of a folder's tables that have references where a project keeps them."""

_SHOP = "create table customers (id bigint primary key); create table shops (id bigint primary key);"


class MissingForeignKey(TableRule):
    """A column names a row of another table, and no foreign key keeps it true.

    `orders.customer_id` may then hold a customer that was deleted, or never was: an inner join drops those orders from every
    report, an outer join shows them without a name, and nobody is told. Joins that the key would prove unnecessary are made.

    Add the reference. On a live Postgres table add it `NOT VALID` first, mend the orphans, and validate it then.

    Told only where the other table is known, is keyed by that one column, has the same type, and foreign keys are kept
    around it: another table refers to it by a column of that name, this one has references of its own, or a good part of
    the tables in the folder have. A project without any has decided so, and where others refer to that table by another
    column for the same (`crash_pk`), a `crash_id` is another number. Left alone: warehouses and tables that are modelled as such
    (`strict` asks all the same), logs and histories, whose rows outlive what they speak of, partitions and tables whose
    partitions have the key, staging tables, and a pair of columns that names its table itself, or a system outside (`owner_type`, `owner_id`; `provider`).
    """

    name = "missing-foreign-key"
    category = Category.SCHEMA
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table orders (id bigint primary key, customer_id bigint not null, shop_id bigint references shops (id));
                                                        ^^^^^^^^^^^ `customer_id` names a row of `customers`, and no foreign key
            """,
            catalog=_SHOP,
            dialect="postgres",
        ),
        Bad(
            """
            create table sales.orders (id int64, customer_id int64);
                                                 ^^^^^^^^^^^ `customer_id`
            """,
            catalog="create table sales.customers (id int64, primary key (id) not enforced);",
            dialect="bigquery",
            options={"strict": True},
        ),
        Bad(
            """
            create table customers (id bigint primary key);
            create table orders (id bigint primary key, customer_id bigint not null, key of_customer (customer_id));
                                                        ^^^^^^^^^^^ `customer_id` names a row of `customers`
            create table items (id bigint primary key, order_id bigint not null, foreign key (order_id) references orders (id));
            """,
            dialect="mysql",
            note="Foreign keys are kept, but for this one.",
        ),
        Good(
            """
            create table orders (id bigint primary key, customer_id bigint, shop_id bigint references shops (id));
            alter table orders add constraint fk foreign key (customer_id) references customers (id);
            """,
            catalog=_SHOP,
            dialect="postgres",
        ),
        Good(
            "create table orders (id bigint primary key, customer_id bigint not null);",
            catalog="create table customers (id bigint primary key);",
            dialect="postgres",
            note="The project has no foreign keys at all.",
        ),
        Good(
            """
            create table crashes (id bigint primary key, shop_id bigint references shops (id));
            create table units (id bigint primary key, crash_pk bigint references crashes (id));
            create table calls (id bigint primary key, crash_id bigint, shop_id bigint references shops (id));
            """,
            catalog=_SHOP,
            dialect="postgres",
            note="Who means a crash says `crash_pk`: `crash_id` is another number.",
        ),
        Good(
            """
            create table notes (
                id bigint primary key, customer_type text, customer_id bigint, shop_id bigint references shops (id)
            );
            """,
            catalog=_SHOP,
            dialect="postgres",
            note="Which table it is, another column says.",
        ),
        Good(
            "create table customer_log (id bigint primary key, customer_id bigint, s bigint references shops (id));",
            catalog=_SHOP,
            dialect="postgres",
        ),
    )

    strict: bool = option(
        False, "Ask for references in warehouses too, where they only help the planner and the reader."
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield one finding for the columns of a table that reference another without a key."""
        table = declared.table
        if declared.path.fixture or declared.passes or table.derived or table.kind != "table":
            return
        if not self.strict and (not declared.is_row_store or wording.has_word(table.name.parts[-1:], _OUTLIVES)):
            return
        found = [
            (column, other, key)
            for column in table.columns.values()
            if (named := self._named(declared, column)) is not None
            for other, key in [named]
        ]
        if not self.strict:
            found = [(column, other, key) for column, other, key in found if _is_kept(declared, column, other)]
        if not found:
            return
        first, other, _ = found[0]
        if len(found) == 1:
            message = f"`{first.name}` names a row of `{other.name}`, and no foreign key keeps it true"
        else:
            names = listed((column.name for column, _, _ in found), 5)
            message = f"{names} name rows of other tables, and no foreign key keeps them true"
        related = tuple(
            Related(one.location, f"`{one.name}` is declared here, keyed by `{key}`")
            for _, one, key in found[:5]
            if one.location is not None
        )
        keys = (statement for column, one, key in found for statement in ddl.add_foreign_key(table, column, one, key))
        hint = "; ".join(f"{column.name} references {one.name} ({key})" for column, one, key in found[:5])
        covers = declared.spans(one for one, _, _ in found[1:])
        related += declared.added_elsewhere(*(column for column, _, _ in found[:5]))
        yield Finding(
            declared.at(first.location), message, related, Fix.ddl(*keys, title=hint, otherwise=hint), covers=covers
        )

    def _named(self, declared: TableDeclaration, column: Column) -> tuple[Table, str] | None:
        """Give the table that a column's name means, and the one column that keys it."""
        table, name = declared.table, column.name.lower()
        *words, last = words_of(column.name) or [""]
        if last != "id" or not words:
            return None
        stem = "_".join(words)
        kinds = {f"{stem}_type", f"{stem}_kind", "provider", "platform", "vendor"}
        if any("_".join(words_of(other.name)) in kinds for other in table.columns.values()):
            return None
        if any(_refers(key, name) for key in table.keys):
            return None
        own = table.primary_key
        if own is not None and len(own.columns) == 1 and own.columns[0].lower() == name:
            return None
        for wanted in (f"{stem}s", stem, f"{stem.removesuffix('y')}ies" if stem.endswith("y") else f"{stem}es"):
            spelt = dict.fromkeys((wanted, wanted.replace("_", "")))
            for other in (one for word in spelt for one in declared.catalog.named(word)):
                key = _single_key(other)
                if key is None or other is table or not _beside(table, other) or not _same(column, other, key):
                    continue
                # A table that refers to such rows itself, beside a key of its own, is about them and holds none.
                if key.lower() == name or name not in other.columns:
                    return other, key
        return None


def _single_key(table: Table) -> str | None:
    key = table.primary_key
    if (
        key is None
        or len(key.columns) != 1
        or table.kind != "table"
        or table.temporary
        or table.partitioning is not None
    ):
        return None
    return key.columns[0]


def _beside(table: Table, other: Table) -> bool:
    """Say whether two tables stand in one database: the same schema, the same dialect, files of one folder."""
    if table.name.parts[:-1] != other.name.parts[:-1] or table.dialect != other.dialect:
        return False
    if table.location is None or other.location is None:
        return False
    one, two = table.location.path.rpartition("/")[0], other.location.path.rpartition("/")[0]
    return one == two or not one or not two


def _same(column: Column, other: Table, key: str) -> bool:
    target = other.column(key)
    if target is None or column.type is None or target.type is None:
        return False
    return column_types.family(column.type) is column_types.family(target.type)


def _is_kept(declared: TableDeclaration, column: Column, other: Table) -> bool:
    """Say whether references are kept around a table: to the other by that name, in this one, or in the folder's tables.

    Where others refer to it by another column for the same (`crash_pk`), the name means something else.
    """
    name = column.name.lower()
    for part in declared.table.parts:
        cut = declared.catalog.table(part.name, declared.table.dialect, declared.document.source.path)
        if cut is not None and any(_refers(key, name) for key in cut.keys):
            return False
    referring = declared.catalog.referring(other.name.name)
    if name in referring:
        return True
    stem = words_of(name)[:-1]
    if any(words_of(one)[:-1] == stem for one in referring):
        return False
    own = any(key.kind is KeyKind.FOREIGN for key in declared.table.keys)
    return own or declared.catalog.says("references", _KEPT_BY, folder=declared.folder)


def _refers(key: Key, column: str) -> bool:
    return key.kind is KeyKind.FOREIGN and column in (name.lower() for name in key.columns)
