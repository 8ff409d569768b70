"""Which keys of a JSON document SQL reads, however its engine writes it: `payload ->> 'key'`, `payload:key`, `JSON_VALUE(…)`."""

from __future__ import annotations

from sqlglot import exp

from leaktight.lazy import record

_EXTRACTS = (exp.JSONExtract, exp.JSONExtractScalar)


@record(frozen=True, slots=True, eq=False)
class JsonKey:
    """A key at the top of a document, as written there, and the expression that reads it."""

    key: str
    node: exp.Expr


def json_key(column: exp.Column) -> JsonKey | None:
    """Give the key that is read of a column; None where none is, and where it is only a step on the way to another."""
    node = column.parent
    if not isinstance(node, _EXTRACTS) or node.this is not column or not isinstance(node.expression, exp.JSONPath):
        return None
    if isinstance(node.parent, _EXTRACTS) and node.parent.this is node:
        return None
    steps = [step for step in node.expression.expressions if not isinstance(step, exp.JSONPathRoot)]
    if len(steps) != 1 or not isinstance(steps[0], exp.JSONPathKey) or not isinstance(steps[0].this, str):
        return None
    return JsonKey(steps[0].this, node)
