"""Which connection a call works on: pandas' `to_sql` joins the transaction of the one it is given."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from leaktight.embedding.call import SqlCall
from leaktight.languages.python.document import PythonDocument
from leaktight.languages.python.reaching import BindingKind
from leaktight.operations.following.python_reads import reads_of
from leaktight.operations.writing.steps import Step
from leaktight.text import Span, words_of

_NO_CONNECTIONS = frozenset("engine engines url uri dsn hook".split())
"""Words of what a connection of its own is made of, which commits when the call is done."""


def connection_of(document: PythonDocument, expression: ast.expr | None) -> str | None:
    """Give the text of the connection that an expression is, or is a cursor of; None for an engine, an address, nothing.

    Two equal texts of one function are one connection.
    """
    if isinstance(expression, ast.Name):
        value = _value(document, expression)
        made = document.callee_name(value) if isinstance(value, ast.Call) else ""
        if made == "cursor" or made == "connection":
            return connection_of(document, value)
        if made == "create_engine" or isinstance(value, ast.Constant | ast.JoinedStr):
            return None
    elif isinstance(expression, ast.Call):
        receiver = document.receiver(expression)
        inner = document.callee_name(expression) in ("cursor", "connection") and receiver is not None
        return connection_of(document, receiver) if inner else None
    elif not isinstance(expression, ast.Attribute):
        return None
    text = document.text_of(expression)
    return None if set(words_of(text.rpartition(".")[2])) & _NO_CONNECTIONS else text


def _value(document: PythonDocument, name: ast.Name) -> ast.expr | None:
    """Give what a name is assigned, or bound to by `with … as name`, where that is one thing."""
    ways = document.scopes.reaching(name.id, name)
    if len(ways) != 1 or len(ways[0]) != 1 or ways[0][0].kind not in (BindingKind.ASSIGN, BindingKind.WITH):
        return None
    return ways[0][0].value


def join_transactions(document: PythonDocument, steps: Sequence[Step]) -> None:
    """Put the writes of library calls into the transaction of the statements that are sent on the same connection."""
    joining = [step for step in steps if step.connection is not None]
    if not joining:
        return
    sent = [(step, step.call.call) for step in steps if step.call is not None]
    used = [(step, call, _used(document, call)) for step, call in sent] if sent else []
    for step in joining:
        for other, call, connection in used:
            if connection != step.connection:
                continue
            step.commits = None
            if other.block is not None and _holds(document, call.transaction, step.at[0]):
                step.block = other.block


def _used(document: PythonDocument, call: SqlCall) -> str | None:
    node = reads_of(document).call_at(call.span)
    return connection_of(document, document.receiver(node)) if node is not None else None


def _holds(document: PythonDocument, head: Span | None, at: int) -> bool:
    """Say whether a place stands in the block, or the decorated function, that begins with a head."""
    if head is None:
        return False
    blocks: list[ast.stmt] = [*document.find(ast.With, ast.AsyncWith, ast.FunctionDef, ast.AsyncFunctionDef)]
    return any(_begin(document, block) == head.start and document.span(block).end > at for block in blocks)


def _begin(document: PythonDocument, block: ast.stmt) -> int:
    marks = block.decorator_list if isinstance(block, ast.FunctionDef | ast.AsyncFunctionDef) else []
    return min([document.span(block).start, *(document.span(mark).start for mark in marks)])
