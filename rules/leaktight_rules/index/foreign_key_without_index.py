"""A foreign key that no index serves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Key,
    KeyKind,
    Related,
    Severity,
    Table,
    TableDeclaration,
    TableRule,
    ddl,
    listed,
    option,
    wording,
    words_of,
)

_ENGINES = frozenset({"postgres", "sqlite", "tsql", "oracle"})
"""Dialects of engines that look through the whole table for want of an index; MySQL makes one by itself."""


_WHO = frozenset({"created", "updated", "modified", "deleted", "approved", "locked", "changed", "archived", "granted"})
"""Words before `by` in columns that keep who did something: nobody is deleted for it, and nothing is looked up by it."""


class ForeignKeyWithoutIndex(TableRule):
    """The columns of a foreign key lead no index.

    Each delete of a referenced row, and each change of its key, then looks through the whole table for rows that point at it,
    with a lock on the row held; with `ON DELETE CASCADE` it does so for every row. Joins from the one to the many read the
    whole table too.

    Add an index that begins with those columns. On a live Postgres table create it `CONCURRENTLY`.

    An index or key counts if the columns stand first in it, in any order. Left alone: references to small lists (types,
    countries, …), whose rows hardly go, notes of who did something (`created_by`), MySQL, which makes the index itself,
    warehouses and tables modelled as such, unless `strict`.
    """

    name = "foreign-key-without-index"
    category = Category.INDEX
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table users (user_id uuid primary key);
            create table orders (
                order_id uuid primary key,
                user_id uuid not null references users (user_id)
                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^ `user_id` leads no index
            );
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table fact_orders (
                order_id uuid primary key, user_key int references dim_users (user_key)
                                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `user_key` leads no index
            );
            """,
            dialect="postgres",
            options={"strict": True},
        ),
        Good(
            """
            create table orders (order_id uuid primary key, user_id uuid not null references users (user_id));
            create index orders_user on orders (user_id, order_id);
            """,
            dialect="postgres",
        ),
        Good(
            """
            create table members (
                user_id bigint references users (id), team_id bigint references teams (id), primary key (user_id, team_id)
            );
            create index members_team on members (team_id);
            """,
            dialect="postgres",
        ),
        Good(
            "create table orders (id bigint primary key, country text references countries (code));", dialect="postgres"
        ),
        Good("create table orders (id int primary key, user_id int references users (id));", dialect="mysql"),
        Good("create table orders (id int primary key, created_by int references users (id));", dialect="postgres"),
        Good(
            "create table fact_orders (order_id uuid primary key, user_key int references dim_users (user_key));",
            dialect="postgres",
        ),
    )

    strict: bool = option(
        False, "Ask it of tables that are modelled for a warehouse too, and of references to small lists."
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield one finding for the foreign keys of a table that no index serves."""
        table = declared.table
        if table.dialect not in _ENGINES or declared.path.fixture or declared.passes or table.kind != "table":
            return
        if not (declared.is_row_store or self.strict):
            return
        unserved = [
            key for key in table.keys if self._counts(key) and not _served(table, key) and not _is_part(table, key)
        ]
        if not unserved:
            return
        # One index serves two references of the same columns.
        by_columns: dict[frozenset[str], Key] = {}
        for key in unserved:
            by_columns.setdefault(frozenset(name.lower() for name in key.columns), key)
        found = list(by_columns.values())
        first = found[0]
        names = [", ".join(key.columns) for key in found]
        if len(found) == 1:
            target = first.references.name if first.references is not None else ""
            message = f"`{names[0]}` leads no index: each delete in `{target}` looks through all of `{table.name.name}`"
        else:
            message = f"{listed(names, 5)} lead no index: deletes in what they reference look through all of the table"
        related = tuple(
            Related(key.location, f"`{', '.join(key.columns)}`") for key in found[1:6] if key.location is not None
        )
        yield Finding(
            declared.at(first.location),
            message,
            related,
            Fix.ddl(*(one for key in found for one in ddl.create_index(table, key.columns))),
            covers=declared.spans(unserved[1:]),
        )

    def _counts(self, key: Key) -> bool:
        if key.kind is not KeyKind.FOREIGN or key.references is None:
            return False
        if self.strict:
            return True
        said = words_of(key.columns[0])
        return not wording.has_word(key.references.parts[-1:], wording.LOOKUP) and not (
            _WHO & set(said) and "by" in said
        )


def _is_part(table: Table, key: Key) -> bool:
    """Say whether another key to the same table has all columns of one, as where a class names them one by one."""
    wanted = {name.lower() for name in key.columns}
    return any(
        other.kind is KeyKind.FOREIGN
        and other.references is not None
        and key.references is not None
        and other.references.same(key.references)
        and wanted < {name.lower() for name in other.columns}
        for other in table.keys
    )


def _served(table: Table, key: Key) -> bool:
    """Say whether the columns of a key stand first in an index or another key, in any order."""
    wanted = {name.lower() for name in key.columns}
    leading = [one.columns for one in table.keys if one.kind is not KeyKind.FOREIGN]
    leading += [
        index.columns
        for index in table.indexes
        if index.predicate is None or _only_without_null(index.predicate, index.columns)
    ]
    if table.clustering is not None:
        leading.append(table.clustering.columns)
    return any({name.lower() for name in columns[: len(wanted)]} == wanted for columns in leading)


def _only_without_null(predicate: str, columns: Sequence[str]) -> bool:
    """Say whether a partial index leaves out the rows whose first column refers to nothing, and no other."""
    said = " ".join(predicate.lower().strip("() ").split())
    name = said.removesuffix(" is not null")
    return name != said and [name.rpartition(".")[2].strip('"[]')] == [column.lower() for column in columns[:1]]
