"""A version is closed after the new one was inserted, and the new one with it."""

from __future__ import annotations

from collections.abc import Iterator

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
    predicates,
    star,
    words_of,
)

_DDL = """
create table dim_client (
    client_key bigint generated always as identity primary key,
    client_id bigint not null, city text, valid_from timestamptz not null, valid_to timestamptz, is_current boolean not null
);
"""
_LOADED = frozenset(
    {"batch", "load", "loaded", "run", "inserted", "created", "updated", "etl", "job", "version", "hash"}
)
_ORDERED = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)


class Scd2ClosedAfterInsert(VersionedWriteRule):
    """The old version is closed after the new one was inserted, by a condition that the new one meets as well.

    The insert adds a row that holds now, and the update then closes every row of that client that holds now: both of them.
    No version is left that holds, and each join on `is_current` loses the client's sales without a word.

    Close first and insert then; or keep the new row out of the update: `valid_from < …`, `client_key <> …`.

    Left alone: an update whose condition tells the two apart by the start, the surrogate key, a batch, or a value that
    differs, an insert whose rows do not hold yet, and one in another branch of the code: `if` new, `else` changed.
    """

    name = "scd2-closed-after-insert"
    category = Category.STAR
    severity = Severity.ERROR
    examples = (
        Bad(
            """
            insert into dim_client (client_id, city, valid_from, is_current)
            select s.client_id, s.city, now(), true from staging.changed_clients as s;
            update dim_client set valid_to = now(), is_current = false
            ^^^^^^ this closes the versions of `dim_client` that were just inserted too: none is left that holds
            where is_current and client_id in (select c.client_id from staging.changed_clients as c);
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            """
            update dim_client set valid_to = now(), is_current = false
            where is_current and client_id in (select c.client_id from staging.changed_clients as c);
            insert into dim_client (client_id, city, valid_from, is_current)
            select s.client_id, s.city, now(), true from staging.changed_clients as s;
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            """
            insert into dim_client (client_id, city, valid_from, is_current)
            select s.client_id, s.city, now(), true from staging.changed_clients as s;
            update dim_client as d set valid_to = now(), is_current = false from staging.changed_clients as s
            where d.client_id = s.client_id and d.is_current and d.city <> s.city;
            """,
            catalog=_DDL,
            dialect="postgres",
            note="The new row has the new city.",
        ),
        Good(
            """
            insert into dim_client (client_id, city, valid_from, is_current) values (:client, :city, :since, true);
            update dim_client set valid_to = :since, is_current = false
            where client_id = :client and is_current and valid_from < :since;
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
    )

    def check(self, write: VersionedWrite) -> Iterator[Finding]:
        """Yield the word that closes, where the rows that were inserted before meet its condition."""
        if not isinstance(write.node, exp.Update) or not write.closes or not self._takes_the_new(write):
            return
        opened = None
        for one in filter(write.may_follow, write.write.before):
            seen = write.same(one)
            if seen is None or seen.closes:
                return
            if seen.opens and isinstance(seen.node, exp.Insert) and not _are_others(write, seen):
                opened = seen
        if opened is None or _is_of_other_branch(write, opened):
            return
        yield Finding(
            write.write.span,
            f"this closes the versions of `{write.table.name.name}` that were just inserted too: none is left that holds",
            (Related(opened.write.location, "inserted here"),),
            Fix.hint("close first, then insert"),
        )

    def _takes_the_new(self, write: VersionedWrite) -> bool:
        """Say whether the condition knows of a row just that it holds now, and what it is a version of."""
        where = clauses.where(write.node)
        if where is None:
            return False
        surrogate = star.surrogate(write.table, write.project.star)
        named = False
        source = clauses.from_item(write.node)
        joins = [*clauses.joins(write.node), *(clauses.joins(source) if source is not None else ())]
        conditions = [where, *(on for join in joins if (on := clauses.join_on(join)) is not None)]
        for node in (found for top in conditions for found in (top, *clauses.descendants(top))):
            if isinstance(node, exp.Column):
                name = node.name.lower()
                named = named or name not in write.versions.columns
                if name in {write.versions.start, surrogate} or _LOADED & set(words_of(name)):
                    return False
            if isinstance(
                node, (exp.NullSafeNEQ, exp.Not, exp.Exists, exp.Max, exp.Min, exp.Window, exp.Or, exp.Limit)
            ):
                if isinstance(node, exp.Not) and self._is_flag(write, node):
                    continue
                return False
            if isinstance(node, (exp.NEQ, *_ORDERED)) and not self._is_flag(write, node):
                return False
            if isinstance(node, (exp.In, exp.Is)) and predicates.is_negated(node) and not self._is_flag(write, node):
                return False
        return named

    def _is_flag(self, write: VersionedWrite, node: exp.Expr) -> bool:
        """Say whether a predicate is of a column that says whether a version holds."""
        columns = [one for one in clauses.descendants(node) if isinstance(one, exp.Column)]
        return bool(columns) and all(one.name.lower() in write.versions.closing for one in columns)


def _are_others(write: VersionedWrite, opened: VersionedWrite) -> bool:
    """Say whether an update may take other rows than were inserted: those were new, and it asks a table of what changed."""
    return opened.adds_only_absent and not write.others <= opened.others


def _is_of_other_branch(write: VersionedWrite, opened: VersionedWrite) -> bool:
    """Say whether the two stand in one call or script, or in calls of one function: else nobody knows their order."""
    return write.write.unit != opened.write.unit
