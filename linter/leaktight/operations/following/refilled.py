"""Whether a host's code fills a table after a call, without SQL: by an object mapper, from a frame, by a driver's own batch."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from leaktight.embedding.call import SqlCall
from leaktight.languages.document import Document
from leaktight.languages.javascript import JavascriptDocument
from leaktight.languages.python.document import PythonDocument

if TYPE_CHECKING:
    from tree_sitter import Node

_IN_JAVASCRIPT = frozenset(
    """createMany createManyAndReturn bulkCreate bulkInsert batchInsert insertMany insertAll insert create upsert save
    saveAll""".split()
)
_IN_PYTHON = frozenset(
    """add add_all bulk_create bulk_save_objects bulk_insert_mappings bulk_insert insert_many insert_rows insert_rows_json
    to_sql to_gbq write_pandas append_rows load_table_from_dataframe load_table_from_json load_table_from_file
    copy_records_to_table copy_from save insert write_database""".split()
)


def is_refilled(document: Document, call: SqlCall, name: str) -> bool:
    """Say whether the function of a call fills the table `name` further below."""
    if isinstance(document, JavascriptDocument):
        return _said(name) in _squashed(_of_javascript(document, call))
    return isinstance(document, PythonDocument) and _said(name) in _squashed(_of_python(document, call))


def _of_javascript(document: JavascriptDocument, call: SqlCall) -> Iterator[str]:
    """Yield the names that stand in what is filled: `prisma.orders.createMany(…)`, `knex("orders").insert(…)`."""
    function = call.function.span if call.function is not None else None
    for one in document.find("call_expression"):
        below = document.span(one).start >= call.span.end and document.callee_name(one) in _IN_JAVASCRIPT
        around = document.function_of(one) if below else None
        if not below or (function is not None and not _stands_in(document, around, function.start)):
            continue
        receiver = document.receiver_node(one)
        if receiver is not None and receiver.type == "call_expression":
            yield from _strings(document, document.arguments(receiver))
        yield from document.receiver(one).split(".")
        yield from _strings(document, document.arguments(one))


def _stands_in(document: JavascriptDocument, around: Node | None, start: int) -> bool:
    """Say whether a function is the one that begins at a place, or stands in it."""
    while around is not None:
        if document.span(around).start == start:
            return True
        around = document.function_of(around)
    return False


def _strings(document: JavascriptDocument, nodes: Iterable[Node]) -> Iterator[str]:
    yield from (value for node in nodes if (value := document.string_value(node)) is not None)


def _of_python(document: PythonDocument, call: SqlCall) -> Iterator[str]:
    """Yield the names that stand in what is filled: `Order.objects.bulk_create(…)`, `frame.to_sql("orders", engine)`."""
    function = call.function.span if call.function is not None else None
    for one in document.find(ast.Call):
        span = document.span(one)
        if span.start < call.span.end or document.callee_name(one) not in _IN_PYTHON:
            continue
        if function is not None and not function.contains(span):
            continue
        for node in ast.walk(one):
            if isinstance(node, ast.Name):
                yield node.id
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value.rpartition(".")[2]


def _squashed(names: Iterable[str]) -> set[str]:
    return {_said(name) for name in names}


def _said(name: str) -> str:
    """Give a name as a table and its class have it alike: `order_items` and `OrderItem`."""
    return "".join(character for character in name.lower() if character.isalnum()).rstrip("s")
