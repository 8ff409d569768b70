"""The columns that Python code names: strings and lists of them, and column expressions such as `col("id") > 1`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.following.notes import Made
from leaktight.text import Span

Named = list[tuple[str, Span]]
"""Columns, each with the place that names it."""

_DEEPEST = 40
_COLUMN = frozenset({"col", "column"})
_PLAIN = frozenset({"lit", "when", "otherwise", "current_date", "current_timestamp"})
_FIRST = frozenset(
    "sum avg mean max min count first last upper lower trim to_date to_timestamp date_format year month "
    "dayofmonth hour desc asc explode size stddev variance collect_list collect_set abs round floor ceil length isnull "
    "approx_count_distinct sum_distinct desc_nulls_last asc_nulls_first date_add date_sub cast hash".split()
)
_ALL = frozenset({"coalesce", "concat", "greatest", "least", "array", "struct", "countDistinct", "count_distinct"})
_BLOCKS = ("body", "orelse", "finalbody")


def named_columns(document: PythonDocument, expression: ast.expr, *, keys: bool = False) -> Named | None:
    """Give the columns that a string or a list of strings names, with `keys` also a dict's keys; None for others."""
    value = document.value_of(expression)
    said = document.literal(value)
    if isinstance(said, str):
        return [(said, document.span(expression))]
    if isinstance(value, ast.Dict):
        if not keys or None in value.keys:
            return None
        parts = [key for key in value.keys if key is not None]
    elif isinstance(value, ast.List | ast.Tuple | ast.Set):
        parts = value.elts
    else:
        return None
    found: Named = []
    for part in parts:
        name = document.literal(document.value_of(part))
        if not isinstance(name, str):
            return None
        found.append((name, document.span(part if value is expression else expression)))
    return found


def expressed_columns(document: PythonDocument, expression: ast.expr, *, strings: bool) -> Named | None:
    """Give the columns that an expression of Spark or Polars reads through `col`; None when not all can be told.

    `strings` says that a bare string is a column's name, as in `select("id")`. What is read through the frame itself,
    `frame.id`, is not among them.
    """
    found: Named = []
    reader = _Expression(document, found)
    return found if reader.read(expression, strings=strings, depth=0) else None


class _Expression:
    def __init__(self, document: PythonDocument, found: Named) -> None:
        self._document = document
        self._found = found

    def read(self, node: ast.expr, *, strings: bool, depth: int) -> bool:
        """Note the columns of an expression; say whether all are known."""
        if depth > _DEEPEST:
            return False
        match node:
            case ast.Constant(value=str(name)):
                if strings:
                    self._found.append((name, self._document.span(node)))
                return not strings or (name != "*" and not name.startswith("^"))
            case ast.Constant():
                return True
            case ast.List() | ast.Tuple():
                return all(self.read(item, strings=strings, depth=depth + 1) for item in node.elts)
            case ast.Name() if strings:
                value = self._document.value_of(node)
                return value is not node and self.read(value, strings=True, depth=depth + 1)
            case ast.Starred():
                return self.read(node.value, strings=strings, depth=depth + 1)
            case ast.Call():
                return self._call(node, depth)
            case ast.Compare():
                parts = [node.left, *node.comparators]
            case ast.BinOp():
                parts = [node.left, node.right]
            case ast.UnaryOp():
                parts = [node.operand]
            case ast.Attribute() | ast.Subscript():
                # `frame.id` and `frame["id"]` are followed as uses of the frame.
                return isinstance(node.value, ast.Name) or self.read(node.value, strings=False, depth=depth + 1)
            case ast.Name():
                value = self._document.value_of(node)
                return value is node or self.read(value, strings=False, depth=depth + 1)
            case _:
                return False
        return all(self.read(part, strings=False, depth=depth + 1) for part in parts)

    def _call(self, call: ast.Call, depth: int) -> bool:
        name = self._document.callee_name(call)
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if name in _COLUMN:
            return bool(given) and all(self.read(item, strings=True, depth=depth + 1) for item in given)
        if isinstance(call.func, ast.Attribute) and not isinstance(call.func.value, ast.Name):
            # A method of a column, `col("id").isin("a", "b")`: its strings are values.
            inner = [call.func.value, *given]
            return name != "over" and all(self.read(item, strings=False, depth=depth + 1) for item in inner)
        if name in _PLAIN:
            return all(self.read(item, strings=False, depth=depth + 1) for item in given)
        if name in _ALL:
            return all(self.read(item, strings=True, depth=depth + 1) for item in given)
        if name in _FIRST and given:
            rest = [self.read(item, strings=False, depth=depth + 1) for item in given[1:]]
            return self.read(given[0], strings=True, depth=depth + 1) and all(rest)
        return False


def made_by(document: PythonDocument, node: ast.AST, span: Span | None = None) -> Made:
    """Give the place at which `node` sets a column: its statement, or `span`, in the block that runs with it."""
    child: ast.AST = node
    for holder in document.ancestors(node):
        block = None if isinstance(holder, ast.With | ast.AsyncWith) else _block(holder, child)
        if block is not None:
            statement = document.statement_of(node)
            place = span if span is not None else document.span(statement if statement is not None else node)
            return Made(place, document.span(block[0]).cover(document.span(block[-1])))
        child = holder
    return Made(document.span(node), document.span(node))


def _block(holder: ast.AST, child: ast.AST) -> list[ast.AST] | None:
    for field in _BLOCKS:
        block = getattr(holder, field, None)
        if isinstance(block, list) and child in block:
            return block
    return None


def alias_makers(document: PythonDocument, expression: ast.expr) -> Iterator[tuple[str, ast.Call]]:
    """Yield the names that `.alias("name")` gives inside an expression, each with its call."""
    for call in document.find_in(expression, ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "alias" and call.args:
            said = document.literal(call.args[0])
            if isinstance(said, str):
                yield said, call
