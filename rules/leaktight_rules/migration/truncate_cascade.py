"""TRUNCATE … CASCADE."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, ChangeRule, EmptyTable, Finding, Fix, Good, How, SchemaChange, Severity


class TruncateCascade(ChangeRule):
    """`TRUNCATE … CASCADE` empties every table that refers to the named one, and every table that refers to those.

    Whatever their foreign keys say of deleting, `RESTRICT` or `SET NULL`: all their rows are gone, also of tables that came
    later and that nobody thought of here. Name the tables that are meant, all in one `TRUNCATE`.

    Left alone: tables that the same file has made, temporary and staging tables, and files that are no migrations.
    """

    name = "truncate-cascade"
    category = Category.MIGRATION
    severity = Severity.ERROR
    examples = (
        Bad(
            """
            truncate table customers restart identity cascade;
                                                      ^^^^^^^ empties every table that refers to `customers`, directly or not
            """,
            dialect="postgres",
        ),
        Good("truncate table orders, order_lines restart identity;", dialect="postgres"),
        Good("create table t (a int); truncate t cascade;", dialect="postgres"),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the word CASCADE."""
        if not isinstance(change.change, EmptyTable) or How.CASCADE not in change.how or not change.live:
            return
        together = change.together()
        if together[0] is not change:
            return
        names = ", ".join(f"`{one.name}`" for one in together[:3])
        yield Finding(
            change.word("CASCADE") or change.place,
            f"`CASCADE` empties every table that refers to {names}, directly or not",
            fix=Fix.hint("name all tables that are meant in one `TRUNCATE`, without `CASCADE`"),
        )
