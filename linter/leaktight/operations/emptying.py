"""Whether code that empties or changes tables means each of their rows: by all that a script does, and what stands beside it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from sqlglot import exp

from leaktight.catalog.table import TableName
from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.statements import Statement
from leaktight.text import words_of

_REMOVING = ("delete", "remove")
"""What a word of the name of a script that empties a table begins with: `deletedata.sql`."""
_AROUND = frozenset("SET USE GO BEGIN START COMMIT END PRINT".split())
"""What may stand around the statements of a script and changes no row."""
_SOME = frozenset(
    "expired old older stale where only inactive deleted orphan orphans orphaned unused obsolete invalid duplicate "
    "duplicates except unless matching".split()
)


def speaks_of_some(words: Iterable[str]) -> bool:
    """Say whether a comment, or a file's name, speaks of some rows: then a filter is missing all the more."""
    return not _SOME.isdisjoint(words)


def is_meant(sql: SqlDocument, delete: exp.Expr, name: TableName) -> bool:
    """Say whether a DELETE without a filter of the table `name` is one of several, an arm, or all that a script is for."""
    return sql.remembered(_only_empties) or _is_one_of_two(sql, delete, name) or _is_other_arm(sql, name)


def _only_empties(sql: SqlDocument) -> bool:
    """Say whether a script does nothing but empty tables: several, or the one that its name speaks of."""
    if sql.region.embedded or sql.path.migration:
        return False
    stem = words_of(sql.source.path.rpartition("/")[2].rpartition(".")[0])
    if speaks_of_some(stem):
        return False
    emptied = 0
    for statement in sql.statements:
        if statement.keyword.split(" ", 1)[0] in _AROUND:
            continue
        if not _empties(statement.tree):
            return False
        emptied += 1
    return emptied > 1 or any(word == "del" or word.startswith(_REMOVING) for word in stem)


def _is_one_of_two(sql: SqlDocument, write: exp.Expr, name: TableName) -> bool:
    """Say whether the statement right above or below empties another table: nobody forgets two filters in a row."""
    stem = words_of(sql.source.path.rpartition("/")[2].rpartition(".")[0])
    if sql.path.migration or speaks_of_some(stem):
        return False
    at = bisect_left(sql.statements, sql.statement_of(write).span.start, key=lambda one: one.span.start)
    beside = [*sql.statements[max(at - 1, 0) : at], *sql.statements[at + 1 : at + 2], *_beside_in_host(sql)]
    for tree in (statement.tree for statement in beside):
        if isinstance(tree, exp.Delete) and _empties(tree):
            emptied = clauses.table_name(clauses.target(tree))
            if emptied is not None and not emptied.same(name):
                return True
    return False


def _is_other_arm(sql: SqlDocument, name: TableName) -> bool:
    """Say whether the host deletes some rows of the table in one arm of an `if`, and all in the other."""
    calls, number, _ = sql.company
    return any(
        isinstance(statement.tree, exp.Delete)
        and not _empties(statement.tree)
        and (target := clauses.table_name(clauses.target(statement.tree))) is not None
        and target.same(name)
        and sql.is_in_other_arm(other)
        for other, documents in enumerate(calls)
        if other != number
        for document in documents
        for statement in document.statements
    )


def _beside_in_host(sql: SqlDocument) -> Iterator[Statement]:
    """Yield the statements of the host's calls right above and below."""
    calls, number, _ = sql.company
    for other in (number - 1, number + 1):
        if sql.region.embedded and 0 <= other < len(calls):
            yield from (statement for document in calls[other] for statement in document.statements)


def _empties(tree: exp.Expr | None) -> bool:
    """Say whether a statement takes every row of a table."""
    if isinstance(tree, exp.TruncateTable):
        return True
    if not isinstance(tree, exp.Delete) or clauses.bounded_by(tree) or clauses.limit(tree) is not None:
        return False
    where = clauses.where(tree)
    return where is None or predicates.constant_truth(where) is True


def is_worked_out_anew(sql: SqlDocument, write: exp.Expr, name: TableName) -> bool:
    """Say whether columns are set back to one value for all rows, to be set for some of them right below."""
    set_back = _set_columns(write)
    start = sql.statement_of(write).span.start
    below = [one for one in sql.find(exp.Update) if sql.statement_of(one).span.start > start]
    below += [one for document in sql.beside[1] for one in document.find(exp.Update)]
    return any(
        clauses.where(one) is not None
        and set_back <= _set_columns(one)
        and (target := clauses.table_name(clauses.target(one))) is not None
        and target.same(name)
        for one in below
    )


def _set_columns(write: exp.Expr) -> set[str]:
    return {item.this.name.lower() for item in clauses.assignments(write) if isinstance(item, exp.EQ)}
