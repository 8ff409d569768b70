"""The parts of CREATE, ALTER and DROP. Read them as `clauses.…`, where all parts of a statement are."""

from __future__ import annotations

from sqlglot import exp

from leaktight.languages.sql.arguments import arg, args

QUERY = (exp.Select, exp.SetOperation)


def created_kind(create: exp.Create) -> str:
    """Give `TABLE`, `VIEW`, `INDEX`, `FUNCTION`, … of a CREATE."""
    return str(create.args.get("kind") or "").upper()


def created_query(create: exp.Create) -> exp.Expr | None:
    """Give the query of CREATE … AS."""
    query = arg(create, "expression")
    while isinstance(query, (exp.Subquery, exp.Paren)) and isinstance(query.this, exp.Expr):
        query = query.this
    return query if isinstance(query, QUERY) else None


def is_temporary(create: exp.Expr) -> bool:
    """Say whether a CREATE makes a temporary table, or an INTO targets one; TRANSIENT and UNLOGGED tables stay."""
    if create.args.get("temporary"):
        return True
    properties = arg(create, "properties")
    if properties is None:
        return False
    # Teradata's VOLATILE is the stability of a function to sqlglot where another word stands before it.
    marks: tuple[type[exp.Expr], ...] = (exp.TemporaryProperty, exp.VolatileProperty)
    if create.args.get("kind") == "TABLE":
        marks = (*marks, exp.StabilityProperty)
    return any(isinstance(item, marks) for item in properties.expressions)


def properties(create: exp.Expr) -> list[exp.Expr]:
    """Give the properties of a CREATE: partitioning, clustering, options."""
    clause = arg(create, "properties")
    return list(clause.expressions) if clause is not None else []


def replaces(create: exp.Expr) -> bool:
    """Say whether it is CREATE OR REPLACE."""
    return bool(create.args.get("replace"))


def if_not_exists(node: exp.Expr) -> bool:
    """Say whether IF [NOT] EXISTS stands in it."""
    return bool(node.args.get("exists"))


def dropped_tables(drop: exp.Drop) -> list[exp.Expr]:
    """Give the tables that a DROP TABLE drops; nothing for a DROP of another kind."""
    if str(drop.args.get("kind") or "").upper() != "TABLE":
        return []
    return args(drop, "tables") or ([drop.this] if isinstance(drop.this, exp.Expr) else [])


def is_clone(create: exp.Create) -> bool:
    """Say whether it is CREATE TABLE … CLONE or COPY."""
    return create.args.get("clone") is not None


def alter_actions(alter: exp.Alter) -> list[exp.Expr]:
    """Give what an ALTER does, action by action."""
    return args(alter, "actions")
