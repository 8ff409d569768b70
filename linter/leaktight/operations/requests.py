"""The DynamoDB requests of a file, whatever SDK sends them, and what they tell the project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from leaktight.context import PathContext
from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.languages.python.document import PythonDocument
from leaktight.operations.dynamodb import DynamodbRequest, Evidence, Item
from leaktight.operations.project import Project, TableUse

_TELLING = ("dynamo", "pynamodb", "boto3", "ddb", "Dynamo", "DDB", "DYNAMO", "put_item", "get_item", "update_item")


def may_send_requests(text: str) -> bool:
    """Say whether a file may send DynamoDB requests: a gate before any parser."""
    return any(word in text for word in _TELLING)


def dynamodb_requests(
    pythons: Sequence[PythonDocument], javascripts: Sequence[JavascriptDocument], project: Project, path: PathContext
) -> list[DynamodbRequest]:
    """Give the DynamoDB requests of a file's documents, each document's in its order."""
    found: list[DynamodbRequest] = []
    for python in pythons:
        if may_send_requests(python.text):
            from leaktight.operations.dynamo.boto3 import boto3_requests
            from leaktight.operations.dynamo.pynamodb import pynamodb_requests

            found += _completed([*boto3_requests(python, project, path), *pynamodb_requests(python, project, path)])
    for javascript in javascripts:
        if may_send_requests(javascript.text):
            from leaktight.operations.dynamo.javascript import javascript_requests

            found += _completed(javascript_requests(javascript, project, path))
    return found


def table_uses(requests: Iterable[DynamodbRequest]) -> Iterator[TableUse]:
    """Yield what the requests of a file tell the project: which tables they touch, how, by which attributes."""
    for request in requests:
        if not request.reference:
            continue
        place = request.document.location(request.name)
        names: set[str] = set()
        for member in ("KeyConditionExpression", "FilterExpression"):
            names |= request.named(member) or frozenset()
        item, key = request.item, request.parameters.get("Key")
        if key is not None:
            names |= key.names
        attributes = None
        if item is not None:
            names |= item.attributes.keys()
            attributes = frozenset(item.attributes) if item.complete else None
        yield TableUse(request.reference, request.operation, place, request.function, frozenset(names), attributes)


def _completed(requests: list[DynamodbRequest]) -> list[DynamodbRequest]:
    """Add what only all requests of a document tell: who writes back what was read, whose input is shared."""
    inlets = Counter(request.inlet.offset for request in requests if request.inlet is not None)
    handed = [request for request in requests if request.response is not None and request.response.written]
    items: dict[tuple[str, str], list[Item]] = {}
    for request in requests:
        if request.item is not None:
            items.setdefault(_table(request), []).append(request.item)
    written = {table: _written(puts) for table, puts in items.items()}
    done = []
    for request in sorted(requests, key=lambda one: (one.name, one.operation)):
        if request.inlet is not None and inlets[request.inlet.offset] > 1:
            request = replace(request, inlet=None)
        if request.operation == "Put" and request.item is not None:
            read = _read_back(request, handed)
            if read is not None:
                request = replace(request, evidence=(read, *request.evidence))
        if request.response is not None:
            request = replace(request, written=written.get(_table(request)))
        done.append(request)
    return done


def _written(items: Sequence[Item]) -> frozenset[str] | None:
    """Give the attributes that the Puts to one table write; None where not all can be told."""
    if not all(item.complete for item in items):
        return None
    return frozenset(name for item in items for name in item.attributes)


def _read_back(put: DynamodbRequest, requests: Sequence[DynamodbRequest]) -> Evidence | None:
    """Give the read whose item the Put writes back whole, to the same table."""
    assert put.item is not None
    for read in requests:
        if read.response is None or not read.response.written & put.item.sources or _table(read) != _table(put):
            continue
        return Evidence("read-back", read.name, read.document.slice(read.name))
    return None


def _table(request: DynamodbRequest) -> tuple[str, str]:
    """Give what two requests to the same table of one document share: its reference, else the text that names it."""
    return (request.reference, "") if request.reference else ("", request.table_text)
