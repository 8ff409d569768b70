"""JSON's arrow behind a bare name among a function's arguments, which sqlglot takes for a lambda: `lower(doc->'id')`."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

_OF_JSON = frozenset({"postgres", "redshift", "mysql", "sqlite", "materialize", "risingwave", "singlestore"})
"""Dialects that have the arrow for fields of JSON, and no lambdas."""
_FIRST = (exp.Literal, exp.Column, exp.Parameter, exp.Placeholder, exp.Paren, exp.Func)


def read_arrows(tree: exp.Expr, dialect: Dialect, name: str) -> None:
    """Give each arrow of a tree that is read as a lambda the column that it takes a field of."""
    if name not in _OF_JSON:
        return
    for arrow in list(tree.find_all(exp.Lambda)):
        names = arrow.expressions
        if len(names) != 1 or not isinstance(names[0], exp.Identifier):
            continue
        key = arrow.this
        while not isinstance(key, _FIRST) or isinstance(key, (exp.JSONExtract, exp.JSONExtractScalar)):
            inner = key.args.get("this")
            if not isinstance(inner, exp.Expr):
                break
            key = inner
        whole = key is arrow.this
        field = exp.JSONExtract(this=exp.Column(this=names[0]), only_json_types=True)
        if not whole:
            key.replace(field)
        field.set("expression", dialect.to_json_path(key) if isinstance(key, exp.Literal) else key)
        arrow.replace(field if whole else arrow.this)
