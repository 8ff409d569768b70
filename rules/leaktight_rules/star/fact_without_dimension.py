"""A fact that refers to no dimension."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, Finding, Fix, Good, KeyKind, Severity, TableDeclaration, TableRule, star, words_of

_CHECKS = frozenset("validation validations orphan orphans orphaned reject rejects rejected error errors".split())
"""Words of tables that hold what a check has found."""


class FactWithoutDimension(TableRule):
    """A fact table has no key to any dimension.

    A fact is looked at by something: by client, product, shop, day. Where the table holds no key to any of them, reports
    group by the texts that were copied into it, each spelling its own group, and nothing new can be learnt about the client
    or product of an old fact.

    Add the key of each dimension that the fact has (`client_key`), and look it up when the fact is loaded.

    A foreign key counts, and so does a column that is called like a key (`client_key`, `shop_id`, `currency_code`) other
    than the table's own, or like a number that a dimension has too (`card_num`). What a fact table is, its name says, or
    `star.facts` of the configuration; it must hold amounts, or stand in one schema with dimensions.

    Left alone: tables whose columns are not all known, and staging tables.
    """

    name = "fact-without-dimension"
    category = Category.STAR
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table fact_sales (
                         ^^^^^^^^^^ `fact_sales` has no key to any dimension
                sale_id bigint primary key, sold_at timestamptz, client_name text, product text, amount numeric(12, 2)
            );
            """,
            dialect="postgres",
        ),
        Good(
            "create table fact_sales (sale_id bigint primary key, sold_at timestamp, client_key bigint, amount numeric);"
        ),
        Good("create table fact_sales (sale_id bigint primary key, date_key int, amount numeric(12, 2));"),
        Good(
            """
            create table fact_sales (
                sale_id bigint primary key, sold_at timestamptz, client bigint references dim_client, amount numeric(12, 2)
            );
            """,
            dialect="postgres",
        ),
        Good(
            "create table metrics.daily (day date, views bigint, clicks bigint);",
            note="Nothing says that it is a fact of a star.",
        ),
        Good(
            "create table validation.fact_sales_orphans (sale_id bigint, found_at timestamp, amount numeric(12, 2));",
            note="What a check has found.",
        ),
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield the name of a fact table without a key to a dimension."""
        table = declared.table
        if declared.path.fixture or not table.complete or len(table.columns) < 3 or table.kind == "partition":
            return
        if not star.is_fact(table, declared.catalog.star):
            return
        if any(key.kind is KeyKind.FOREIGN for key in table.keys) or star.dimension_keys(table):
            return
        if any(_numbers(name, declared) for name in table.columns) or not _is_of_a_star(declared):
            return
        yield Finding(
            declared.span,
            f"`{table.name}` has no key to any dimension: it can be looked at by nothing but what was copied into it",
            fix=Fix.hint("add the key of each dimension, and look it up when the fact is loaded"),
        )


def _is_of_a_star(declared: TableDeclaration) -> bool:
    """Say whether a table holds what is added up, or stands beside dimensions: `fact_check` is a fact in another sense."""
    if any(not _CHECKS.isdisjoint(words_of(part)) for part in declared.table.name.parts):
        return False
    columns = declared.table.columns.values()
    if any(star.is_measure(column) for column in columns) or sum(star.is_amount(column) for column in columns) > 1:
        return True
    schema, names = declared.table.name.folded[:-1], declared.catalog.star
    return any(table.name.folded[:-1] == schema and star.is_dimension(table, names) for table in declared.catalog)


def _numbers(name: str, declared: TableDeclaration) -> bool:
    """Say whether a column is called like a number by which some dimension names its rows."""
    said = words_of(name)
    if len(said) < 2 or said[-1] not in {"num", "number", "no", "nr", "nbr"}:
        return False
    names = declared.catalog.star
    return any(name in table.columns and star.is_dimension(table, names) for table in declared.catalog)
