"""An attribute of a dimension that keeps its history, changed in place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Related,
    Severity,
    VersionedWrite,
    VersionedWriteRule,
    clauses,
    exp,
    listed,
    predicates,
    star,
    words_of,
)

_DDL = """
create table dim_client (
    client_key bigint generated always as identity primary key,
    client_id bigint not null, city text, segment text, email text, updated_at timestamptz,
    valid_from timestamptz not null, valid_to timestamptz, is_current boolean not null
);
"""
_BOOKKEEPING = frozenset(
    """updated update modified changed changing loaded load etl batch inserted created audit run job hash checksum md5 sha
    processed ingested synced deleted delete lastmod version""".split()
)
"""Words of columns that say when and how a row was written."""
_TRIED = frozenset({"test", "tests", "demo", "simulate", "simulation", "mock"})
"""Words in the path of a file that changes rows to see what happens."""
_ERASED = ("", "unknown", "redacted", "anonym", "deleted", "n/a", "none", "xxx", "***", "erased", "removed", "masked")


class Scd2Overwrite(VersionedWriteRule):
    """An attribute is changed in place, in a dimension that keeps the versions of its rows.

    A dimension with `valid_from`, `valid_to` and `is_current` promises that a sale of last year is counted for the city that
    the client lived in then. `UPDATE … SET city` breaks the promise without a trace: the report of last year shows other
    numbers today than it did, and nobody can say which were right.

    Close the version that holds now (`valid_to`, `is_current`) and insert a new row, in one transaction.

    Left alone: what closes a version, what fills in a value that was missing, mends it (`lower(email)`) or erases it, columns
    that tell when a row was loaded, migrations, an update whose comment or path says that it is one of type 1, and an update
    beside a statement that does close and insert: attributes of which no history is wanted are kept up to date so.
    """

    name = "scd2-overwrite"
    category = Category.STAR
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            update dim_client set city = s.city, updated_at = now()
                                  ^^^^ `city` of `dim_client` is overwritten, though `valid_from`, `valid_to` and `is_current` keep its versions
            from staging.clients as s where s.client_id = dim_client.client_id and dim_client.is_current;
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            merge into dim_client as d using staging.clients as s on d.client_id = s.client_id and d.is_current
            when matched then update set d.city = s.city, d.segment = s.segment
                                         ^^^^^^ `city` and `segment` of `dim_client` are overwritten
            when not matched then insert (client_id, city, segment, valid_from, is_current)
            values (s.client_id, s.city, s.segment, current_timestamp(), true);
            """,
            catalog=_DDL,
            dialect="snowflake",
        ),
        Good(
            """
            update dim_client set valid_to = now(), is_current = false
            from staging.clients as s
            where s.client_id = dim_client.client_id and dim_client.is_current and s.city <> dim_client.city;
            insert into dim_client (client_id, city, segment, valid_from, is_current)
            select s.client_id, s.city, s.segment, now(), true from staging.clients as s;
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            """
            update dim_client set city = 'unknown' where city is null;
            update dim_client set email = lower(email);
            update dim_client set email = null where client_id = 42;
            update dim_client set updated_at = now() where is_current;
            """,
            catalog=_DDL,
            dialect="postgres",
            note="Filled in, mended, erased, and when a row was loaded.",
        ),
        Good(
            """
            -- Type 1: the spelling of a name has no history.
            update dim_client set city = s.city from staging.clients as s where s.client_id = dim_client.client_id;
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            "update dim_shop set city = 'Bonn' where shop_key = 7;",
            catalog="create table dim_shop (shop_key bigint primary key, shop_id text, city text);",
            dialect="postgres",
            note="Its versions are not kept.",
        ),
        Good(
            "update coupons set discount = 0.2 where code = 'SUMMER';",
            catalog="create table coupons (code text primary key, discount numeric(3, 2), valid_from date, valid_to date);",
            dialect="postgres",
            note="The time for which a coupon is valid is no version of it.",
        ),
    )

    def check(self, write: VersionedWrite) -> Iterator[Finding]:
        """Yield the first attribute that a write changes in place."""
        if (
            write.write.path.script
            or _TRIED & set(words_of(write.write.path.path))
            or write.closes
            or _is_beside_history(write)
            or _is_same_version(write)
            or _is_meant(write)
        ):
            return
        for branch in write.branches:
            if write.versions.columns & set(branch):
                continue
            changed = {name: value for name, value in branch.items() if self._is_change(write, name, value)}
            if not changed:
                continue
            document = write.document
            first = next(iter(changed.values())).parent
            place = document.span(first.this) if isinstance(first, exp.EQ) else write.write.span
            verb, its = ("is", "its") if len(changed) == 1 else ("are", "their")
            versions = write.versions
            kept = [_spelt(write, name) for name in (versions.start, versions.end, versions.current) if name]
            related: tuple[Related, ...] = ()
            if write.write.table is not None and write.write.table.location is not None:
                related = (Related(write.write.table.location, f"{listed(kept)} stand here"),)
            yield Finding(
                place,
                f"{listed(_spelt(write, name) for name in changed)} of `{write.table.name.name}` {verb} overwritten, though {listed(kept)} keep {its} versions",
                related,
                Fix.hint("close the version that holds now and insert a new one, in one transaction"),
            )

    def _is_change(self, write: VersionedWrite, name: str, value: exp.Expr) -> bool:
        spelt = _spelt(write, name)
        if _BOOKKEEPING & set(words_of(spelt)) or name == star.surrogate(write.table, write.project.star):
            return False
        if star.is_version_word(spelt, write.project.star) or name in star.natural_keys(write.table):
            return False
        bare = predicates.unparenthesised(value)
        if isinstance(bare, exp.Null) or (isinstance(bare, exp.Literal) and bare.name.lower().startswith(_ERASED[1:])):
            return False
        if isinstance(bare, exp.Literal) and not bare.name:
            return False
        columns = [node for node in (bare, *clauses.descendants(bare)) if isinstance(node, exp.Column)]
        if columns and not any(isinstance(node, clauses.QUERY) for node in clauses.descendants(bare)):
            own = {node.name.lower() for node in columns} == {name}
            if own and not isinstance(bare, exp.Column):
                return False
        return not _is_filled_in(write, name)


def _is_filled_in(write: VersionedWrite, name: str) -> bool:
    """Say whether the statement asks for rows that lack the value."""
    where = clauses.where(write.node)
    conditions = predicates.conjuncts(where)
    return any(
        isinstance(node, exp.Is) and isinstance(node.this, exp.Column) and node.this.name.lower() == name
        for node in conditions
        if not predicates.is_negated(node)
    )


def _spelt(write: VersionedWrite, name: str) -> str:
    """Give a column's name as its table has it."""
    column = write.table.columns.get(name)
    return column.name if column is not None else name


def _is_meant(write: VersionedWrite) -> bool:
    """Say whether the path, or a comment of the statement, says that it is to overwrite: SCD type 1."""
    if _says_type_one(write.write.path.path):
        return True
    document = write.document
    begin = 0
    for statement in document.statements:
        if statement.span.contains(write.write.span):
            return any(
                begin <= place.start < statement.span.end and _says_type_one(text)
                for place, text in document.comments()
            )
        begin = statement.span.end
    return False


def _says_type_one(text: str) -> bool:
    said = words_of(text)
    return not {"type1", "scd1"}.isdisjoint(said) or ("type", "1") in pairwise(said)


def _is_beside_history(write: VersionedWrite) -> bool:
    """Say whether another statement of the same load closes versions: this one then keeps what needs no history."""
    others = (*write.write.before, *write.write.after)
    return any((seen := write.same(other)) is not None and seen.closes for other in others)


def _is_same_version(write: VersionedWrite) -> bool:
    """Say whether INSERT … ON CONFLICT names the version: a load that runs again writes the same row."""
    if not isinstance(write.node, exp.Insert):
        return False
    conflict = clauses.insert_conflict(write.node)
    if conflict is None:
        return True
    keys = {node.name.lower() for node in clauses.conflict_keys(conflict)}
    surrogate = star.surrogate(write.table, write.project.star)
    return not keys or bool(keys & write.versions.columns) or surrogate in keys
