"""A status that may be any text."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Index,
    KeyKind,
    Severity,
    Table,
    TableDeclaration,
    TableRule,
    TypeFamily,
    column_types,
    ddl,
    listed,
    names_in,
    option,
    wording,
    words_of,
)

_STATUS = frozenset({"status", "state"})
_KINDS = frozenset({"type", "kind", "role", "priority", "severity", "mode", "visibility", "phase", "stage", "tier"})
_OPEN = frozenset(
    """http code message text marital us home mailing billing shipping content mime detailed details description reason error
    comment note session oauth""".split()
)
_OTHERS = frozenset(
    """external remote upstream vendor provider glue sagemaker aws stripe github gitlab jira slack paypal shopify salesforce
    hubspot twilio""".split()
)
"""Words of columns that take the words of somebody else, who adds to them without asking."""
_PLACES = frozenset({"city", "town", "zip", "zipcode", "postal", "postcode", "country", "county", "address"})
"""Words of columns beside which a `state` is one of the United States."""
_COPIES = ("ods", "bronze", "brz", "silver", "slv", "landing", "mirror", "replica", "extract")
"""Words of layers and tables that take what the source gives: its words are checked there."""


_SHARE = 0.05
"""Which share of the tables must have a check for checks to be the project's way."""


class UncheckedStatus(TableRule):
    """A status is text, and nothing says which words it may be.

    `cancelled` and `canceled`, `Paid` and `paid` are then both in the table, and each `where status = 'paid'` and each
    `case` leaves out rows without a word. A load that writes a new one breaks every report that lists them.

    Say which there are: `check (status in ('new', 'paid', 'sent'))`, an enum type, or a reference to a table of them. On a
    live Postgres table add the check `NOT VALID` and validate it after.

    Told for text columns called a status or state, and for those called a type, role or priority that have one word for a
    default: it is one of a few. Left alone: what a check, an enum, a reference or the `choices` of a Django model keeps, the
    `state` of an address, the words of somebody else (`stripe_status`, `external_state`), warehouses (whose engines check
    nothing; `strict` asks all the same), raw and staging tables, tables of a framework, and copies of a source (`bronze`, `ods`).
    In a project that hardly checks anything one finding speaks for all tables.
    """

    name = "unchecked-status"
    category = Category.SCHEMA
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            create table orders (id bigint primary key, status text not null default 'new');
                                                        ^^^^^^ nothing says which words `status` may be
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table orders (id bigint primary key, status varchar(20) not null, priority text default 'low');
                                                        ^^^^^^ which words `status` and `priority` may be
            """,
            dialect="mysql",
        ),
        Bad(
            """
            create table d.orders (id int64, status string);
                                             ^^^^^^ which words `status` may be
            """,
            dialect="bigquery",
            options={"strict": True},
        ),
        Good("create table orders (id bigint primary key, status text check (status in ('new', 'paid')));"),
        Good(
            """
            create table orders (id bigint primary key, status text not null);
            alter table orders add constraint known check (status = any (array['new', 'paid'])) not valid;
            """,
            dialect="postgres",
        ),
        Good(
            "create type order_status as enum ('new', 'paid'); create table orders (id int primary key, status order_status);",
            dialect="postgres",
        ),
        Good(
            "create table orders (id bigint primary key, status text references statuses (name));", dialect="postgres"
        ),
        Good(
            "create table silver.orders (id bigint primary key, status text not null);",
            dialect="postgres",
            note="A copy of the source's words.",
        ),
        Good("create table shops (id bigint primary key, city text, state char(2), zip text);", dialect="postgres"),
        Good(
            "create table people (id bigint primary key, born_city text, born_state text, born_country text);",
            dialect="postgres",
        ),
        Good(
            "create table payments (id bigint primary key, stripe_status text, detailed_status text);",
            dialect="postgres",
            note="The words of somebody else, and a sentence.",
        ),
        Good("create table orders (id bigint primary key, status int, role_type text);", dialect="postgres"),
    )

    strict: bool = option(False, "Ask it of warehouses too, where tests must take the place of a check.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield one finding for the columns of a table that may be any word though they mean one of a few."""
        table = declared.table
        if declared.path.fixture or declared.passes or table.derived or table.kind != "table":
            return
        if not self.strict and (not declared.is_row_store or wording.has_word(table.name.parts, _COPIES)):
            return
        kept = {name.lower() for check in table.checks for name in names_in(check.condition)}
        kept |= {name.lower() for key in table.keys if key.kind is KeyKind.FOREIGN for name in key.columns}
        if _is_lookup(table) or _OTHERS & set(words_of(table.name.name)):
            return
        found = [one for one in table.columns.values() if one.name.lower() not in kept and _is_status(one, table)]
        if not found:
            return
        column = found[0]
        name, written = ddl.table_name(table.name, table.dialect), ddl.names(table, (column.name,))
        yield Finding(
            declared.at(column.location),
            f"nothing says which words {listed(one.name for one in found)} may be",
            declared.added_elsewhere(column),
            Fix.hint(f"alter table {name} add check ({written} in ({_word(column)}, …))"),
            covers=declared.spans(found[1:]),
            habit=not self.strict and not declared.catalog.says("checks", _SHARE),
        )


def _is_status(column: Column, table: Table) -> bool:
    if column_types.family(column.type, table.dialect) is not TypeFamily.TEXT or column.generated or column.chosen:
        return False
    words = words_of(column.name)
    if not words or (_OPEN | _OTHERS) & set(words):
        return False
    if words[-1] == "state" and (_is_address(table) or (column_types.length(column.type or "") == 2)):
        return False
    return words[-1] in _STATUS or (words[-1] in _KINDS and _default_word(column) is not None)


def _is_address(table: Table) -> bool:
    return any(_PLACES & set(words_of(column.name)[-2:]) for column in table.columns.values())


def _default_word(column: Column) -> str | None:
    default = (column.default or "").partition("::")[0].strip()
    word = default[1:-1] if default[:1] == default[-1:] == "'" and len(default) > 2 else ""
    return word if word.replace("_", "").replace("-", "").isalpha() else None


def _word(column: Column) -> str:
    word = _default_word(column)
    return f"'{word}'" if word else "'new'"


def _is_lookup(table: Table) -> bool:
    """Say whether the status is what the table is a list of: its key, or what it is called after and all it has."""
    if len(table.columns) <= 2 and words_of(table.name.name)[-1:] in (["status"], ["statuses"], ["state"], ["states"]):
        return True
    unique: list[tuple[str, ...]] = [key.columns for key in table.keys if key.kind is not KeyKind.FOREIGN]
    indexes: list[Index] = [index for index in table.indexes if index.unique]
    unique += [index.columns for index in indexes]
    return any(len(columns) == 1 and words_of(columns[0])[-1:] in (["status"], ["state"]) for columns in unique)
