"""The shop that every source describes, as far as it can say it."""

from __future__ import annotations

from reading import meaning

from leaktight.catalog.table import Table

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
    "events": set(),
}


def columns(types: dict[str, str], *, nullable: bool = True) -> dict[str, dict[str, tuple[str | None, bool | None]]]:
    """Give the columns as an engine says them that calls types otherwise, or that knows no NOT NULL."""
    return {
        table: {name: (types.get(str(kind), kind), null if nullable else None) for name, (kind, null) in of.items()}
        for table, of in COLUMNS.items()
    }


def said(tables: dict[str, Table]) -> dict[str, dict[str, tuple[str | None, bool | None]]]:
    """Give the columns that a source tells of."""
    return {
        name: {key: (meaning(column.type), column.nullable) for key, column in table.columns.items()}
        for name, table in tables.items()
    }
