"""What the host code does with the rows that a SQL call gives: which columns it uses, whether they become objects."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from leaktight.embedding.call import SqlCall
from leaktight.languages.document import Document
from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.languages.python.document import PythonDocument
from leaktight.languages.sql.used_rows import UsedRows
from leaktight.operations.following.notes import ITEM, ITEMS
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from leaktight.operations.following.javascript_uses import Uses
    from leaktight.operations.following.python_rows import RowWalk

_SPARK_DRIVERS = frozenset({"pyspark", "databricks"})
_PANDAS = frozenset(
    {"read_sql", "read_sql_query", "read_gbq", "get_pandas_df", "get_df", "query_df", "query_dataframe"}
)
_POLARS = frozenset({"read_database", "read_database_uri", "get_polars_df"})
_RESULTS = frozenset({"execute", "exec_driver_sql", "query", "query_and_wait"})
_LISTS = frozenset({"fetch", "fetch_all", "iterate"})
_SINGLE = frozenset({"fetchrow", "fetch_one"})
_SHOWING = frozenset({"show", "display"})
_THINNING = frozenset({"limit", "orderBy", "sort", "filter", "where"})
"""Methods of a frame that keep its columns."""
_NAMING = ("index_col", "parse_dates", "columns", "col_order", "partition_on")
"""Arguments of readers that name columns of the result."""
_JS_LISTS = frozenset({"any", "many", "manyOrNone", "getAllAsync", "$queryRaw", "$queryRawUnsafe", "each"})
_JS_SINGLE = frozenset({"get", "one", "oneOrNone", "maybeOne", "getFirstAsync"})
_JS_RESULTS = frozenset(
    "query execute raw executeQuery queryAsync runQuery rawQuery runSql runSQL execSql execSQL executeSQL dbQuery queryDb "
    "queryRows all unsafe".split()
)


def used_rows(document: Document, call: SqlCall) -> UsedRows:
    """Give what the host's code does with a call's rows; nothing when the SQL may be run by another call as well."""
    if isinstance(document, PythonDocument):
        from leaktight.operations.following.kept import is_kept

        seen = _in_python(document, call) if _is_followed(call) else UsedRows()
        return UsedRows(kept=True) if seen == UsedRows() and is_kept(document, call) else seen
    if not _is_followed(call):
        return UsedRows()
    return UsedRows(_in_javascript(document, call)) if isinstance(document, JavascriptDocument) else UsedRows()


def _is_followed(call: SqlCall) -> bool:
    return bool(call.sink) and not call.sink.endswith("=") and not call.many


# Python


def _in_python(document: PythonDocument, call: SqlCall) -> UsedRows:
    from leaktight.operations.following.python_reads import reads_of
    from leaktight.operations.following.python_rows import RowWalk

    node = reads_of(document).call_at(call.span)
    if node is None or not _is_run_once(document, call, node):
        return UsedRows()
    walk = RowWalk(document)
    kind = _kind_in_python(document, call, node)
    if _is_shown(document, node):
        return UsedRows(shown=True)
    if kind is None or not _notes_arguments(document, node, walk):
        return UsedRows()
    walk.follow(node, kind)
    receiver = document.receiver(node)
    if call.sink == "execute" and receiver is not None and isinstance(receiver, ast.Name | ast.Attribute):
        walk.follow_cursor(node, receiver)
    return UsedRows(walk.notes.given(), walk.notes.becomes_objects())


def _is_shown(document: PythonDocument, node: ast.Call) -> bool:
    """Say whether a frame is only shown: `spark.sql("…").limit(5).show()`, `display(spark.sql("…"))`."""
    whole: ast.AST = node
    shown = False
    while isinstance(method := document.parent(whole), ast.Attribute):
        called = document.parent(method)
        if shown or not isinstance(called, ast.Call) or called.func is not method:
            return False
        if method.attr not in _SHOWING and method.attr not in _THINNING:
            return False
        whole, shown = called, method.attr in _SHOWING
    holder = document.parent(whole)
    if not shown and isinstance(holder, ast.Call) and isinstance(holder.func, ast.Name) and holder.func.id == "display":
        whole, shown = holder, holder.args[:1] == [whole]
    return shown and isinstance(document.parent(whole), ast.Expr)


def _kind_in_python(document: PythonDocument, call: SqlCall, node: ast.Call) -> str | None:
    from leaktight.operations.following.frames import FRAME, FRAMES, POLARS, SPARK
    from leaktight.operations.following.python_rows import CURSOR

    sink = call.sink
    if sink in _PANDAS:
        return FRAMES if document.keyword(node, "chunksize") is not None else FRAME
    if sink in _POLARS:
        return POLARS
    if sink == "sql":
        spark = call.driver in _SPARK_DRIVERS or call.receiver.rsplit(".", 1)[-1].lower().startswith(("spark", "sqlc"))
        return SPARK if spark else CURSOR
    if sink in _RESULTS:
        return CURSOR
    if sink in _LISTS:
        return ITEMS
    return ITEM if sink in _SINGLE else None


def _notes_arguments(document: PythonDocument, node: ast.Call, walk: RowWalk) -> bool:
    """Note the columns that the call's own arguments name; say whether they are known."""
    from leaktight.operations.following.columns import named_columns

    if any(keyword.arg is None for keyword in node.keywords):
        return False
    for name in _NAMING:
        given = document.argument(node, None, name)
        if given is None or document.literal(given) is None:
            continue
        columns = named_columns(document, given, keys=True)
        if columns is None:
            return False
        for column, place in columns:
            walk.notes.attribute(column, place)
    return True


def _is_run_once(document: PythonDocument, call: SqlCall, node: ast.Call) -> bool:
    """Say whether the SQL stands in the call, or behind a name that is read here alone."""
    from leaktight.operations.following.python_reads import reads_of

    if _stands_in(document, call, call.span):
        return True
    names = [one for one in document.find_in(node, ast.Name) if call.sql.contains(document.span(one))]
    for name in names:
        value = document.value_of(name)
        if value is name or not _stands_in(document, call, document.span(value)):
            continue
        reads, holder = reads_of(document), document.parent(value)
        target = holder.targets[0] if isinstance(holder, ast.Assign) and len(holder.targets) == 1 else None
        reached = reads.reached(target) if isinstance(target, ast.Name) else None
        if reached is None:
            resolved = document.scopes.resolve(name.id, name)
            reached = reads.loads(resolved[0], name.id) if resolved is not None else ()
        return len(reached) == 1
    return False


def _stands_in(document: Document, call: SqlCall, span: Span) -> bool:
    """Say whether each verbatim piece of the SQL stands in a stretch of the host."""
    place = document.region.map.to_file(span)
    return all(place.contains(segment.file) for segment in call.region.map.segments if segment.verbatim)


# JavaScript


def _in_javascript(document: JavascriptDocument, call: SqlCall) -> tuple[str, ...] | None:
    from leaktight.languages.javascript.calls import FUNCTIONS, parameters
    from leaktight.operations.following.javascript_rows import ANSWER, STATEMENT, RowWalk
    from leaktight.operations.following.javascript_uses import uses_of

    uses = uses_of(document)
    node = uses.call_at(call.span)
    if node is None:
        return None
    if not _stands_in(document, call, call.span) and not _is_read_once(document, call, uses):
        return None
    sink = call.sink.rstrip("`")
    tagged = document.callee_name(node) == sink and call.sink.endswith("`") and call.sql.end == call.span.end
    if sink in _JS_SINGLE:
        kind = ITEM
    elif sink in _JS_LISTS or (tagged and call.driver == "postgres"):
        kind = ITEMS
    elif sink == "prepare":
        kind = STATEMENT
    elif sink in _JS_RESULTS or tagged:
        kind = ANSWER
    else:
        return None
    walk = RowWalk(document, uses)
    given = document.arguments(node)
    function = document.resolve(given[-1]) if len(given) > 1 else None
    if function is not None and function.type in FUNCTIONS:
        if len(parameters(function)) < 2:
            return None
        walk.callback(given[-1], (1,), ITEM if sink == "each" else kind)
    else:
        walk.follow(node, kind)
    return walk.notes.given()


def _is_read_once(document: JavascriptDocument, call: SqlCall, uses: Uses) -> bool:
    """Say whether the SQL stands behind a name that this call alone reads."""
    name = document.node_at(call.sql)
    if name is None or name.type != "identifier":
        return False
    value: Node = document.resolve(name)
    if value == name or not _stands_in(document, call, document.span(value)):
        return False
    return not any(True for one in uses.uses(name) if one != name)
