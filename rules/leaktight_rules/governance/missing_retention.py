"""A table with personal data that nobody says when to delete."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Severity,
    SqlDocument,
    TableDeclaration,
    TableOrModelRule,
    listed,
    names_in,
    option,
    personal,
    told_together,
)

_EXPIRES = frozenset(
    {
        "ttl",
        "partition_expiration_days",
        "expiration_timestamp",
        "retention",
        "retention_days",
        "data_retention_time_in_days",
    }
    | {"default_table_expiration_days", "expiry"}
)


class MissingRetention(TableOrModelRule):
    """A table holds personal data, and nothing says for how long it is kept.

    The law asks for it (the GDPR's storage limitation), and so does each request to be forgotten: data that nobody ever
    decided to keep is still there in ten years, in every copy and backup.

    Say it where the table is described: a `retention` in the data contract or in dbt's `meta`, an expiry of partitions or a
    `TTL` in the DDL, and let a job keep to it.

    Only a folder where some table says it is asked for the rest; with `strict` every one is. What is personal is
    decided as by `unclassified-pii`, or by a classification. Files with many such tables have one finding.
    """

    name = "missing-retention"
    category = Category.GOVERNANCE
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table shop.clients (client_id bigint primary key, email text);
                         ^^^^^^^^^^^^ `shop.clients` holds personal data (`email`), and nothing says for how long it is kept
            """,
            dialect="postgres",
            options={"strict": True},
        ),
        Bad(
            """
            create table clients (id bigint primary key, email text);
                         ^^^^^^^ 2 tables hold personal data, and nothing says for how long it is kept: `clients` and `guests`
            create table guests (id bigint primary key, phone text);
            """,
            dialect="postgres",
            options={"strict": True},
        ),
        Good(
            "create table shop.clients (client_id bigint primary key, email text);",
            dialect="postgres",
            note="No table of the project has a retention: it is not said here.",
        ),
        Good(
            "create table shop.orders (order_id bigint primary key, total numeric(12, 2));",
            dialect="postgres",
            options={"strict": True},
        ),
        Good(
            "create table shop.visits (day date, ip string) partition by day options (partition_expiration_days = 90);",
            dialect="bigquery",
            options={"strict": True},
        ),
    )

    strict: bool = option(False, "Ask for it where no table says it, too.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield one finding for the tables of a file that hold personal data without a retention."""
        if not declared.is_first or declared.path.fixture:
            return
        asked = declared.catalog.says("retention", folder=declared.folder)
        if not self.strict and not asked:
            return
        found = [(one, columns) for one in declared.beside if (columns := _personal(one)) and not _expires(one)]
        if not found:
            return
        first, columns = found[0]
        kept = "and nothing says for how long it is kept"
        if len(found) == 1:
            message = f"`{first.table.name}` holds personal data ({listed(columns)}), {kept}"
        else:
            message = (
                f"{len(found)} tables hold personal data, {kept}: {listed(one.table.name.name for one, _ in found)}"
            )
        yield told_together(
            [one for one, _ in found],
            message,
            Fix.hint("say its retention in the contract or in `meta`, or let its partitions expire"),
            notes=[f"holds {listed(names)}" for _, names in found],
            severity=None if asked else Severity.NOTE,
        )


def _personal(declared: TableDeclaration) -> list[str]:
    table = declared.table
    if table.temporary or table.kind == "partition":
        return []
    if table.kind == "model" and table.materialized not in {"table", "incremental"}:
        return []  # a view keeps nothing
    return [
        column.name
        for column in table.columns.values()
        if column.classification or personal.personal_kind(column, table) is not None
    ]


def _expires(declared: TableDeclaration) -> bool:
    """Say whether the table has a retention, or its own DDL makes its rows go."""
    if declared.table.retention:
        return True
    document = declared.document
    if not isinstance(document, SqlDocument):
        return False
    statement = next((one for one in document.statements if one.span.contains(declared.span)), None)
    words = {name.lower() for name in names_in(document.slice(statement.span))} if statement is not None else set()
    return bool(_EXPIRES & words)
