"""Why a write works on a row that is there: its values differ, or it has come again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.catalog import star, wording
from leaktight.catalog.table import Column
from leaktight.languages.sql import clauses
from leaktight.text import words_of

if TYPE_CHECKING:
    from leaktight.operations.versioned import VersionedWrite

_CHANGES = ("change", "changes", "changed")
"""What a word ends with that says of a table that its rows have changed; names are folded."""
_STAGED = ("stg", "staging", "stage")
"""Words of what holds rows as they came; a temporary table may as well hold the keys of those that are gone."""
_GONE = frozenset(
    {"deleted", "deletes", "delete", "removed", "gone", "missing", "expired", "closed", "inactive", "terminated"}
)


def reads_changes(write: VersionedWrite) -> bool:
    """Say whether a write reads a table that says by its name that its rows have changed: `changed_clients`, `#Type2Changes`."""
    return any(
        (word.endswith(_CHANGES) and "exchange" not in word) or word.startswith("changed")
        for name in write.others
        for word in words_of(name)
    )


def differs(write: VersionedWrite, node: exp.Expr) -> bool:
    """Say whether a node of a write compares a value with another, neither of which is a key or tells versions apart."""
    if not isinstance(node, (exp.NEQ, exp.NullSafeNEQ)):
        return False
    plain = {*write.versions.columns, *_keys(write)}
    sides = [
        [one for one in (side, *clauses.descendants(side)) if isinstance(one, exp.Column)]
        for side in (node.this, node.expression)
    ]
    return all(sides) and not any(one.name.lower() in plain for side in sides for one in side)


def is_for_staged(write: VersionedWrite) -> bool:
    """Say whether a write is for each row of one staging table, chosen by nothing but its key."""
    names = [clauses.table_name(node) for node in write.nodes if isinstance(node, exp.Table)]
    others = [name for name in names if name is not None and not name.same(write.table.name)]
    if len(others) != 1 or not wording.has_word(others[0].parts, _STAGED):
        return False
    if not _GONE.isdisjoint(word for part in others[0].parts for word in words_of(part)):
        return False
    outer = any(isinstance(node, exp.Join) and clauses.join_side(node) for node in write.nodes)
    return not outer and _is_chosen_by_key(write)


def _is_chosen_by_key(write: VersionedWrite) -> bool:
    keys = _keys(write)
    joined = False
    set_here = {id(node) for items in clauses.assigned(write.node) for item in items for node in item.walk()}
    for node in write.nodes:
        if (
            id(node) in set_here
            or not isinstance(node, (exp.Predicate, exp.Not, exp.Or))
            or isinstance(node, exp.Exists)
        ):
            continue
        columns = [one for one in clauses.descendants(node) if isinstance(one, exp.Column)]
        if any(one.name.lower() in write.versions.columns for one in columns):
            continue
        if not isinstance(node, exp.EQ) or not all(isinstance(side, exp.Column) for side in clauses.children(node)):
            return False
        joined = joined or all(one.name.lower() in keys or star.is_key(Column(one.name)) for one in columns)
    return joined


def _keys(write: VersionedWrite) -> set[str]:
    surrogate = star.surrogate(write.table, write.project.star)
    return {*star.natural_keys(write.table), *((surrogate,) if surrogate else ())}
