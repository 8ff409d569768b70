"""Whether Python code keeps the rows of a query whole: in a file, or in dicts of all that the cursor describes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from leaktight.embedding.call import SqlCall
from leaktight.languages.python.document import PythonDocument
from leaktight.text import Span

_WRITERS = frozenset(
    "to_csv to_parquet to_json to_excel to_feather to_pickle to_orc to_avro write_csv write_parquet write_ndjson write_json "
    "write_excel sink_csv sink_parquet writerow writerows write_table".split()
)
"""Methods that write all that they are given."""
_DUMPS = frozenset({"json", "pickle", "orjson", "ujson", "joblib", "yaml"})
_DUMP = frozenset({"dump", "dumps"})
_SPARK = frozenset({"csv", "parquet", "json", "orc"})
"""Methods of `frame.write`."""
_DESCRIBES = frozenset({"description", "column_names"})
_FILES = (".csv", ".tsv", ".parquet", ".json", ".jsonl", ".ndjson", ".xlsx", ".csv.gz", ".feather", ".avro")
_GATHERS = frozenset({"append", "extend", "update", "insert", "add"})
_WHOLE = frozenset({"values", "T", "loc", "iloc", "write", "_mapping", "rows"})
"""What is no column of a frame or row, but all of it."""
_PASSES = 4
_MOST_CALLS = 6
_Binds = tuple[ast.AST, list[ast.AST]]


def is_kept(document: PythonDocument, call: SqlCall) -> bool:
    """Say whether the rows of a call go to a file or into dicts of all columns, as the function around it shows."""
    from leaktight.operations.following.python_reads import reads_of

    place = document.region.map.to_file(call.sql)
    if _stands_by_a_file_name(document, place):
        return True
    node = reads_of(document).call_at(call.span)
    if node is None or not call.sink:
        return False
    around = document.function_of(node) or document.tree
    rows = _Rows(document, node)
    if rows.are_kept(around):
        return True
    if not isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef) or not rows.are_returned(around):
        return False
    takers = document.calls_of(around.name)[:_MOST_CALLS]
    return bool(takers) and all(
        _Rows(document, one).are_kept(document.function_of(one) or document.tree) for one in takers
    )


def _stands_by_a_file_name(document: PythonDocument, place: Span) -> bool:
    """Say whether SQL stands beside the name of a file: `{"orders.csv": "SELECT …"}`, `export("orders.csv", "SELECT …")`."""
    literal = next((one for one in document.literals if document.span(one) == place), None)
    match document.parent(literal) if literal is not None else None:
        case ast.Dict() as holder:
            beside = [key for key, value in zip(holder.keys, holder.values, strict=True) if value is literal]
        case ast.Tuple() | ast.List() as holder:
            beside = list(holder.elts)
        case ast.Call() as holder:
            beside = [*holder.args, *(keyword.value for keyword in holder.keywords)]
        case _:
            return False
    return any(
        isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.lower().endswith(_FILES)
        for one in beside
    )


class _Rows:
    """The rows of one call, by the names that hold them."""

    def __init__(self, document: PythonDocument, call: ast.Call) -> None:
        self._document = document
        self._call = call
        self._start = document.span(call).start
        self._names: set[str] = set()
        receiver = document.receiver(call)
        self._cursor = document.text_of(receiver) if receiver is not None else ""

    def are_kept(self, around: ast.AST) -> bool:
        """Say whether some code behind the call writes the rows to a file, or asks the cursor for all columns."""
        if self._is_described(around):
            return True
        self._gather(around)
        calls = self._document.find_in(around, ast.Call)
        return any(one is not self._call and self._writes(one) for one in calls)

    def are_returned(self, around: ast.AST) -> bool:
        """Say whether the function of the call gives the rows whole to whoever calls it."""
        given = (one.value for one in self._document.find_in(around, ast.Return))
        return any(value is not None and self._holds(value) for value in given)

    def _is_described(self, around: ast.AST) -> bool:
        """Say whether `cursor.description` is read before the cursor runs its next statement."""
        if not self._cursor:
            return False
        places = [
            self._document.span(one)
            for one in self._document.find_in(around, ast.Attribute)
            if one.attr in _DESCRIBES and self._document.text_of(one.value) == self._cursor
        ]
        name = self._document.callee_name(self._call)
        runs = [
            self._document.span(one).start
            for one in self._document.find_in(around, ast.Call)
            if self._document.callee_name(one) == name
            and (r := self._document.receiver(one)) is not None
            and self._document.text_of(r) == self._cursor
        ]
        end = min((start for start in runs if start > self._start), default=None)
        return any(self._start < place.start and (end is None or place.start < end) for place in places)

    def _gather(self, around: ast.AST) -> None:
        """Find the names that hold the rows, or something made of them whole."""
        binds = list(self._binds(around))
        for _ in range(_PASSES):
            before = len(self._names)
            for value, targets in binds:
                if self._holds(value):
                    self._names.update(name for target in targets for name in _names_of(target))
            if len(self._names) == before:
                return

    def _binds(self, around: ast.AST) -> Iterator[_Binds]:
        find = self._document.find_in
        for assignment in find(around, ast.Assign):
            yield assignment.value, list(assignment.targets)
        for typed in find(around, ast.AnnAssign):
            if typed.value is not None:
                yield typed.value, [typed.target]
        for added in find(around, ast.AugAssign):
            yield added.value, [added.target]
        for named in find(around, ast.NamedExpr):
            yield named.value, [named.target]
        for loop in find(around, ast.For):
            yield loop.iter, [loop.target]
        for walk in find(around, ast.comprehension):
            yield walk.iter, [walk.target]
        for item in self._document.find_in(around, ast.withitem):
            if item.optional_vars is not None:
                yield item.context_expr, [item.optional_vars]
        for call in self._document.find_in(around, ast.Call):
            if isinstance(call.func, ast.Attribute) and call.func.attr in _GATHERS and call.args:
                yield ast.Tuple(elts=call.args), [call.func.value]

    def _holds(self, value: ast.AST) -> bool:
        """Say whether an expression holds the rows, or all columns of some: `df[["a"]]`, `df.a` and `row[0]` do not."""
        pending: list[ast.AST] = [value]
        while pending:
            node = pending.pop()
            if node is self._call or (isinstance(node, ast.Name) and node.id in self._names):
                return True
            if isinstance(node, ast.Call) and self._fetches(node):
                return True
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant | ast.List):
                continue
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                pending += [node.func.value, *node.args, *node.keywords]
            elif not isinstance(node, ast.Attribute) or node.attr in _WHOLE:
                pending += ast.iter_child_nodes(node)
        return False

    def _fetches(self, call: ast.Call) -> bool:
        """Say whether the cursor that ran the query is asked for its rows."""
        receiver = self._document.receiver(call)
        if receiver is None or not self._cursor or not self._document.callee_name(call).startswith("fetch"):
            return False
        return self._document.text_of(receiver) == self._cursor and self._document.span(call).start > self._start

    def _writes(self, call: ast.Call) -> bool:
        name, receiver = self._document.callee_name(call), self._document.receiver(call)
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if name in _WRITERS:
            return any(self._holds(one) for one in ([receiver, *given] if receiver is not None else given))
        if name in _DUMP and isinstance(receiver, ast.Name) and receiver.id in _DUMPS:
            return any(self._holds(one) for one in given)
        frame = receiver
        while isinstance(frame, ast.Call | ast.Attribute) and name in _SPARK:
            if isinstance(frame, ast.Attribute) and frame.attr == "write":
                return self._holds(frame.value)
            frame = frame.func if isinstance(frame, ast.Call) else frame.value
        return False


def _names_of(target: ast.AST) -> Iterator[str]:
    """Yield the names that a target fills: those of a tuple, and what `snapshot["orders"]` is a part of."""
    if isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from _names_of(part)
    while isinstance(target, ast.Subscript | ast.Starred):
        target = target.value
    if isinstance(target, ast.Name):
        yield target.id
