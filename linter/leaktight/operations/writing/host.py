"""What the Python around a write says of it: who commits, what is caught, what is asked first."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from leaktight.languages.python.document import FunctionNode, PythonDocument
from leaktight.operations.hosted_sql import HostedSql
from leaktight.operations.table_write import Evidence, Guard
from leaktight.text import Span, words_of

_AUTOCOMMIT_DRIVERS = {
    "asyncpg": "asyncpg commits each statement", "snowflake.connector": "Snowflake commits each statement",
    "google.cloud.bigquery": "BigQuery commits each statement", "duckdb": "DuckDB commits each statement",
    "trino": "Trino commits each statement", "clickhouse_driver": "ClickHouse has no transactions",
    "clickhouse_connect": "ClickHouse has no transactions", "pyspark": "Spark has no transactions",
    "databricks.sql": "Databricks commits each statement", "prisma": "Prisma commits each call",
    "pyathena": "Athena commits each statement", "athena": "Athena commits each statement",
}  # fmt: skip
_ASKS = frozenset(
    "exist exists seen already processed loaded known duplicate duplicates missing new inserted done".split()
)
_CONNECTS = frozenset({"connect", "create_engine", "create_async_engine", "Connection", "Database"})
_CATCHES = ("Integrity", "Unique", "Duplicate", "AlreadyExists", "Conflict")


_OPEN = frozenset({"transaction", "tx", "trx"})
"""What code calls a connection on which it has begun a transaction."""


def commits_alone(call: HostedSql) -> Evidence | None:
    """Give what says that each statement of a call commits on its own, if something does."""
    driver = call.call.driver or ""
    if driver == "athena":
        return Evidence(_AUTOCOMMIT_DRIVERS[driver])
    document = call.document
    for argument in call.call.arguments:
        if argument.keyword == "autocommit" and argument.text == "True":
            return Evidence("`autocommit=True` commits each statement", document.location(argument.span))
    if isinstance(document, PythonDocument):
        found = _autocommit(document, call.call.span)
        if found is not None:
            return found
    said = _AUTOCOMMIT_DRIVERS.get(driver)
    if call.call.receiver.rpartition(".")[2].lower() in _OPEN:
        return None
    return Evidence(said) if said is not None and call.call.transaction is None else None


def commits_together(call: HostedSql) -> Evidence | None:
    """Give what says that the statements of one call are a transaction of their own: a pool's `query` in JavaScript."""
    document = call.document
    if isinstance(document, PythonDocument) or call.call.transaction is not None:
        return None
    if not call.call.receiver.rsplit(".", 1)[-1].lower().endswith("pool"):
        return None
    name = document.slice(call.call.name)
    return Evidence(f"each `{call.call.receiver}.{name}` commits on its own", document.location(call.call.name))


def _autocommit(document: PythonDocument, at: Span) -> Evidence | None:
    """Find `autocommit=True`, `conn.autocommit = True`, `isolation_level="AUTOCOMMIT"` in reach of a place."""
    for node in document.remembered(_autocommits):
        if in_reach(document, node, at):
            return Evidence(
                f"`{document.text_of(node)}` commits each statement", document.location(document.span(node))
            )
    return None


def _autocommits(document: PythonDocument) -> list[ast.AST]:
    found: list[ast.AST] = []
    for keyword in document.find(ast.keyword):
        call = document.parent(keyword)
        operator = isinstance(call, ast.Call) and document.callee_name(call).endswith("Operator")
        if not operator and _is_autocommit(document, keyword.arg, keyword.value):
            found.append(keyword)
    for assign in document.find(ast.Assign):
        target = assign.targets[0]
        if isinstance(target, ast.Attribute) and _is_autocommit(document, target.attr, assign.value):
            found.append(assign)
    return found


def _is_autocommit(document: PythonDocument, name: str | None, value: ast.expr) -> bool:
    return (name == "autocommit" and document.literal(value) is True) or (
        name == "isolation_level" and document.literal(value) == "AUTOCOMMIT"
    )


def in_reach(document: PythonDocument, node: ast.AST, at: Span) -> bool:
    """Say whether a node stands in the function that holds a place, in its class, or in no function."""
    function = document.function_of(node)
    if function is None or _holds(document, function, at):
        return True
    owner = document.class_of(function)
    return owner is not None and _holds(document, owner, at)


def _holds(document: PythonDocument, node: ast.AST, at: Span) -> bool:
    return document.span(node).contains(at)


def commits_of(document: PythonDocument) -> Iterator[tuple[Span, ast.Call]]:
    """Yield each call of `commit()` with its place."""
    for call in document.find(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit" and not call.args:
            yield document.span(call), call


def in_memory(document: PythonDocument, at: Span) -> bool:
    """Say whether a place writes to a database in memory, as far as the connections in its reach tell."""
    return any(in_reach(document, node, at) for node in document.remembered(_in_memory))


def _in_memory(document: PythonDocument) -> list[ast.AST]:
    """Give each connection to a database in memory, and the calls of the functions that make one."""
    found: list[ast.AST] = []
    if ":memory:" not in document.text:
        return found
    for call in document.find(ast.Call):
        if document.callee_name(call) not in _CONNECTS or not _names_memory(document, call):
            continue
        found.append(call)
        function = document.function_of(call)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            found += document.calls_of(function.name)
    return found


def _names_memory(document: PythonDocument, call: ast.Call) -> bool:
    """Say whether `":memory:"` stands among the arguments of a call, or behind their names, defaults included."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    for name in [name for one in given for name in document.find_in(one, ast.Name)]:
        resolved = document.scopes.resolve(name.id, name)
        given += [binding.value for binding in resolved[1] if binding.value is not None] if resolved is not None else []
    return any(
        isinstance(text.value, str) and ":memory:" in text.value
        for one in given
        for text in document.find_in(one, ast.Constant)
    )


def host_guard(document: PythonDocument, node: ast.AST) -> Guard | None:
    """Give what around a call keeps a row from being written twice: a caught key error, an `if` that asks first."""
    child = node
    for holder in document.ancestors(node):
        if isinstance(holder, ast.Try) and child in holder.body:
            for handler in holder.handlers:
                if handler.type is not None and any(word in document.text_of(handler.type) for word in _CATCHES):
                    return Guard(
                        "a row that is there already is caught", document.location(document.span(handler.type))
                    )
        elif isinstance(holder, ast.If) and child is not holder.test and _asks(document, holder.test):
            return Guard("it is asked first whether the row is there", document.location(document.span(holder.test)))
        elif isinstance(holder, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return None
        child = holder
    return None


_READS = frozenset({"table", "read_table", "forName", "forPath", "load", "parquet", "delta", "read_delta"})


def target_guard(document: PythonDocument, call: ast.Call, target: ast.expr | None) -> Guard | None:
    """Give the place where a function reads, above a write, what that writes to: it compares with what is there already.

    So may a helper that makes the frame, and is told the target: `rows = new_rows(rows, target)`.
    """
    if not isinstance(target, ast.Name | ast.Attribute | ast.Constant):
        return None
    function, text, end = document.function_of(call), document.text_of(target), document.span(call).end
    frame = _root(call)
    for read in document.find(ast.Call):
        told = [document.text_of(one) for one in read.args]
        reads = told[:1] == [text] and document.callee_name(read) in _READS
        if not reads and not (text in told and frame and _is_named(document.parent(read), frame)):
            continue
        span = document.span(read)
        if read is not call and span.end < end and document.function_of(read) is function is not None:
            return Guard("it looks the target's rows up first", document.location(span))
    return None


def _root(call: ast.Call) -> str:
    """Give the name that a chain of calls begins with: `rows` of `rows.write.mode("append").save(…)`."""
    node: ast.expr = call
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_named(holder: ast.AST | None, name: str) -> bool:
    return isinstance(holder, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == name for target in holder.targets
    )


def _asks(document: PythonDocument, test: ast.expr) -> bool:
    names = [node.id for node in document.find_in(test, ast.Name)]
    names += [node.attr for node in document.find_in(test, ast.Attribute)]
    return any(not _ASKS.isdisjoint(words_of(name)) for name in names)


def runs_before(document: PythonDocument, first: str, then: str, then_at: Span) -> bool:
    """Say whether some function, or the module, calls the function `first` before a place of `then` is reached.

    That is a call of `first` in `then` before the place, or a call of both in their order.
    """
    earlier = document.calls_of(first)
    if not earlier:
        return False
    ours = _function_at(document, then_at)
    for call in earlier:
        caller = document.function_of(call)
        if caller is ours and document.span(call).start < then_at.start:
            return True
        for later in document.calls_of(then) if then else ():
            if document.function_of(later) is caller and document.span(call).start < document.span(later).start:
                return True
    return False


def _function_at(document: PythonDocument, at: Span) -> FunctionNode | None:
    best: FunctionNode | None = None
    functions: list[FunctionNode] = [*document.find(ast.FunctionDef), *document.find(ast.AsyncFunctionDef)]
    for function in functions:
        span = document.span(function)
        if span.contains(at) and (best is None or document.span(best).contains(span)):
            best = function
    return best
