"""Which values a CHECK lets a column have, read from its condition as the catalog keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError

from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.dialects import dialect_named
from leaktight.languages.sql.statements import parse
from leaktight.languages.sql.tokens import tokenise
from leaktight.source import NotAnalysable

_BEFORE = "SELECT 1 FROM t WHERE"
_LONGEST = 20_000


@lru_cache(maxsize=1024)
def allowed_values(condition: str, dialect: str) -> Mapping[str, tuple[str, ...]]:
    """Give the values that a condition lists for columns, by their names in lower case.

    `status IN ('new', 'paid')`, `status = ANY (ARRAY['new'::text, 'paid'::text])` and `status = 'new' OR status = 'paid'` say
    the same, and so does each of them where it stands beside other conditions that must hold too.
    """
    tree = _tree(condition, dialect)
    found: dict[str, tuple[str, ...]] = {}
    for part in predicates.conjuncts(tree):
        listed = _listed(part)
        if listed is not None:
            found.setdefault(*listed)
    return found


def _tree(condition: str, dialect: str) -> exp.Expr | None:
    text = f"{_BEFORE} {condition}"
    if len(text) > _LONGEST:
        return None
    try:
        known = dialect_named(dialect)
        found = parse(text, tokenise(text, known), known, dialect)
    except (NotAnalysable, SqlglotError, ValueError):
        return None
    tree = found[0].tree if len(found) == 1 else None
    return clauses.where(tree) if tree is not None else None


def _listed(part: exp.Expr) -> tuple[str, tuple[str, ...]] | None:
    column = ""
    values: list[str] = []
    for branch in predicates.disjuncts(part):
        is_null = isinstance(branch, exp.Is) and isinstance(branch.expression, exp.Null)
        named, said = (_column(branch.this), []) if is_null else _branch(branch)
        if not named or said is None or (column and named != column):
            return None
        column = named
        values += said
    return (column, tuple(dict.fromkeys(values))) if values else None


def _branch(branch: exp.Expr) -> tuple[str, list[str] | None]:
    """Give the column and the values of `column IN (…)`, `column = ANY (ARRAY[…])` or `column = 'value'`."""
    if not isinstance(branch, (exp.EQ, exp.In)) or predicates.is_negated(branch):
        return "", None
    if isinstance(branch, exp.In):
        items = branch.expressions if branch.args.get("query") is None else None
    else:
        other = _bare(branch.expression)
        if isinstance(other, exp.Any):
            array = _bare(other.this)
            if isinstance(array, exp.Literal) and array.name[:1] + array.name[-1:] == "{}":
                return _column(branch.this), [item.strip(' "') for item in array.name[1:-1].split(",")]
            items = array.expressions if isinstance(array, exp.Array) else None
        else:
            items = [other]
    literals = [_bare(item) for item in items or ()]
    if not all(isinstance(item, (exp.Literal, exp.National)) for item in literals):
        return "", None
    return _column(branch.this), [item.name for item in literals]


def _column(node: exp.Expr) -> str:
    column = _bare(node)
    return column.name.lower() if isinstance(column, exp.Column) else ""


def _bare(node: exp.Expr) -> exp.Expr:
    """Give what is cast, without brackets."""
    while isinstance(node, (exp.Paren, exp.Cast)):
        node = node.this
    return node
