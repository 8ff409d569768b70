"""The arguments of sqlglot's nodes by their keys, whatever stands there."""

from __future__ import annotations

from sqlglot import exp


def arg(node: exp.Expr, *keys: str) -> exp.Expr | None:
    """Give the node under the first key that holds one."""
    for key in keys:
        value = node.args.get(key)
        if isinstance(value, exp.Expr):
            return value
    return None


def args(node: exp.Expr, key: str) -> list[exp.Expr]:
    """Give the nodes of a list."""
    value = node.args.get(key)
    return [item for item in value if isinstance(item, exp.Expr)] if isinstance(value, list) else []
