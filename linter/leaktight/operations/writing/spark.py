"""Spark's and Snowpark's writers: `df.write.mode("append").saveAsTable("t")`, `df.writeTo("t").append()`."""

from __future__ import annotations

import ast

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.table_write import Guard, WriteMethod
from leaktight.operations.writing.written import Written
from leaktight.text import Span

_MODES = {
    "append": WriteMethod.APPEND, "overwrite": WriteMethod.OVERWRITE, "error": WriteMethod.CREATE,
    "errorifexists": WriteMethod.CREATE, "truncate": WriteMethod.OVERWRITE,
}  # fmt: skip
_WRITE_TO = {
    "append": WriteMethod.APPEND, "createOrReplace": WriteMethod.OVERWRITE, "overwritePartitions": WriteMethod.OVERWRITE,
    "create": WriteMethod.CREATE, "replace": WriteMethod.OVERWRITE,
}  # fmt: skip
_ENDS = frozenset({"saveAsTable", "save", "insertInto", "jdbc", "parquet", "orc", "save_as_table"})
_MODE_POSITIONS = {"save": 2, "saveAsTable": 2, "jdbc": 2, "parquet": 1, "orc": 1, "save_as_table": 1}
"""Where these calls take the mode without its name; it wins over that of `.mode(…)`."""
_LONGEST = 40


def spark_write(document: PythonDocument, call: ast.Call) -> Written | None:
    """Give what the last call of a writer's chain writes; None for streams, readers, and modes not known."""
    name = document.callee_name(call)
    calls, attributes = _chain(document, call)
    if name in _WRITE_TO and "writeTo" in calls:
        target = document.argument(calls["writeTo"], 0, "table")
        return Written(_WRITE_TO[name], document.name_span(call), target, "writeTo", dialect="spark")
    if name not in _ENDS or "write" not in attributes or "writeStream" in attributes:
        return None
    method, span, known = _mode(document, call, calls)
    if not known:
        return None
    guard = None
    options = calls.get("option"), calls.get("options")
    if any(item is not None and "txnAppId" in document.text_of(item) for item in options):
        guard = Guard("Delta drops a batch whose `txnVersion` it has seen", document.location(span))
    return Written(method, span, _target(document, call, calls, name), name, guard=guard, dialect="spark")


def _chain(document: PythonDocument, call: ast.Call) -> tuple[dict[str, ast.Call], set[str]]:
    """Give the calls of a chain by name, the last one first, and the plain attributes among them."""
    calls: dict[str, ast.Call] = {}
    attributes: set[str] = set()
    at: ast.expr = call.func
    for _ in range(_LONGEST):
        match at:
            case ast.Attribute(value=value, attr=attribute):
                attributes.add(attribute)
                at = value
            case ast.Call(func=func):
                calls.setdefault(document.callee_name(at), at)
                at = func
            case ast.Name():
                made = document.value_of(at)
                if made is at or not isinstance(made, ast.Call | ast.Attribute):
                    break
                at = made
            case _:
                break
    return calls, attributes


def _mode(document: PythonDocument, call: ast.Call, calls: dict[str, ast.Call]) -> tuple[WriteMethod, Span, bool]:
    """Give the method, the words that say it, and whether it is known at all."""
    name = document.callee_name(call)
    if name == "insertInto":
        overwrite = document.argument(call, 1, "overwrite")
        if overwrite is not None:
            value = document.literal(overwrite)
            method = WriteMethod.OVERWRITE if value is True else WriteMethod.APPEND
            return method, document.span(overwrite), value in (True, False)
        if "mode" not in calls:
            return WriteMethod.APPEND, document.name_span(call), True
    given = document.keyword(call, "mode")
    expression = document.argument(call, _MODE_POSITIONS.get(name), "mode")
    if expression is not None and document.literal(expression) is None:
        expression = None
    if expression is not None:
        span = document.span(given if given is not None else expression)
    elif "mode" in calls:
        inner = calls["mode"]
        expression = document.argument(inner, 0, "saveMode")
        span = Span(document.name_span(inner).start, document.span(inner).end)
    else:
        span = document.name_span(call)
    if expression is None:
        return WriteMethod.CREATE, span, True
    value = document.literal(document.value_of(expression))
    found = _MODES.get(value.lower()) if isinstance(value, str) else None
    return found or WriteMethod.CREATE, span, found is not None


def _target(document: PythonDocument, call: ast.Call, calls: dict[str, ast.Call], name: str) -> ast.expr | None:
    if name == "jdbc":
        return document.argument(call, 1, "table")
    keyword = {"saveAsTable": "name", "insertInto": "tableName", "save_as_table": "table_name"}.get(name, "path")
    named = document.argument(call, 0, keyword)
    if named is not None:
        return named
    option = calls.get("option")
    if (
        option is not None
        and len(option.args) == 2
        and document.literal(option.args[0]) in ("dbtable", "path", "table")
    ):
        return option.args[1]
    return None
