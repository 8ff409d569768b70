"""The writes that a library's call makes without SQL: pandas, Polars, Spark, BigQuery loads, operators, hooks.

What a call does is read from its literal arguments; a mode that is only known at run time gives no write.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace

from leaktight.context import PathContext
from leaktight.embedding.call import Function
from leaktight.languages.python.document import NOT_LITERAL, FunctionInfo, PythonDocument
from leaktight.lazy import record
from leaktight.operations.table_write import Evidence, Guard, WriteMethod
from leaktight.operations.writing.connections import connection_of
from leaktight.operations.writing.evidence import host_load
from leaktight.operations.writing.host import host_guard, target_guard
from leaktight.operations.writing.jobs import load_job, operator_job, query_job
from leaktight.operations.writing.named import is_chosen_by_caller, named_target
from leaktight.operations.writing.spark import spark_write
from leaktight.operations.writing.steps import Step, StepKind
from leaktight.operations.writing.target import Target, target_of_text
from leaktight.operations.writing.written import Written


def frame_steps(document: PythonDocument, path: PathContext) -> Iterator[tuple[Step, FunctionInfo | None]]:
    """Yield each write with the function it stands in."""
    for call in document.find(ast.Call):
        name = document.callee_name(call)
        if name in _DROPS:
            yield from _dropped(document, call)
            continue
        if name == "create_table":
            yield from _made(document, call)
            continue
        reader = _READERS.get(name)
        written = reader(document, call) if reader is not None else None
        if written is None and name.endswith("Operator"):
            written = operator_job(document, call)
        if written is None:
            continue
        info = document.function(call)
        function = Function(info.name, info.span, info.decorators, info.parameters) if info is not None else None
        step = _step(document, call, written)
        step.load = host_load(document, path, function, call=None, selects=True, named_only=written.streams)
        if written.task:
            step.load = step.load and Evidence(f"`{written.via}` runs on each schedule and each retry")
        elif is_chosen_by_caller(document, step.target, function):
            step.load = None
        yield step, info


_DROPS = frozenset({"delete_table", "drop_table"})


def _dropped(document: PythonDocument, call: ast.Call) -> Iterator[tuple[Step, FunctionInfo | None]]:
    """Yield the step that drops a table by a client's call: `client.delete_table(table)`."""
    expression = document.argument(call, 0, "table")
    if expression is None:
        return
    span = document.span(call)
    step = Step(StepKind.DROP, document, span, (span.start, 0))
    step.target = _named_target(document, expression)
    yield step, document.function(call)


def _made(document: PythonDocument, call: ast.Call) -> Iterator[tuple[Step, FunctionInfo | None]]:
    """Yield the steps that make a table by a client's call, under the name that it is given and the one that it gets.

    `table = client.create_table(table)` fails where the table is there, unless `exists_ok` is given.
    """
    expression = document.argument(call, 0, "table")
    exists = document.keyword(call, "exists_ok")
    if expression is None or (exists is not None and document.literal(exists.value) is not False):
        return
    holder = document.parent(call)
    names = [expression, *(holder.targets if isinstance(holder, ast.Assign) else ())]
    span = document.span(call)
    for name in names:
        step = Step(StepKind.MAKE, document, span, (span.start, 0), fresh=True)
        step.target = named_target(document, name)
        yield step, document.function(call)


def _step(document: PythonDocument, call: ast.Call, written: Written) -> Step:
    span = document.span(call)
    step = Step(StepKind.WRITE, document, written.span, (span.start, 0), dialect=written.dialect)
    step.method, step.via, step.guard = written.method, written.via, written.guard
    step.target = _target(document, call, written)
    step.target_span = document.span(written.target) if written.target is not None else document.name_span(call)
    if written.task:
        step.target_span = span
    if step.guard is None and written.method is WriteMethod.APPEND:
        step.guard = host_guard(document, call) or target_guard(document, call, written.target)
    step.whole = written.method is WriteMethod.OVERWRITE
    step.fresh = written.method is WriteMethod.CREATE
    step.connection = connection_of(document, written.connection)
    step.commits = Evidence(f"`{written.via}` commits on its own", document.location(document.name_span(call)))
    return step


def _target(document: PythonDocument, call: ast.Call, written: Written) -> Target:
    expression = written.target
    if expression is None:
        return target_of_text(document.text_of(call.func), literal=False)
    return _named_target(document, expression, written.schema)


def _named_target(document: PythonDocument, expression: ast.expr, schema: ast.expr | None = None) -> Target:
    target = named_target(document, expression)
    return target.within(*_schema(document, schema)) if schema is not None else target


def _schema(document: PythonDocument, expression: ast.expr) -> tuple[str, bool]:
    """Give a schema's name and whether it is known; otherwise the text of what gives it."""
    value = document.literal(document.value_of(expression))
    if value is None or isinstance(value, str):
        return value or "", True
    return document.text_of(expression), False


# pandas, Polars, awswrangler


@record(frozen=True, slots=True)
class _Mode:
    """A call whose argument says what becomes of the rows that are there."""

    keyword: str
    position: int | None
    target: tuple[int | None, str]
    default: WriteMethod | None
    modules: tuple[str, ...] = ()
    schema: int | None = None
    """The position of the argument `schema`."""
    connection: int | None = None
    """The position of the argument `con`, in whose transaction the rows are written."""


_WORDS = {
    "append": WriteMethod.APPEND, "replace": WriteMethod.OVERWRITE, "overwrite": WriteMethod.OVERWRITE,
    "fail": WriteMethod.CREATE, "error": WriteMethod.CREATE, "overwrite_partitions": WriteMethod.OVERWRITE,
    "delete_rows": WriteMethod.OVERWRITE, "upsert_merge": WriteMethod.UPSERT, "upsert": WriteMethod.UPSERT,
    "upsert_replace_into": WriteMethod.UPSERT, "upsert_duplicate_key": WriteMethod.UPSERT, "merge": WriteMethod.UPSERT,
    "upsert_distinct": WriteMethod.UPSERT, "truncate": WriteMethod.OVERWRITE,
}  # fmt: skip
_MODES: dict[str, tuple[_Mode, ...]] = {
    "to_sql": (
        _Mode("mode", None, (2, "table"), WriteMethod.APPEND, ("awswrangler",), schema=3),
        _Mode("if_exists", 3, (0, "name"), WriteMethod.CREATE, schema=2, connection=1),
    ),
    "to_gbq": (
        _Mode("if_exists", 4, (1, "destination_table"), WriteMethod.CREATE, ("pandas_gbq",)),
        _Mode("if_exists", 4, (0, "destination_table"), WriteMethod.CREATE),
    ),
    "write_database": (_Mode("if_table_exists", None, (0, "table_name"), WriteMethod.CREATE),),
    "write_deltalake": (_Mode("mode", None, (0, "table_or_uri"), WriteMethod.CREATE),),
    "write_delta": (_Mode("mode", None, (0, "target"), WriteMethod.CREATE),),
    "to_iceberg": (_Mode("mode", None, (2, "table"), WriteMethod.APPEND, ("awswrangler",)),),
    "to_parquet": (_Mode("mode", None, (1, "path"), None, ("awswrangler",)),),
    "to_csv": (_Mode("mode", None, (1, "path"), None, ("awswrangler",)),),
    "to_json": (_Mode("mode", None, (1, "path"), None, ("awswrangler",)),),
    "copy_from_files": (_Mode("mode", None, (2, "table"), WriteMethod.APPEND, ("awswrangler",)),),
    "copy": (_Mode("mode", None, (3, "table"), WriteMethod.APPEND, ("awswrangler",)),),
}


def _by_mode(document: PythonDocument, call: ast.Call) -> Written | None:
    name = document.callee_name(call)
    source = document.qualified_name(call.func) or ""
    for mode in _MODES[name]:
        if mode.modules and not source.startswith(mode.modules):
            continue
        given = document.argument(call, mode.position, mode.keyword)
        if given is None:
            if any(keyword.arg is None for keyword in call.keywords):
                return None
            return _defaulted(document, call, mode, name)
        method = _WORDS.get(str(document.literal(document.value_of(given))))
        if method is None or (method is WriteMethod.APPEND and _has_no_rows(document, document.receiver(call))):
            return None
        keyword = document.keyword(call, mode.keyword)
        span = document.span(keyword) if keyword is not None else document.span(given)
        guard = _inserter(document, call)
        return replace(_written(document, call, mode, method, name), span=span, guard=guard)
    return None


def _has_no_rows(document: PythonDocument, frame: ast.expr | None) -> bool:
    """Say whether a frame is the empty head of one, which makes a table and adds no row: `frame.iloc[:0]`, `frame.head(0)`."""
    match document.value_of(frame) if frame is not None else None:
        case ast.Subscript(slice=ast.Slice(lower=None | ast.Constant(value=0), upper=ast.Constant(value=0), step=None)):
            return True
        case ast.Call(func=ast.Attribute(attr="head" | "limit"), args=[ast.Constant(value=0)], keywords=[]):
            return True
        case ast.Call(
            func=ast.Attribute(attr="head"), args=[], keywords=[ast.keyword(arg="n", value=ast.Constant(value=0))]
        ):
            return True
    return False


def _defaulted(document: PythonDocument, call: ast.Call, mode: _Mode, name: str) -> Written | None:
    method = mode.default
    if method is None:
        dataset = document.keyword(call, "dataset")
        if dataset is None or document.literal(dataset.value) is not True:
            return None
        method = WriteMethod.APPEND
    if not call.args and not call.keywords:
        return None
    return _written(document, call, mode, method, name)


def _written(document: PythonDocument, call: ast.Call, mode: _Mode, method: WriteMethod, name: str) -> Written:
    return Written(
        method,
        document.name_span(call),
        document.argument(call, *mode.target),
        name,
        schema=document.argument(call, mode.schema, "schema") if mode.schema is not None else None,
        connection=document.argument(call, mode.connection, "con") if mode.connection is not None else None,
    )


def _inserter(document: PythonDocument, call: ast.Call) -> Guard | None:
    """Give pandas' `method=` where it is a function of the user's own, which may well upsert."""
    method = document.keyword(call, "method")
    if method is not None and document.literal(method.value) is NOT_LITERAL:
        return Guard("`method=` decides how rows are inserted", document.location(document.span(method)))
    return None


# Calls that name their target, and append unless told otherwise


def _write_pandas(document: PythonDocument, call: ast.Call) -> Written | None:
    overwrite = document.keyword(call, "overwrite")
    replaces = document.literal(overwrite.value) if overwrite is not None else False
    if replaces not in (True, False):
        return None
    position = 2 if isinstance(call.func, ast.Name) or _is_module(document, call) else 1
    target = document.argument(call, position, "table_name")
    method = WriteMethod.OVERWRITE if replaces else WriteMethod.APPEND
    span = document.span(overwrite) if overwrite is not None else document.name_span(call)
    schema = document.argument(call, position + 2, "schema")
    return Written(method, span, target, "write_pandas", dialect="snowflake", schema=schema)


def _is_module(document: PythonDocument, call: ast.Call) -> bool:
    return (document.qualified_name(call.func) or "").startswith("snowflake.connector")


def _insert_rows_json(document: PythonDocument, call: ast.Call) -> Written | None:
    target = document.argument(call, 0, "table")
    ids = document.keyword(call, "row_ids")
    guard = None
    if ids is not None and document.literal(ids.value) is not None and "DISABLED" not in document.text_of(ids.value):
        guard = Guard("`row_ids` drops rows that come again within a minute", document.location(document.span(ids)))
    name = document.callee_name(call)
    return Written(
        WriteMethod.APPEND,
        document.name_span(call),
        target,
        name,
        guard=guard,
        dialect="bigquery",
        streams=True,
    )


def _insert_rows(document: PythonDocument, call: ast.Call) -> Written | None:
    """Read Airflow's `hook.insert_rows(table, rows, replace=…)`."""
    receiver = document.receiver(call)
    if receiver is None or "hook" not in document.text_of(receiver).lower():
        return None
    target = document.argument(call, 0, "table")
    replace = document.keyword(call, "replace")
    if target is None or (replace is not None and document.literal(replace.value) not in (True, False)):
        return None
    upserts = replace is not None and document.literal(replace.value) is True
    method = WriteMethod.UPSERT if upserts else WriteMethod.APPEND
    return Written(method, document.name_span(call), target, "insert_rows")


def _copy_from(document: PythonDocument, call: ast.Call) -> Written | None:
    """Read psycopg2's `cursor.copy_from(file, table)`."""
    receiver = document.receiver(call)
    target = document.argument(call, 1, "table")
    if (
        target is None
        or receiver is None
        or not document.text_of(receiver).lower().rstrip("_").endswith(("cur", "cursor"))
    ):
        return None
    span = document.name_span(call)
    return Written(WriteMethod.APPEND, span, target, "copy_from", dialect="postgres", connection=receiver)


_Reader = Callable[[PythonDocument, ast.Call], Written | None]
_READERS: dict[str, _Reader] = {
    **dict.fromkeys(_MODES, _by_mode),
    **dict.fromkeys(
        ("saveAsTable", "save", "insertInto", "jdbc", "parquet", "orc", "append", "save_as_table", "createOrReplace",
         "overwritePartitions", "create", "replace"),
        spark_write,
    ),
    **dict.fromkeys(
        ("load_table_from_dataframe", "load_table_from_uri", "load_table_from_file", "load_table_from_json"), load_job
    ),
    "QueryJobConfig": query_job,
    "write_pandas": _write_pandas,
    "insert_rows_json": _insert_rows_json,
    "insert_rows": _insert_rows,
    "copy_from": _copy_from,
}  # fmt: skip
