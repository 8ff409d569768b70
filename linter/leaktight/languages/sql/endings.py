"""What the end of a query does to its rows: how many it lets through, whether it locks or renders them, its settings."""

from __future__ import annotations

from sqlglot import exp

from leaktight.languages.sql import clauses


def limits_to_one(query: exp.Expr) -> bool:
    """Say whether LIMIT, TOP or FETCH lets one row through at most; not `FETCH … WITH TIES`, nor a share of the rows."""
    limit = clauses.limit(query)
    options = limit.args.get("limit_options") if limit is not None else None
    if limit is None or (options is not None and (options.args.get("percent") or options.args.get("with_ties"))):
        return False
    count = limit.args.get("count") if isinstance(limit, exp.Fetch) else limit.expression
    if count is None:
        return isinstance(limit, exp.Fetch)
    return isinstance(count, exp.Literal) and not count.is_string and count.name in {"0", "1"}


def most_rows(query: exp.Expr) -> float:
    """Give how many rows LIMIT, TOP or FETCH lets through, where a number says it; else infinity, as of a share of the rows."""
    limit = clauses.limit(query)
    options = limit.args.get("limit_options") if limit is not None else None
    if limit is None or (options is not None and options.args.get("percent")):
        return float("inf")
    count = limit.args.get("count") if isinstance(limit, exp.Fetch) else limit.args.get("expression")
    digits = count.name if isinstance(count, exp.Literal) and not count.is_string else ""
    return int(digits) if digits.isdigit() and len(digits) < 10 else float("inf")


def locks_rows(query: exp.Expr) -> bool:
    """Say whether a query ends in FOR UPDATE, FOR SHARE, …, which locks its rows one after the other."""
    return bool(query.args.get("locks"))


def renders_rows(query: exp.Expr) -> bool:
    """Say whether a query ends in FOR XML or FOR JSON, which make one value of its rows in their order."""
    return query.args.get("for_") is not None


def settings(query: exp.Expr) -> list[exp.Expr]:
    """Give the settings of ClickHouse's SETTINGS, each an EQ."""
    return [item for item in query.args.get("settings") or () if isinstance(item, exp.Expr)]
