"""The arguments of a call that may hold SQL, and how sure that is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from leaktight.embedding.python.drivers import Drivers, dialect_of, dialect_of_operator, speaks_sql
from leaktight.embedding.python.sinks import (
    KEYWORDS,
    OPERATOR_ENDS,
    OPERATOR_KEYWORDS,
    SINKS,
    Sink,
    is_run_sql,
)
from leaktight.languages.python import PythonDocument
from leaktight.lazy import record

_SPEAKS_SQL = frozenset(("sqlalchemy", "alembic", "airflow", "sqlmodel", "databases"))
_OTHER_SQL = frozenset(("CfnTopicRule", "TopicRule", "TopicRulePayloadProperty"))
"""Calls whose `sql=` is no database's: AWS IoT rules."""
_COMMON_NAMES = frozenset(("fetch", "copy", "stream", "prepare", "iterate", "query"))
_COMMON_RECEIVERS = ("session", "database", "client", "target", "source")
"""Names that other libraries have too: certain only beside an imported database library."""
_TEXT_MAKERS = frozenset(("text", "DDL"))


@record(frozen=True, slots=True)
class Candidate:
    """An expression that may be SQL, by the call it is handed to.

    `certain` says that the call is a SQL sink whatever the text; without it only text that looks like SQL
    counts. `maker` marks calls that make a statement and do not run it (`text(…)`).
    """

    expression: ast.expr
    sink: str
    certain: bool
    many: bool = False
    driver: str | None = None
    dialect: str | None = None
    maker: bool = False


def candidates_of(document: PythonDocument, call: ast.Call, drivers: Drivers) -> Iterator[Candidate]:
    """Yield the candidates among the arguments of a call, each expression once."""
    name = document.callee_name(call)
    sinks = SINKS.get("RunSQL" if is_run_sql(name) else name)
    if sinks is None and not call.keywords:
        return
    seen: set[ast.expr] = set()
    if sinks is not None:
        driver, dialect, sure = drivers.of(call)
        for sink in sinks:
            expression = _argument(document, call, sink)
            if expression is None or expression in seen:
                continue
            seen.add(expression)
            certain = _is_certain(document, call, sink, driver, sure, drivers)
            yield _with_driver(Candidate(expression, name, certain, sink.many), sink, driver, dialect, sure)
    operator = name.endswith(OPERATOR_ENDS)
    if operator:
        for candidate in _of_operator(document, call, name):
            if candidate.expression not in seen:
                seen.add(candidate.expression)
                yield candidate
    if not call.keywords or name in _OTHER_SQL:
        return
    for keyword in call.keywords:
        if keyword.arg in KEYWORDS and keyword.value not in seen:
            driver, dialect, _ = drivers.of(call)
            yield Candidate(keyword.value, f"{keyword.arg}=", False, driver=driver, dialect=dialect)
        elif keyword.arg == "configuration" and not operator:
            for query in _configured(document, keyword.value):
                yield Candidate(query, "configuration=", False, driver="google.cloud.bigquery", dialect="bigquery")


def _argument(document: PythonDocument, call: ast.Call, sink: Sink) -> ast.expr | None:
    for keyword in sink.keywords:
        expression = document.argument(call, None, keyword)
        if expression is not None:
            return expression
    return document.argument(call, sink.position)


def _is_certain(
    document: PythonDocument, call: ast.Call, sink: Sink, driver: str | None, sure: bool, drivers: Drivers
) -> bool:
    if sink.distinct:
        return True
    if sure and driver is not None and (driver in _SPEAKS_SQL or speaks_sql(driver)):
        return True
    source = drivers.source(call.func)
    if source is not None:
        return any(source == module or source.startswith(module + ".") for module in sink.modules)
    receiver = document.receiver(call)
    if not _is_named(receiver, sink.receivers):
        return False
    return drivers.any_imported or (sink.name not in _COMMON_NAMES and not _is_named(receiver, _COMMON_RECEIVERS))


def _is_named(receiver: ast.expr | None, names: tuple[str, ...]) -> bool:
    """Say whether the last name of a receiver is, or ends like, one of the names."""
    if isinstance(receiver, ast.Await):
        receiver = receiver.value
    if isinstance(receiver, ast.Call):
        receiver = receiver.func
    match receiver:
        case ast.Name(id=last) | ast.Attribute(attr=last):
            last = last.lower().strip("_")
        case _:
            return False
    return any(
        last == name.lower() or last.endswith("_" + name.lower()) or (len(name) > 3 and last.endswith(name.lower()))
        for name in names
    )


def _with_driver(candidate: Candidate, sink: Sink, driver: str | None, dialect: str | None, sure: bool) -> Candidate:
    maker = sink.name in _TEXT_MAKERS
    if sink.driver is not None and not sure:
        if sink.driver == "sqlalchemy":
            return replace(candidate, driver=driver or sink.driver, dialect=dialect, maker=maker)
        return replace(candidate, driver=sink.driver, dialect=dialect_of(sink.driver), maker=maker)
    if sink.driver is not None and dialect is None:
        return replace(candidate, driver=sink.driver, dialect=dialect_of(sink.driver), maker=maker)
    return replace(candidate, driver=driver, dialect=dialect, maker=maker)


def _of_operator(document: PythonDocument, call: ast.Call, name: str) -> Iterator[Candidate]:
    dialect = dialect_of_operator(name)
    for keyword in call.keywords:
        if keyword.arg in OPERATOR_KEYWORDS:
            value = keyword.value
            if isinstance(value, ast.Dict):
                continue
            certain = keyword.arg != "query" or dialect is not None
            yield Candidate(value, f"{keyword.arg}=", certain, driver="airflow", dialect=dialect)
        elif keyword.arg == "configuration":
            for query in _configured(document, keyword.value):
                yield Candidate(query, "configuration=", True, driver="airflow", dialect=dialect or "bigquery")


def _configured(document: PythonDocument, expression: ast.expr) -> Iterator[ast.expr]:
    """Yield what stands under `query` in a BigQuery job's configuration."""
    value = document.value_of(expression)
    if not isinstance(value, ast.Dict):
        return
    for key, item in zip(value.keys, value.values, strict=True):
        if key is None or document.literal(key) != "query":
            continue
        inner = document.value_of(item)
        if isinstance(inner, ast.Dict):
            yield from _configured(document, inner)
        else:
            yield item
