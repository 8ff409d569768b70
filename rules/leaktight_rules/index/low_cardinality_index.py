"""An index over a column of a few values."""

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
    IndexDeclaration,
    IndexRule,
    KeyKind,
    Related,
    Severity,
    Table,
    TypeFamily,
    column_types,
    ddl,
    words_of,
)

_FEW = frozenset({"status", "gender", "sex"})
_PARTIAL = frozenset({"postgres", "sqlite", "tsql"})


class LowCardinalityIndex(IndexRule):
    """An index has one column, and that has a few values only.

    For a value that a third of the rows have, reading the table from front to back is faster than going through the index,
    and the planner does so: the index is kept up for nothing. Where one value is rare (`status = 'open'`), an index over
    those rows alone finds them as well and is a hundredth of the size.

    Make it partial (`where status = 'open'`) over a column that tells rows apart, or put the column behind one that does:
    `(customer_id, status)`.

    Told for booleans, for columns called a status or a gender, and for enums, if the index is neither unique nor partial. A
    column that references another table keeps its index.
    """

    name = "low-cardinality-index"
    category = Category.INDEX
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            create index orders_status on orders (status);
                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `status` has a few values only
            """,
            catalog="create table orders (id bigint primary key, status varchar(10) not null);",
            dialect="postgres",
        ),
        Bad(
            """
            create table users (id int primary key, is_active tinyint(1) not null, key active (is_active));
                                                                                   ^^^^^^^^^^^^^^^^^^^^^^ `is_active`
            """,
            dialect="mysql",
        ),
        Good(
            """
            create index a on orders (id) where status = 'open'; create index b on orders (customer_id, status);
            create index c on orders (status) where status <> 'done';
            """,
            catalog="create table orders (id bigint primary key, customer_id bigint, status varchar(10) not null);",
            dialect="postgres",
        ),
        Good(
            "create index a on orders (status_id);",
            catalog="create table orders (id bigint primary key, status_id int references statuses (id));",
            dialect="postgres",
        ),
    )

    def check(self, declared: IndexDeclaration) -> Iterator[Finding]:
        """Yield the index if its one column has a few values only."""
        table, index = declared.table, declared.index
        if (
            declared.path.fixture
            or len(index.columns) != 1
            or index.unique
            or index.predicate is not None
            or index.included
        ):
            return
        if index.method is not None and index.method.lower() != "btree":
            return
        column = table.column(index.columns[0])
        if column is None or not _has_few_values(column, table, index):
            return
        related = (
            (Related(column.location, f"`{column.name}` is `{column.type}`"),) if column.location is not None else ()
        )
        yield Finding(
            declared.span,
            f"`{column.name}` has a few values only: an index over it alone helps for one that hardly any row has",
            related,
            Fix.hint(_hint(table, column)),
        )


def _has_few_values(column: Column, table: Table, index: Index) -> bool:
    if any(key.kind is KeyKind.FOREIGN and key.columns == index.columns for key in table.keys):
        return False
    kind = column_types.family(column.type, table.dialect)
    if kind in {TypeFamily.BOOLEAN, TypeFamily.ENUM}:
        return True
    return kind is TypeFamily.TEXT and not _FEW.isdisjoint(words_of(column.name)[-1:])


def _hint(table: Table, column: Column) -> str:
    key = table.primary_key
    name = key.columns[0] if key is not None else "id"
    on = ddl.table_name(table.name, table.dialect)
    flag = column_types.family(column.type, table.dialect) is TypeFamily.BOOLEAN
    if (
        table.dialect not in _PARTIAL
        or table.column(name) is None
        or not (flag or words_of(column.name)[-1:] == ["status"])
    ):
        return f"put `{column.name}` behind a column that tells rows apart"
    value = ("true" if table.dialect == "postgres" else "1") if flag else "'open'"
    return f"create index on {on} ({ddl.names(table, (name,))}) where {ddl.names(table, (column.name,))} = {value}"
