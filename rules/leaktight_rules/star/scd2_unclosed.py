"""A new version of a row beside one that still says it holds."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Relation,
    Severity,
    VersionedWrite,
    VersionedWriteRule,
    WriteMethod,
    clauses,
    exp,
    listed,
    predicates,
    words_of,
)

_DDL = """
create table dim_client (
    client_key bigint generated always as identity primary key,
    client_id bigint not null, city text, valid_from timestamptz not null, valid_to timestamptz, is_current boolean not null
);
"""
_INSERT = """
insert into dim_client (client_id, city, valid_from, is_current)
select s.client_id, s.city, now(), true
from staging.clients as s join dim_client as d on d.client_id = s.client_id and d.is_current
where d.city <> s.city;
"""
_FIRST = frozenset(
    {"init", "initial", "initialise", "initialize", "seed", "bootstrap", "setup", "backfill", "full", "first"}
)
_EMPTIES = (WriteMethod.TRUNCATE, WriteMethod.OVERWRITE, WriteMethod.CREATE, WriteMethod.DELETE)


class Scd2Unclosed(VersionedWriteRule):
    """A new version of a row is inserted, and nothing in the project closes the old one.

    Two rows of the same client then say that they hold now. Each join on `is_current` gives that client's sales twice, each
    join on the time gives them once for every version since, and the sums are wrong by as much as clients change.

    Close the version that held (`valid_to`, `is_current`) in the same transaction, before the insert.

    It is told where the insert plainly makes new versions: it looks for what differs from the version that holds, or it is
    part of a load that runs again. Left alone: rows for what is not in the table yet (`NOT EXISTS`), a table that is built
    anew, ends that a window works out (`lead(valid_from)`), history that is copied, and first loads, as those whose versions
    all start on a day that is written out (`'1900-01-01'`). A statement anywhere in the project that sets `valid_to` or
    `is_current` counts as the one that closes.
    """

    name = "scd2-unclosed"
    category = Category.STAR
    severity = Severity.WARNING
    asks_for_reads = True
    examples = (
        Bad(
            """
            insert into dim_client (client_id, city, valid_from, is_current) select s.client_id, s.city, now(), true
            ^^^^^^ a new version is inserted into `dim_client`, and nothing closes the old one
            from staging.clients as s join dim_client as d on d.client_id = s.client_id and d.is_current
            where d.city <> s.city;
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            """
            update dim_client as d set valid_to = now(), is_current = false
            from staging.clients as s where d.client_id = s.client_id and d.is_current and d.city <> s.city;
            insert into dim_client (client_id, city, valid_from, is_current)
            select s.client_id, s.city, now(), true from staging.clients as s
            left join dim_client as d on d.client_id = s.client_id and d.is_current where d.client_id is null;
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            _INSERT,
            catalog=_DDL,
            dialect="postgres",
            files={"load/close.sql": "update dim_client set is_current = false, valid_to = now() where city = 'x';"},
            path="load/open.sql",
            note="Another file closes.",
        ),
        Good(
            """
            insert into dim_client (client_id, city, valid_from, is_current)
            select s.client_id, s.city, now(), true from staging.clients as s
            where not exists (select 1 from dim_client as d where d.client_id = s.client_id);
            """,
            catalog=_DDL,
            dialect="postgres",
            note="Clients that are not there yet.",
        ),
        Good(
            """
            insert into dim_client (client_id, city, valid_from, valid_to, is_current)
            select c.client_id, c.city, c.changed_at,
                lead(c.changed_at) over (partition by c.client_id order by c.changed_at), true
            from client_changes as c;
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
    )

    def check(self, write: VersionedWrite) -> Iterator[Finding]:
        """Yield the word that inserts a version while nothing closes one."""
        if not isinstance(write.node, exp.Insert) or not write.opens or not self._makes_versions(write):
            return
        around = (*write.write.before, *write.write.after)
        if any(one.method in _EMPTIES for one in write.write.before):
            return
        if any(
            (seen := write.same(one)) is None or seen.closes for one in around if one.method is not WriteMethod.INSERT
        ):
            return
        closing = write.versions.closing
        for read in write.reads:
            if read.verb in {"update", "merge"} and (read.sets is None or closing & read.sets):
                return
        yield Finding(
            write.write.span,
            f"a new version is inserted into `{write.table.name.name}`, and nothing closes the old one: no write sets"
            f" {listed(sorted(closing, reverse=True)).replace(' and ', ' or ')}",
            fix=Fix.hint("close the version that holds first, in the same transaction"),
        )

    def _makes_versions(self, write: VersionedWrite) -> bool:
        """Say whether an insert adds versions of what is there already."""
        assert isinstance(write.node, exp.Insert)
        insert = write.node
        source = clauses.insert_source(insert)
        if clauses.insert_overwrites(insert) or clauses.insert_conflict(insert) is not None:
            return False
        if source is None or _FIRST & {*words_of(write.write.unit), *words_of(write.write.path.path)}:
            return False
        if isinstance(source, exp.Values):
            return False
        nodes = [source, *clauses.descendants(source)]
        if any(isinstance(node, (exp.Window, exp.SetOperation)) for node in nodes):
            return False
        scopes = [scope for node in nodes if isinstance(node, exp.Select) and (scope := write.document.scope(node))]
        name = write.table.name
        own = [
            relation
            for scope in scopes
            for relation in scope.relations
            if (read := clauses.table_name(relation.node)) is not None and read.same(name)
        ]
        if not own and write.starts_at_a_constant:
            return False
        if not own:
            return write.write.load is not None and bool(scopes) and bool(scopes[0].relations)
        if any(isinstance(node, (exp.Exists, exp.Not)) for node in nodes) or any(_is_not_in(node) for node in nodes):
            return False
        if any(relation.join is not None and clauses.join_side(relation.join) for relation in own):
            return any(write.differs(node) and _is_of_any(own, node) for node in nodes)
        return any(isinstance(node, (exp.NEQ, exp.NullSafeNEQ)) for node in nodes)


def _is_not_in(node: exp.Expr) -> bool:
    return isinstance(node, exp.In) and predicates.is_negated(node)


def _is_of_any(relations: list[Relation], node: exp.Expr) -> bool:
    """Say whether a value of one of some relations is among what a node compares."""
    names = {relation.name.lower() for relation in relations}
    columns = (one for one in clauses.descendants(node) if isinstance(one, exp.Column))
    return any(clauses.column_qualifier(one).lower() in names for one in columns)
