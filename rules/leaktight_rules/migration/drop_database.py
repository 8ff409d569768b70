"""Databases and schemas that are dropped."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    ChangeRule,
    Document,
    DropObject,
    DropTable,
    Finding,
    Fix,
    Good,
    SchemaChange,
    Severity,
    SqlDocument,
    clauses,
    exp,
)

_WHOLE = frozenset({"database", "schema", "tablespace"})


class DropDatabase(ChangeRule):
    """`DROP DATABASE` and `DROP SCHEMA` take all tables and rows in them, and only a backup brings them back.

    In a migration that every environment runs this is hardly ever meant. Drop the tables one by one, after the code that used
    them is gone, and the empty schema by hand.

    Left alone: databases that the file makes again from nothing, schemas of scratch or staging data by their names, schemas whose
    tables the same file has dropped one by one, and files that are no migrations.
    """

    name = "drop-database"
    category = Category.MIGRATION
    severity = Severity.ERROR
    examples = (
        Bad(
            """
            drop schema if exists billing cascade;
                                  ^^^^^^^ dropping the schema `billing` takes all tables and rows in it
            """,
            dialect="postgres",
        ),
        Bad(
            """
            DROP DATABASE billing;
                          ^^^^^^^ dropping the database `billing`
            """,
            dialect="mysql",
        ),
        Good("drop schema staging_billing cascade;", dialect="postgres"),
        Good(
            "drop database if exists billing; create database billing;",
            dialect="postgres",
            note="A script that sets all up anew; who runs it knows.",
        ),
        Good(
            "drop table billing.invoices; drop schema billing;", dialect="postgres", note="The schema is empty by then."
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each database or schema."""
        dropped = change.change
        if not isinstance(dropped, DropObject) or dropped.kind not in _WHOLE or not change.live:
            return
        if dropped.kind == "database" and _is_made_anew(change.document, dropped.name.name):
            return
        inside = [one for one in change.earlier() if isinstance(one.change, DropTable) and len(one.name.parts) > 1]
        if any(one.name.parts[-2].lower() == dropped.name.name.lower() for one in inside):
            return
        yield Finding(
            change.place,
            f"dropping the {dropped.kind} `{dropped.name}` takes all tables and rows in it",
            fix=Fix.hint("drop its tables one by one once no code uses them, and the empty schema by hand"),
        )


def _is_made_anew(document: Document, name: str) -> bool:
    """Say whether a file makes a database of this name."""
    if not isinstance(document, SqlDocument):
        return False
    made = (node for node in document.find(exp.Create) if clauses.created_kind(node) == "DATABASE")
    return any((made_name := clauses.table_name(node.this)) and made_name.name.lower() == name.lower() for node in made)
