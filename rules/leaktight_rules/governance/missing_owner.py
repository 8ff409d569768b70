"""A table that nobody answers for."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Severity,
    TableDeclaration,
    TableOrModelRule,
    listed,
    option,
    told_beside,
    told_together,
)

_SHARE = 0.6
"""Which share of a folder's tables must have an owner before the others are asked for theirs."""
_FEWEST = 3
"""How many must."""


class MissingOwner(TableOrModelRule):
    """A table has no owner.

    When its numbers are wrong, its load fails or somebody wants to change it, nobody knows whom to ask; when its columns are
    personal, nobody decides who may see them.

    Name the team that answers for it: `owner` in the data contract, `meta.owner` or a group in dbt, a label of the table.

    Only a folder where three in five tables have one is asked for the rest; with `strict` every one is. A file has one
    finding. Temporary and staging tables and partitions are left alone.
    """

    name = "missing-owner"
    category = Category.GOVERNANCE
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            create table shop.orders (order_id bigint primary key);
                         ^^^^^^^^^^^ `shop.orders` has no owner
            """,
            dialect="postgres",
            options={"strict": True},
        ),
        Bad(
            """
            create table orders (order_id bigint primary key);
                         ^^^^^^ 2 tables have no owner: `orders` and `items`
            create table items (item_id bigint primary key);
            create table stg_orders (line text);
            """,
            dialect="postgres",
            options={"strict": True},
        ),
        Good(
            "create table shop.orders (order_id bigint primary key);",
            dialect="postgres",
            note="Nobody owns a table in this project: it is not said here.",
        ),
        Good("create temporary table picked (order_id bigint);", dialect="postgres", options={"strict": True}),
    )

    strict: bool = option(False, "Ask for it where hardly any table has one, too.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield one finding for the tables of a file that have no owner."""
        if not declared.is_first or declared.path.fixture:
            return
        told, concerned = declared.catalog.told("owner", folder=declared.folder)
        if not self.strict and (told < _FEWEST or told < _SHARE * concerned):
            return
        found = [one for one in declared.beside if not (one.table.owner or one.passes or one.table.kind == "partition")]
        if not found:
            return
        if len(found) == 1:
            message = f"`{found[0].table.name}` has no owner{told_beside(declared, 'owner')}"
        else:
            names = listed(one.table.name.name for one in found)
            message = f"{len(found)} tables have no owner{told_beside(declared, 'owner')}: {names}"
        yield told_together(found, message, Fix.hint("name the team that answers for it, in the contract or in `meta`"))
