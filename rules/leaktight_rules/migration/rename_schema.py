"""Schemas that get another name."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, ChangeRule, Finding, Fix, Good, SchemaChange
from leaktight import RenameSchema as Renamed


class RenameSchema(ChangeRule):
    """A renamed schema breaks all code that uses any of its tables, at the moment of the migration.

    Old code fails until it is replaced, new code fails until the migration has run. Each `search_path` and each job that names
    the schema must be changed as well. Make the new schema beside the old one, leave a view of each table under its old name,
    move the code, and drop the old schema when nothing names it any more.

    Left alone: schemas that the same file has made, swaps, in which another schema takes the old name, and schemas that have been
    put aside (`shop_old`) or stage something.

    An error where SQL of the project names one of its tables.
    """

    name = "rename-schema"
    category = Category.MIGRATION
    asks_for_reads = True
    examples = (
        Bad(
            """
            alter schema shop rename to store;
                         ^^^^ renaming the schema `shop` to `store` breaks code that still names its tables
            """,
            dialect="postgres",
        ),
        Bad(
            """
            alter schema shop rename to store;
                         ^^^^ breaks code that still names its tables, such as `shop.orders`
            """,
            catalog={"shop.orders": ["order_id"]},
            dialect="postgres",
        ),
        Bad(
            """
            alter schema shop rename to store;
                         ^^^^ renaming the schema `shop` to `store` breaks the place that uses it
            """,
            dialect="postgres",
            files={"jobs/totals.sql": "select sum(total) as total from shop.orders"},
            path="migrations/0002_store.sql",
        ),
        Good("create schema store_v2; alter schema store_v2 rename to store;", dialect="postgres"),
        Good(
            "alter schema shop rename to shop_old; alter schema shop_new rename to shop;",
            dialect="postgres",
            note="A swap.",
        ),
        Good("alter schema staging rename to intake;", dialect="postgres"),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the old name of each schema."""
        renamed = change.change
        if not isinstance(renamed, Renamed) or not change.live or change.project is None:
            return
        old, new = change.name.name.lower(), renamed.to.lower()
        others = [one for one in (*change.earlier(), *change.later()) if isinstance(one.change, Renamed)]
        if any(isinstance(one.change, Renamed) and one.change.to.lower() == old for one in others):
            return
        if any(one.name.name.lower() == new for one in others):
            return
        known = min((table.name for table in change.project.catalog.in_schema(old)), key=str, default=None)
        readers = change.readers()
        breaks = readers.breaks if readers else "code that still names its tables"
        yield Finding(
            change.place,
            f"renaming the schema `{change.name}` to `{renamed.to}` breaks {breaks}"
            f"{f', such as `{known}`' if known is not None and not readers else ''}",
            severity=readers.severity if readers else None,
            related=readers.related(f"a table of `{change.name}`"),
            fix=Fix.hint(
                "make the new schema beside it, with a view of each table under its old name until no code uses that"
            ),
        )
