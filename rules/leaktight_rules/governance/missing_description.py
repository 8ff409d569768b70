"""A table, or columns of one, that nothing describes."""

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
    words_of,
)

_SHARE = 0.6
"""Which share of a folder's tables must be described before the others are asked for it."""
_FEWEST = 3
"""How many must."""
_OF_COLUMNS = 0.75
"""Which share of a table's columns must be described before the others are."""

_PLAIN = (["id"], ["date"], ["uuid"], ["guid"], ["description"], ["created"], ["updated"], ["modified"])
_STAMPED = frozenset("create created creation insert inserted update updated modify modified delete deleted".split())
_WHEN = frozenset("at on time date datetime timestamp ts".split())


class MissingDescription(TableOrModelRule):
    """A table has no description, or columns of a described table have none.

    What a row stands for, which time zone a time has, whether an amount has its tax in it: whoever wrote the load knew it.
    Everybody after guesses from the name, and two reports guess differently.

    Say it with the table: `COMMENT ON`, `COMMENT '…'`, `OPTIONS (description = …)`, the `description` of dbt's
    `schema.yml` or of the data contract.

    Only a folder where three fifths of the tables, three or more, are described is asked for the rest, and only a table
    three quarters of whose columns are described for its other ones; with `strict` every table is asked. Tables without a
    description have one finding a file.

    Left alone: `id`, `date`, `description` and times such as `created_at`, whose names say all; numbers that the engine
    counts up; columns that a `*` passes on, which are to be described where they come from; temporary and staging tables;
    partitions.
    """

    name = "missing-description"
    category = Category.GOVERNANCE
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            create table orders (order_id bigint primary key);
            create table shops (shop_id bigint primary key);
            create table items (item_id bigint primary key);
                         ^^^^^ `items` has no description, which 3 of the 4 tables of its folder have
            create table buyers (buyer_id bigint primary key);
            comment on table orders is 'One row for each order.';
            comment on table shops is 'One row for each shop.';
            comment on table buyers is 'One row for each customer who has bought.';
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table shop.orders (
                order_id int64 options (description = 'Number of the order'),
                customer_id int64 options (description = 'Who ordered'),
                total numeric options (description = 'With tax, in euros'),
                currency string options (description = 'ISO 4217'),
                status string
                ^^^^^^ `status` of `shop.orders` has no description, which 4 of its 5 columns have
            ) options (description = 'One row for each order');
            """,
            dialect="bigquery",
        ),
        Bad(
            """
            create table orders (order_id bigint primary key);
                         ^^^^^^ 2 tables have no description: `orders` and `items`
            create table items (item_id bigint primary key);
            """,
            dialect="postgres",
            options={"strict": True},
        ),
        Good(
            "create table orders (order_id bigint primary key); create table items (item_id bigint primary key);",
            dialect="postgres",
            note="Nothing is described in this project: it is not said here.",
        ),
        Good(
            """
            create table orders (order_id bigint primary key, total numeric(12, 2), status text);
            comment on table orders is 'One row for each order.';
            comment on column orders.total is 'With tax, in euros.';
            """,
            dialect="postgres",
            note="Columns that speak for themselves need no words.",
        ),
        Good(
            """
            create table orders (
                order_no bigint generated always as identity,
                customer_id bigint,
                total numeric(12, 2),
                currency text
            );
            comment on table orders is 'One row for each order.';
            comment on column orders.customer_id is 'Who ordered.';
            comment on column orders.total is 'With tax.';
            comment on column orders.currency is 'ISO 4217.';
            """,
            dialect="postgres",
            note="Nobody but the engine gives `order_no` its value: it means nothing.",
        ),
    )

    strict: bool = option(False, "Ask for it where hardly any table is described, too.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield one finding for the tables of a file without a description, and one for the columns of each described one."""
        if not declared.is_first or declared.path.fixture:
            return
        lasting = [one for one in declared.beside if not (one.passes or one.table.kind == "partition")]
        told, concerned = declared.catalog.told("comment", folder=declared.folder)
        if self.strict or (told >= _FEWEST and told >= _SHARE * concerned):
            yield from _tables([one for one in lasting if not one.table.comment])
        for one in lasting:
            yield from _columns(one)


def _tables(found: list[TableDeclaration]) -> Iterator[Finding]:
    if not found:
        return
    if len(found) == 1:
        message = f"`{found[0].table.name}` has no description{told_beside(found[0], 'comment')}"
    else:
        names = listed(one.table.name.name for one in found)
        message = f"{len(found)} tables have no description{told_beside(found[0], 'comment')}: {names}"
    yield told_together(found, message, Fix.hint("say what a row stands for"))


def _columns(declared: TableDeclaration) -> Iterator[Finding]:
    table = declared.table
    folders = set(table.partitioning.columns) if table.partitioning is not None else set()
    columns = [
        column
        for column in table.columns.values()
        if not (column.name in folders or _says_all(column.name) or (column.generated and not column.computed))
    ]
    bare = [
        column
        for column in columns
        if not (column.comment or declared.passes_on(column) or declared.is_remarked(column))
    ]
    described = sum(bool(column.comment) for column in columns)
    if not bare or len(columns) < 3 or described < _OF_COLUMNS * len(columns):
        return
    verb = "has" if len(bare) == 1 else "have"
    yield Finding(
        declared.at(bare[0].location),
        f"{listed(column.name for column in bare)} of `{table.name}` {verb} no description, which {described} of its {len(columns)} columns have",
        fix=Fix.hint("describe it as its neighbours are"),
        covers=declared.spans(bare[1:]),
    )


def _says_all(name: str) -> bool:
    """Say whether nothing is to be added to a name: `id`, `description`, `created_at`, `update_time`."""
    words = words_of(name)
    return words in _PLAIN or (len(words) == 2 and words[0] in _STAMPED and words[1] in _WHEN)
