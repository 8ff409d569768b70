"""The shop that every source describes: its facts, and how they are read off the tables that a source gives."""

from __future__ import annotations

from collections.abc import Mapping

from reading import meaning

from leaktight.catalog.table import Key, KeyKind, Table
from leaktight.diagnostics import Location

COLUMNS: dict[str, dict[str, tuple[str | None, bool | None]]] = {
    "customers": {
        "customer_id": ("BIGINT", False),
        "email": ("VARCHAR(255)", False),
        "country": ("CHAR(2)", True),
        "created_at": ("TIMESTAMPTZ", False),
    },
    "orders": {
        "order_id": ("BIGINT", False),
        "customer_id": ("BIGINT", False),
        "status": ("VARCHAR(20)", False),
        "total": ("NUMERIC(12,2)", False),
        "created_at": ("TIMESTAMPTZ", False),
    },
    "events": {
        "event_id": ("BIGINT", False),
        "order_id": ("BIGINT", True),
        "kind": ("VARCHAR(40)", False),
        "payload": ("JSONB", True),
        "occurred_at": ("TIMESTAMPTZ", False),
    },
}
KEYS = {
    "customers": {("primary", ("customer_id",), ""), ("unique", ("email",), "")},
    "orders": {("primary", ("order_id",), ""), ("foreign", ("customer_id",), "shop.customers(customer_id)")},
    # The key of a partitioned table has to hold the column that it is partitioned by, in PostgreSQL and in MySQL.
    "events": {("primary", ("event_id", "occurred_at"), "")},
}
_OF_TABLES: dict[str, object] = {
    "customers.primary": ("customer_id",),
    "customers.unique": (("email",),),
    "orders.primary": ("order_id",),
    "orders.foreign": ((("customer_id",), "customers", ("customer_id",)),),
    "orders.indexes": (("orders_customer_created", ("customer_id", "created_at"), False),),
    "orders.clustering": ("customer_id", "created_at"),
    "orders.comment": "One row for each order.",
    "orders.owner": "sales",
    "orders.retention": "7 years",
    "orders.role": "oltp",
    "orders.statistics": (7, 57344),
    "events.primary": ("event_id", "occurred_at"),
    "events.partitioning": ("range", ("occurred_at",)),
    "customers.created_at.default": "now()",
    "customers.email.classification": "pii",
    "orders.status.default": "'open'",
}
"""What there is to know of the shop besides its columns; of a fact that is not here there is nothing to say."""


def columns(types: dict[str, str], *, nullable: bool = True) -> dict[str, dict[str, tuple[str | None, bool | None]]]:
    """Give the columns as an engine says them that calls types otherwise, or that knows no NOT NULL."""
    return {
        table: {name: (types.get(str(kind), kind), null if nullable else None) for name, (kind, null) in of.items()}
        for table, of in COLUMNS.items()
    }


Facts = dict[str, tuple[object, Location | None]]
"""Facts by what they are of, `orders.total.type`, each with its place. One of which nothing is said is None or empty."""


def shop_facts() -> dict[str, object]:
    """Give each fact of the shop by what it is of, those too of which there is nothing to say."""
    found: dict[str, object] = {}
    for table, of in COLUMNS.items():
        found[f"{table}.name"] = f"shop.{table}"
        found[f"{table}.columns"] = tuple(of)
        found[f"{table}.complete"] = True
        for fact in ("primary", "unique", "foreign", "indexes"):
            found[f"{table}.{fact}"] = ()
        for fact in ("clustering", "comment", "owner", "retention", "role", "statistics", "partitioning"):
            found[f"{table}.{fact}"] = None
        for name, (kind, nullable) in of.items():
            found |= {f"{table}.{name}.type": kind, f"{table}.{name}.nullable": nullable}
            found |= {f"{table}.{name}.{fact}": None for fact in ("default", "comment", "classification")}
            found[f"{table}.{name}.generated"] = False
    assert _OF_TABLES.keys() <= found.keys()
    return {**found, **_OF_TABLES}


def facts_of(tables: Mapping[str, Table]) -> Facts:
    """Give what a source tells of the shop, its tables by their last names."""
    found: Facts = {}
    for name, table in tables.items():
        found[f"{name}.complete"] = table.complete, table.location
        found[f"{name}.name"] = str(table.name), table.location
        found[f"{name}.columns"] = tuple(table.columns), table.location
        primary = table.primary_key
        found[f"{name}.primary"] = (primary.columns, primary.location) if primary is not None else ((), None)
        for kind in (KeyKind.UNIQUE, KeyKind.FOREIGN):
            of_kind = [key for key in table.keys if key.kind is kind]
            place = of_kind[0].location if of_kind else None
            found[f"{name}.{kind.value}"] = tuple(sorted(map(_key, of_kind), key=repr)), place
        indexes = tuple((index.name, index.columns, index.unique) for index in table.indexes)
        found[f"{name}.indexes"] = indexes, table.indexes[0].location if indexes else None
        sorting, cut, size = table.clustering, table.partitioning, table.statistics
        found[f"{name}.clustering"] = (sorting.columns, sorting.location) if sorting is not None else (None, None)
        found[f"{name}.partitioning"] = ((cut.kind, cut.columns), cut.location) if cut is not None else (None, None)
        found[f"{name}.statistics"] = ((size.rows, size.bytes), size.location) if size is not None else (None, None)
        for fact in ("comment", "owner", "retention", "role"):
            found[f"{name}.{fact}"] = getattr(table, fact), table.place_of(fact)
        for key, column in table.columns.items():
            said = {"type": meaning(column.type), "nullable": column.nullable, "default": _default(column.default)}
            said |= {"comment": column.comment, "classification": column.classification, "generated": column.generated}
            found |= {f"{name}.{key}.{fact}": (value, column.place_of(fact)) for fact, value in said.items()}
    return found


def _key(key: Key) -> object:
    if key.references is None:
        return key.columns
    # One that names no column of the other table refers to its primary key.
    return key.columns, key.references.name.lower(), key.referenced_columns or ("customer_id",)


def _default(text: str | None) -> str | None:
    now = {"now()", "current_timestamp()", "current_timestamp", "getdate()"}
    return "now()" if text is not None and text.lower() in now else text
