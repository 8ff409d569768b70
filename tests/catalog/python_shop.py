"""The shop as the sources in Python must give it, each as far as its form can say it."""

from __future__ import annotations

from reading import keys, shapes, table
from shop import COLUMNS
from shop import KEYS as SHOP_KEYS

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.table import Index, Table

# A class of an ORM has a key, whatever its table has.
KEYS = {**SHOP_KEYS, "events": {("primary", ("event_id",), "")}}


def shop_of(catalog: Catalog) -> dict[str, Table]:
    """Give the three tables, which must be all there are."""
    assert {str(one.name) for one in catalog} == {f"shop.{name}" for name in COLUMNS}
    return {name: table(catalog, f"shop.{name}") for name in COLUMNS}


def check_shop(found: dict[str, Table], *, says: frozenset[str], text: str = "CHAR(2)") -> None:
    """Check every fact; `says` names those that not every form can say, `text` is its type for the country."""
    columns = {**COLUMNS, "customers": {**COLUMNS["customers"], "country": (text, True)}}
    assert {name: shapes(one) for name, one in found.items()} == columns
    assert {name: _keys(one) for name, one in found.items()} == KEYS
    assert {name: [index_facts(index) for index in one.indexes] for name, one in found.items()} == {
        "customers": [],
        "orders": [("orders_customer_created", ("customer_id", "created_at"), False)],
        "events": [],
    }
    assert {(one.complete, one.kind, one.temporary, one.dialect) for one in found.values()} == {
        (True, "table", False, "postgres")
    }
    orders, customers = found["orders"], found["customers"]
    assert orders.comment == "One row for each order."
    assert orders.columns["status"].default == "'open'"
    assert (customers.columns["created_at"].default or "").lower() == "now()"
    assert {name for one in found.values() for name, column in one.columns.items() if column.default} == {
        "status", "created_at",
    }  # fmt: skip
    assert not any(column.generated for one in found.values() for column in one.columns.values())
    partitioning = found["events"].partitioning
    assert (partitioning is not None) is ("partitioning" in says)
    if partitioning is not None:
        assert (partitioning.kind, partitioning.columns) == ("range", ("occurred_at",))
    governed = ("sales", "7 years") if "owner" in says else (None, None)
    assert (orders.owner, orders.retention) == governed
    assert customers.columns["email"].classification == ("pii" if "classification" in says else None)
    for one in found.values():
        assert one.location is not None
        assert all(column.location is not None for column in one.columns.values())


def index_facts(index: Index) -> tuple[str | None, tuple[str, ...], bool]:
    return index.name, index.columns, index.unique


def _keys(found: Table) -> set[tuple[str, tuple[str, ...], str]]:
    """Give the keys; one that names no column of another table refers to its primary key."""
    return {(kind, columns, to.replace("()", "(customer_id)")) for kind, columns, to in keys(found)}
