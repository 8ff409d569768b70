"""An index that another one makes needless."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Index,
    IndexDeclaration,
    IndexRule,
    Key,
    KeyKind,
    Related,
    Severity,
    Table,
    ddl,
)

_TREES = frozenset({None, "btree", "nonclustered"})
_WIDE = 5
_OF_DJANGO = "give the field `db_index=False`"


class RedundantIndex(IndexRule):
    """An index begins another one, or is the same as a key.

    Whatever the shorter index finds, the longer one finds too: `(user_id, created_at)` serves every query that
    `(user_id)` does. Both are written at each insert, take memory, and are vacuumed and backed up.

    Drop the shorter one. On Postgres do so `CONCURRENTLY`.

    Left alone: partial and unique indexes, as they say something that the other does not, other methods (GIN, hash, full
    text), other orders and operator classes, and indexes that include columns which the other lacks. A note only: what Django
    makes by itself for a foreign key, and an index beside one that carries five columns more, which takes longer to read.
    """

    name = "redundant-index"
    category = Category.INDEX
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create index orders_user on orders (user_id);
                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ every query that `orders_user` serves, `orders_user_created` serves too
            create index orders_user_created on orders (user_id, created_at);
            """,
            catalog="create table orders (id bigint primary key, user_id bigint, created_at timestamptz);",
            dialect="postgres",
        ),
        Bad(
            """
            create table users (id bigint primary key, email text unique);
            create index users_email on users (email);
                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the key `(email)` serves too
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table users (id int primary key, email varchar(99), key a (email), key b (email));
                                                                                      ^^^^^^^^^^^^^ `a` serves too
            """,
            dialect="mysql",
        ),
        Good(
            """
            create index a on orders (user_id) where paid_at is null; create unique index b on orders (number);
            create index c on orders (user_id, created_at); create index d on orders (number, user_id);
            create index e on orders using gin (user_id);
            """,
            catalog="create table orders (id bigint primary key, user_id bigint, number bigint, created_at timestamptz);",
            dialect="postgres",
        ),
        Good(
            """
            create index a on users (name); create index b on users (name text_pattern_ops);
            create index c on users (seen desc, id); create index d on users (seen, id);
            """,
            catalog="create table users (id bigint primary key, name text, seen timestamptz);",
            dialect="postgres",
        ),
        Good(
            """
            create index a on users (name); create index b on users (name, seen);
            drop index b;
            """,
            catalog="create table users (id bigint primary key, name text, seen timestamptz);",
            dialect="postgres",
        ),
    )

    def check(self, declared: IndexDeclaration) -> Iterator[Finding]:
        """Yield the index if another index or a key of its table serves the same queries."""
        table, index = declared.table, declared.index
        if declared.path.fixture or index.predicate is not None or not _is_tree(index):
            return
        other = _covering(table, index)
        if other is None:
            return
        related: tuple[Related, ...] = ()
        if other.location is not None:
            related = (Related(other.location, f"`({', '.join(other.columns)})`"),)
        implied = declared.document.source.path.endswith(".py") and _is_of_reference(table, index)
        if implied and "." in (table.model or ""):
            return  # of a many-to-many field: no code can keep Django from making it
        name = f"`{index.name}`" if index.name else f"`({', '.join(index.columns)})`"
        kind = "the key" if isinstance(other, Key) else "the one on"
        which = (
            f"`{other.name}`" if isinstance(other, Index) and other.name else f"{kind} `({', '.join(other.columns)})`"
        )
        yield Finding(
            declared.span,
            f"every query that {name} serves, {which} serves too",
            related,
            Fix.ddl(*ddl.drop_index(table, index), otherwise=_OF_DJANGO if implied else "leave it out"),
            severity=Severity.NOTE if implied or _is_narrow(index, other) else None,
        )


def _is_narrow(index: Index, other: Key | Index) -> bool:
    """Say whether an index carries so much less than the one that serves its queries that it may be kept to be read faster."""
    return isinstance(other, Index) and len(other.included) - len(index.included) >= _WIDE


def _is_of_reference(table: Table, index: Index) -> bool:
    """Say whether Django makes an index by itself, as it does for each foreign key that does not say `db_index=False`."""
    names = [name.lower() for name in index.columns]
    return index.name is None and any(
        key.kind is KeyKind.FOREIGN and [name.lower() for name in key.columns] == names for key in table.keys
    )


def _covering(table: Table, index: Index) -> Key | Index | None:
    """Give the key or index that an index begins; of two that are equal the first one stays."""
    own = _elements(index)
    for key in table.keys:
        if key.kind is KeyKind.FOREIGN or not key.enforced or index.included:
            continue
        columns = tuple(name.lower() for name in key.columns)
        # A unique index over what a key holds already is that key once more, unless it counts NULLs as equal.
        # Oracle refuses a second index of the same columns: the constraint uses the one that is there.
        if columns == own and table.dialect == "oracle":
            return None
        strict = index.unique and not index.nulls_distinct and key.kind is KeyKind.UNIQUE and key.nulls_distinct
        if (columns == own and not strict) or (not index.unique and columns[: len(own)] == own):
            return key
    if index.unique:
        return None
    seen_itself = False
    for other in table.indexes:
        if other is index:
            seen_itself = True
            continue
        if other.predicate is not None or not _is_tree(other):
            continue
        elements = _elements(other)
        equal = elements == own
        if elements[: len(own)] != own or not _includes(other, index):
            continue
        if equal and not other.unique and seen_itself and _includes(index, other):
            continue
        return other
    return None


def _is_tree(index: Index) -> bool:
    return (index.method.lower() if index.method else None) in _TREES


def _elements(index: Index) -> tuple[str, ...]:
    return index.elements or tuple(name.lower() for name in index.columns)


def _includes(other: Index, index: Index) -> bool:
    have = {name.lower() for name in (*other.columns, *other.included)}
    return {name.lower() for name in index.included} <= have
