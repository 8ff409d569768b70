"""Domains that are restricted while all their columns are checked."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, ChangeRule, Finding, Fix, Good, RestrictDomain, SchemaChange


class DomainConstraintWithoutNotValid(ChangeRule):
    """A new constraint of a domain is checked against each row of each table that has a column of it.

    Writers of all these tables wait until every one of them is read, in one transaction. With `NOT VALID` the constraint holds
    for new values from now on and no table is touched; `ALTER DOMAIN … VALIDATE CONSTRAINT` checks the old rows at a quiet time
    (before PostgreSQL 18 that holds writers up as well).

    Left alone: domains that the same file has made, and engines other than PostgreSQL.
    """

    name = "domain-constraint-without-not-valid"
    category = Category.MIGRATION
    examples = (
        Bad(
            """
            alter domain amount add constraint amount_positive check (value > 0);
                         ^^^^^^ this takes a `SHARE` lock on each table with a column of the domain `amount`, which blocks writes while
            """,
            dialect="postgres",
        ),
        Bad(
            """
            ALTER DOMAIN amount SET NOT NULL;
                         ^^^^^^ each table with a column of the domain `amount`
            """,
            dialect="postgres",
        ),
        Good("alter domain amount add constraint amount_positive check (value > 0) not valid;", dialect="postgres"),
        Good("alter domain amount validate constraint amount_positive;", dialect="postgres"),
        Good(
            "create domain amount as numeric; alter domain amount add constraint positive check (value > 0);",
            dialect="postgres",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each domain."""
        fact = change.lock() if isinstance(change.change, RestrictDomain) and change.live else None
        if fact is not None:
            yield Finding(
                change.place,
                f"this takes a `{fact.lock}` lock on each table with a column of the domain `{change.name}`, which blocks"
                f" {fact.blocks} while its rows are checked",
                fix=Fix.hint("add a `CHECK` that is `NOT VALID`, and validate it at a quiet time"),
            )
