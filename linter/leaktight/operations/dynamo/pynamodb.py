"""DynamoDB requests of PynamoDB models: reads, which turn their pages by themselves, and `save`, which is a Put."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import field

from leaktight.context import PathContext
from leaktight.languages.python.document import PythonDocument
from leaktight.lazy import record
from leaktight.operations.dynamodb import DynamodbRequest, Item, Parameter
from leaktight.operations.project import Project
from leaktight.text import names_in

_READS = {"scan": "Scan", "query": "Query", "get": "Get", "rate_limited_scan": "Scan", "count": "Query"}
_MEMBERS = {
    "filter_condition": "FilterExpression", "range_key_condition": "KeyConditionExpression", "limit": "Limit",
    "attributes_to_get": "ProjectionExpression", "condition": "ConditionExpression", "segment": "Segment",
}  # fmt: skip


@record(frozen=True, slots=True)
class _Model:
    name: str
    table: str
    attributes: Mapping[str, ast.expr] = field(default_factory=dict)
    versioned: bool = False


def pynamodb_requests(document: PythonDocument, project: Project, path: PathContext) -> list[DynamodbRequest]:
    """Give the requests that go through models declared in the same document, in its order."""
    if not any(module == "pynamodb" for module in document.modules):
        return []
    models = {model.name: model for model in _models(document)}
    return list(_requests(document, models, project, path)) if models else []


def _models(document: PythonDocument) -> Iterator[_Model]:
    for node in document.find(ast.ClassDef):
        if not any((document.qualified_name(base) or "").startswith("pynamodb.") for base in node.bases):
            continue
        table = ""
        attributes: dict[str, ast.expr] = {}
        versioned = False
        for statement in node.body:
            match statement:
                case ast.ClassDef(name="Meta", body=body):
                    table = _table_name(document, body) or table
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as value):
                    attributes[name] = value
                    versioned |= document.callee_name(value) == "VersionAttribute"
        yield _Model(node.name, table, attributes, versioned)


def _table_name(document: PythonDocument, body: list[ast.stmt]) -> str:
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="table_name")], value=value):
                said = document.literal(document.value_of(value))
                return said if isinstance(said, str) else ""
    return ""


def _requests(
    document: PythonDocument, models: Mapping[str, _Model], project: Project, path: PathContext
) -> Iterator[DynamodbRequest]:
    for call in document.find(ast.Call):
        match call.func:
            case ast.Attribute(value=ast.Name(id=name), attr=method) if name in models and method in _READS:
                yield _request(document, call, _READS[method], models[name], project, path)
            case ast.Attribute(value=owner, attr="save"):
                made = document.value_of(owner)
                if isinstance(made, ast.Call) and document.callee_name(made) in models:
                    model = models[document.callee_name(made)]
                    yield _request(document, call, "Put", model, project, path, made)


def _request(
    document: PythonDocument,
    call: ast.Call,
    operation: str,
    model: _Model,
    project: Project,
    path: PathContext,
    made: ast.Call | None = None,
) -> DynamodbRequest:
    parameters = {
        _MEMBERS[keyword.arg]: Parameter(
            _MEMBERS[keyword.arg],
            document.keyword_name_span(keyword),
            names=names_in(document.text_of(keyword.value)),
        )
        for keyword in call.keywords
        if keyword.arg in _MEMBERS
    }
    positions = ("filter_condition",) if operation == "Scan" else ("", "range_key_condition", "filter_condition")
    for position, argument in zip(positions, call.args, strict=False):
        member = _MEMBERS.get(position, "KeyConditionExpression")
        parameters.setdefault(
            member,
            Parameter(member, document.span(argument), names=names_in(document.text_of(argument))),
        )
    function = document.function(call)
    item = None
    if made is not None:
        given = {keyword.arg: document.span(keyword.value) for keyword in made.keywords if keyword.arg is not None}
        item = Item(attributes=given)
    return DynamodbRequest(
        document,
        operation,
        "pynamodb",
        document.name_span(call),
        document.span(call),
        project,
        path,
        parameters=parameters,
        complete=(made is None or not model.versioned) and all(keyword.arg is not None for keyword in call.keywords),
        paginated=True,
        table_text=model.table or model.name,
        reference=model.table,
        table=project.dynamodb_table(model.table, document.source.path) if model.table else None,
        function=function.name if function is not None else "",
        item=item,
    )
