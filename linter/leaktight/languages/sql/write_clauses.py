"""The parts of statements that write: INSERT, UPDATE, MERGE, COPY, and what they are bounded by."""

from __future__ import annotations

from sqlglot import exp

from leaktight.languages.sql.arguments import arg as _arg
from leaktight.languages.sql.arguments import args as _args

WRITES = (
    exp.Insert, exp.Merge, exp.Update, exp.Delete, exp.TruncateTable, exp.Create, exp.Copy, exp.LoadData, exp.Into,
    exp.MultitableInserts,
)  # fmt: skip
"""The nodes of what may write to a table."""


def insert_columns(insert: exp.Insert) -> list[exp.Expr]:
    """Give the identifiers of the column list; empty if there is none."""
    return list(insert.this.expressions) if isinstance(insert.this, exp.Schema) else []


def insert_source(insert: exp.Insert) -> exp.Expr | None:
    """Give what is inserted: a query, Values, or None (`DEFAULT VALUES`)."""
    return _arg(insert, "expression")


def insert_conflict(insert: exp.Insert) -> exp.Expr | None:
    """Give ON CONFLICT or ON DUPLICATE KEY UPDATE."""
    return _arg(insert, "conflict")


def insert_ignores(insert: exp.Insert) -> bool:
    """Say whether it is INSERT IGNORE or INSERT OR IGNORE/REPLACE."""
    return bool(insert.args.get("ignore") or insert.args.get("alternative"))


def insert_overwrites(insert: exp.Insert) -> bool:
    """Say whether it is INSERT OVERWRITE, or REPLACE WHERE."""
    return bool(insert.args.get("overwrite") or insert.args.get("where"))


def insert_by_name(insert: exp.Insert) -> bool:
    """Say whether it is INSERT BY NAME."""
    return bool(insert.args.get("by_name"))


def insert_partition(insert: exp.Insert) -> exp.Expr | None:
    """Give the PARTITION clause."""
    return _arg(insert, "partition")


def merge_branches(merge: exp.Expr) -> list[exp.Expr]:
    """Give the WHEN branches of a MERGE."""
    whens = _arg(merge, "whens")
    return list(whens.expressions) if whens is not None else []


def merge_deletes(merge: exp.Expr) -> bool:
    """Say whether all that a MERGE does is to delete rows."""
    does = [_arg(branch, "then") for branch in merge_branches(merge)]
    return bool(does) and all(isinstance(one, exp.Var) and one.name.upper() == "DELETE" for one in does)


def branch_update(branch: exp.Expr) -> exp.Expr | None:
    """Give the UPDATE of a WHEN branch of a MERGE."""
    then = _arg(branch, "then")
    return then if isinstance(then, exp.Update) else None


def conflict_keys(conflict: exp.Expr) -> list[exp.Expr]:
    """Give the columns that ON CONFLICT (…) names."""
    return _args(conflict, "conflict_keys")


def assignments(update: exp.Expr) -> list[exp.Expr]:
    """Give the assignments of UPDATE … SET, each an EQ."""
    return _args(update, "expressions")


def assigned(write: exp.Expr) -> list[list[exp.Expr]]:
    """Give the assignments of each branch of a write that updates: an UPDATE, the branches of MERGE, ON CONFLICT."""
    if isinstance(write, exp.Update):
        return [assignments(write)]
    if isinstance(write, exp.Insert):
        conflict = insert_conflict(write)
        return [assignments(conflict)] if conflict is not None else []
    updates = (branch_update(branch) for branch in merge_branches(write))
    return [assignments(update) for update in updates if update is not None]


def bounded_by(write: exp.Expr) -> list[exp.Expr]:
    """Give the tables of USING in `DELETE … USING`, or what MERGE merges from."""
    using = write.args.get("using")
    items = using if isinstance(using, list) else [using]
    return [item for item in items if isinstance(item, exp.Expr)]


def copies_in(copy: exp.Copy) -> bool:
    """Say whether a COPY loads a table; otherwise it writes a file."""
    return bool(copy.args.get("kind"))


def load_overwrites(load: exp.LoadData) -> bool:
    """Say whether it is LOAD DATA … OVERWRITE."""
    return bool(load.args.get("overwrite"))


def returning(write: exp.Expr) -> exp.Expr | None:
    """Give the RETURNING clause."""
    return _arg(write, "returning")
