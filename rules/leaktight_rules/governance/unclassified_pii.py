"""Columns about people that nothing marks as such."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Related,
    Severity,
    TableDeclaration,
    TableOrModelRule,
    listed,
    option,
    personal,
    words_of,
)

_SHARE = 0.1
"""Which share of the tables with personal columns must classify one for this to be the project's way."""


class UnclassifiedPii(TableOrModelRule):
    """Columns hold data about people, and nothing says so.

    Who may see a column, where it may be copied and when it must be deleted hang on somebody knowing that it is personal. A
    column that is not marked is joined into a report, exported with a table, and left behind when the person asks to be
    forgotten.

    Mark it where the table is declared: a classification in the data contract, `meta` or `tags` in dbt's `schema.yml`, a
    masking policy or tag of the warehouse, or a comment that says `pii`. Where the value itself is not needed, keep a hash.

    A column counts by its name and its type together: `email TEXT` is personal, `email_verified BOOLEAN`, `file_name` and
    `email_hash` are not. Names that mean a person only among people (`name`, `address`) count in tables such as `users`.
    There is one finding for a table, and one for a whole file in which many tables are concerned. What a `*` passes on is told
    where it comes from.

    Each table is told where a tenth of the project's tables with personal columns classify one. Where hardly any does, one note
    speaks for the whole project; with `strict` each table has its own.
    """

    name = "unclassified-pii"
    category = Category.GOVERNANCE
    severity = Severity.WARNING
    tags = ("security", "external/cwe/cwe-359")
    examples = (
        Bad(
            """
            create table shop.clients (
                client_id bigint primary key,
                email varchar(255) not null,
                ^^^^^ `email` of `shop.clients` is personal (email address), and nothing classifies it
                country char(2)
            );
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table crm.people (
                id bigint primary key,
                first_name text,
                ^^^^^^^^^^ `first_name`, `birth_date` and `phone` of `crm.people` are personal (name of a person, date of birth
                birth_date date,
                phone text,
                email text
            );
            comment on column crm.people.email is 'pii: work address';
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table clients (id bigint primary key, email text);
                                                         ^^^^^ 2 tables of this file hold personal columns that nothing classifies: `clients` (`email`) and `guests` (`phone`)
            create table guests (id bigint primary key, phone text);
            create table orders (id bigint primary key, total numeric(12, 2));
            """,
            dialect="postgres",
            options={"tables": 1},
        ),
        Good(
            """
            create table clients (
                id bigint primary key, email_hash bytea, email_verified boolean, email_count int, phone_token text
            );
            """,
            dialect="postgres",
            note="Hashes, flags and counts show nobody.",
        ),
        Good(
            """
            create table countries (code char(2) primary key, name text);
            create table files (id bigint primary key, file_name text, host_name text, ip_count int);
            """,
            dialect="postgres",
        ),
        Good(
            """
            create table clients (id bigint primary key, email text);
            comment on column clients.email is 'Personal data: login of the client.';
            """,
            dialect="postgres",
        ),
        Good(
            "create table clients (id number, email varchar masking policy email_mask);",
            dialect="snowflake",
            note="The warehouse masks it.",
        ),
    )

    strict: bool = option(False, "Tell each table, also where the project hardly classifies anything.")
    tables: int = option(10, "How many tables of one file have a finding each; of more, one finding speaks of all.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield one finding for each table with unclassified personal columns, or one for all of a file."""
        if not declared.is_first or declared.path.fixture:
            return
        found = [(one, columns) for one in declared.beside if (columns := _unclassified(one))]
        if not found:
            return
        habit = not declared.catalog.says("personal", _SHARE)
        severity = Severity.NOTE if habit else None
        habit = habit and not self.strict
        hint = Fix.hint(
            "say so where the table is declared: a comment, a tag, a masking policy, or a contract's classification"
        )
        if len(found) > self.tables:
            yield _of_all(found, severity, hint, habit=habit)
            return
        for one, columns in found:
            names = listed((column.name for column, _ in columns), 5)
            kinds = ", ".join(dict.fromkeys(kind.value for _, kind in columns))
            verb, it = ("is", "it") if len(columns) == 1 else ("are", "them")
            yield Finding(
                one.at(columns[0][0].location),
                f"{names} of `{one.table.name}` {verb} personal ({kinds}), and nothing classifies {it}",
                fix=hint,
                severity=severity,
                covers=one.spans(column for column, _ in columns[1:]),
                habit=habit,
            )


_Found = tuple[TableDeclaration, list[tuple[Column, personal.PersonalKind]]]


def _unclassified(declared: TableDeclaration) -> list[tuple[Column, personal.PersonalKind]]:
    table = declared.table
    if table.temporary or table.kind == "partition":
        return []
    return [
        (column, kind)
        for column in table.columns.values()
        if (kind := personal.personal_kind(column, table)) is not None
        and not personal.is_classified(column, table)
        and not declared.passes_on(column)
        and not _is_spoken_of(declared, column)
    ]


def _is_spoken_of(declared: TableDeclaration, column: Column) -> bool:
    """Say whether a comment above a column, in the same paragraph, speaks of what is personal: `-- PII, masked by a policy`."""
    place = declared.at(column.location) if column.location is not None else None
    lines = declared.document.said_above(place) if place is not None else []
    return any(not _PERSONAL.isdisjoint(words_of(line)) for line in lines)


_PERSONAL = frozenset({"pii", "gdpr", "personal", "masked", "masking", "sensitive", "phi"})


def _of_all(found: list[_Found], severity: Severity | None, hint: Fix, *, habit: bool) -> Finding:
    shown = [
        f"`{one.table.name.name}` ({listed((column.name for column, _ in columns), 2)})" for one, columns in found[:3]
    ]
    rest = len(found) - len(shown)
    *others, last = [*shown, f"{rest} more"] if rest else shown
    names = f"{', '.join(others)} and {last}" if others else last
    first, columns = found[0]
    return Finding(
        first.at(columns[0][0].location),
        f"{len(found)} tables of this file hold personal columns that nothing classifies: {names}",
        related=tuple(
            Related(column.location, f"`{column.name}` of `{one.table.name}`")
            for one, columns in found[1:6]
            for column, _ in columns[:1]
            if column.location is not None
        ),
        fix=hint,
        severity=severity,
        covers=tuple(span for one, columns in found for span in one.spans(column for column, _ in columns)),
        habit=habit,
    )
