"""Load jobs and transfer operators: BigQuery's `write_disposition`, Redshift's `method`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.table_write import WriteMethod
from leaktight.operations.writing.written import Written
from leaktight.text import Span

_TARGETS = (
    "destination_project_dataset_table", "destination_dataset_table", "destination_table", "table", "table_id",
    "bigquery_table", "destination",
)  # fmt: skip


def _disposition(text: str) -> WriteMethod | None:
    found = [method for word, method in _DISPOSITIONS.items() if word in text]
    return found[0] if len(found) == 1 else None


_DISPOSITIONS = {
    "WRITE_APPEND": WriteMethod.APPEND,
    "WRITE_TRUNCATE": WriteMethod.OVERWRITE,
    "WRITE_EMPTY": WriteMethod.CREATE,
}


def load_job(document: PythonDocument, call: ast.Call) -> Written | None:
    """Read `client.load_table_from_dataframe(df, table, job_config=…)`; BigQuery appends unless told otherwise."""
    target = document.argument(call, 1, "destination")
    name = document.callee_name(call)
    config = document.argument(call, None, "job_config")
    if config is None:
        if any(keyword.arg is None for keyword in call.keywords):
            return None
        return Written(WriteMethod.APPEND, document.name_span(call), target, name, dialect="bigquery")
    for value, span in _dispositions(document, config):
        method = _disposition(document.text_of(value))
        return (
            None if method is None else Written(method, _near(document, call, span), target, name, dialect="bigquery")
        )
    made = document.value_of(config)
    if not isinstance(made, ast.Call) or document.callee_name(made) != "LoadJobConfig":
        return None
    if any(keyword.arg is None for keyword in made.keywords):
        return None
    return Written(WriteMethod.APPEND, document.name_span(call), target, name, dialect="bigquery")


def _near(document: PythonDocument, call: ast.Call, span: Span) -> Span:
    """Give the words that decide where they stand in the call's own function, else the call's name."""
    function = document.function(call)
    return span if function is None or function.span.contains(span) else document.name_span(call)


def _dispositions(document: PythonDocument, config: ast.expr) -> Iterator[tuple[ast.expr, Span]]:
    """Yield what sets the write disposition of a job's configuration: an attribute set later comes first."""
    if isinstance(config, ast.Name):
        for assign in _set_later(document, config):
            yield assign.value, document.span(assign)
    made = document.value_of(config)
    if isinstance(made, ast.Call):
        keyword = document.keyword(made, "write_disposition")
        if keyword is not None:
            yield document.value_of(keyword.value), document.span(keyword)


def _set_later(document: PythonDocument, config: ast.Name) -> Iterator[ast.Assign]:
    """Yield `config.write_disposition = …` in the function of a name."""
    scope = document.function_of(config)
    for assign in document.find(ast.Assign):
        target = assign.targets[0]
        if not isinstance(target, ast.Attribute) or target.attr != "write_disposition":
            continue
        if (
            isinstance(target.value, ast.Name)
            and target.value.id == config.id
            and document.function_of(assign) is scope
        ):
            yield assign


def query_job(document: PythonDocument, call: ast.Call) -> Written | None:
    """Read `QueryJobConfig(destination=…, write_disposition="WRITE_APPEND")`."""
    disposition = document.keyword(call, "write_disposition")
    destination = document.keyword(call, "destination")
    if disposition is None or destination is None:
        return None
    holder = document.parent(call)
    name = holder.targets[0] if isinstance(holder, ast.Assign) else None
    if isinstance(name, ast.Name) and any(True for _ in _set_later(document, name)):
        return None
    method = _disposition(document.text_of(document.value_of(disposition.value)))
    if method is None:
        return None
    return Written(method, document.span(disposition), destination.value, "QueryJobConfig", dialect="bigquery")


def operator_job(document: PythonDocument, call: ast.Call) -> Written | None:
    """Read an Airflow operator's `write_disposition`, its job configuration, or a transfer's `method`."""
    name = document.callee_name(call)
    disposition = document.keyword(call, "write_disposition")
    if disposition is not None:
        method = _disposition(document.text_of(document.value_of(disposition.value)))
        target = next((item.value for item in call.keywords if item.arg in _TARGETS), None)
        if method is not None:
            return Written(method, document.span(disposition), target, name, task=True, dialect="bigquery")
    configuration = document.keyword(call, "configuration")
    if configuration is not None:
        return _configured(document, document.value_of(configuration.value), name)
    if name == "S3ToRedshiftOperator":
        given = document.keyword(call, "method")
        word = document.literal(given.value) if given is not None else "APPEND"
        if word not in ("APPEND", "UPSERT", "REPLACE"):
            return None
        table = document.keyword(call, "table")
        found = {"APPEND": WriteMethod.APPEND, "UPSERT": WriteMethod.UPSERT}.get(str(word), WriteMethod.OVERWRITE)
        span = document.span(given) if given is not None else document.name_span(call)
        target = table.value if table is not None else None
        return Written(found, span, target, name, task=True, dialect="redshift")
    return None


def _configured(document: PythonDocument, configuration: ast.expr, name: str) -> Written | None:
    if not isinstance(configuration, ast.Dict):
        return None
    for key, value in zip(configuration.keys, configuration.values, strict=True):
        if key is None:
            continue
        if document.literal(key) in ("query", "load", "copy") and isinstance(value, ast.Dict):
            return _configured(document, value, name)
        if document.literal(key) == "writeDisposition":
            method = _disposition(document.text_of(value))
            if method is None:
                return None
            span = document.span(key).cover(document.span(value))
            return Written(method, span, _destination(document, configuration), name, task=True, dialect="bigquery")
    return None


def _destination(document: PythonDocument, configuration: ast.Dict) -> ast.expr | None:
    for key, value in zip(configuration.keys, configuration.values, strict=True):
        if key is not None and document.literal(key) == "destinationTable" and isinstance(value, ast.Dict):
            for inner, item in zip(value.keys, value.values, strict=True):
                if inner is not None and document.literal(inner) == "tableId":
                    return item
    return None
