"""DynamoDB requests of boto3 and aioboto3: client, resource, Table, paginators, batch writers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from leaktight.context import PathContext
from leaktight.languages.python.document import PythonDocument
from leaktight.operations.dynamo.boto3_receivers import Receiver, Receivers
from leaktight.operations.dynamo.python_items import PythonItems
from leaktight.operations.dynamo.python_members import MemberReader, Members
from leaktight.operations.dynamo.python_paging import page_edits
from leaktight.operations.dynamo.python_usage import PythonUsage
from leaktight.operations.dynamo.usage import CURSOR
from leaktight.operations.dynamo.vocabulary import PAGED, PYTHON_METHODS, READS, TELLING_MEMBERS
from leaktight.operations.dynamodb import DynamodbRequest
from leaktight.operations.project import FROM_ENVIRONMENT, Project
from leaktight.text import Span

_SURE_METHODS = frozenset({"put_item", "get_item", "update_item", "delete_item", "batch_get_item", "batch_write_item"})
_RESOURCE_NAMES = ("table", "tbl", "ddb", "dynamo")


def boto3_requests(document: PythonDocument, project: Project, path: PathContext) -> list[DynamodbRequest]:
    """Give the requests of a document in its order."""
    if not any(method in document.text for method in ("paginate", *PYTHON_METHODS)):
        return []
    return list(_Boto3(document, project, path).requests())


class _Boto3:
    def __init__(self, document: PythonDocument, project: Project, path: PathContext) -> None:
        self._document = document
        self._project = project
        self._path = path
        self._receivers = Receivers(document)
        self._reader = MemberReader(document)
        self._usage = PythonUsage(document)
        self._items = PythonItems(document, self._reader)

    def requests(self) -> Iterator[DynamodbRequest]:
        for call in self._document.find(ast.Call):
            if not isinstance(call.func, ast.Attribute):
                continue
            method = call.func.attr
            if method == "paginate":
                found = self._paginate(call)
            elif method in PYTHON_METHODS:
                found = self._method(call, method)
            else:
                continue
            if found is not None:
                yield found

    def _paginate(self, call: ast.Call) -> DynamodbRequest | None:
        receiver = self._document.receiver(call)
        found = self._receivers.of(receiver) if receiver is not None else None
        if found is None or found.kind != "paginator" or found.operation not in PYTHON_METHODS:
            return None
        return self._request(call, PYTHON_METHODS[found.operation], "boto3-client", found, paginated=True)

    def _method(self, call: ast.Call, method: str) -> DynamodbRequest | None:
        expression = self._document.receiver(call)
        if expression is None:
            return None
        found = self._receivers.of(expression) or self._guessed(call, method, expression)
        if found is None or found.kind == "paginator":
            return None
        if found.kind == "batch":
            return self._request(call, "BatchWrite", "boto3-resource", found)
        if found.kind == "resource" and method not in ("batch_get_item", "batch_write_item"):
            return None
        sdk = "boto3-client" if found.kind == "client" else "boto3-resource"
        return self._request(call, PYTHON_METHODS[method], sdk, found)

    def _guessed(self, call: ast.Call, method: str, receiver: ast.expr) -> Receiver | None:
        """Give the receiver of a call on an unknown value, where its members or its name can only be DynamoDB's."""
        given = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
        if call.args:
            return None
        if given & TELLING_MEMBERS and (
            method in _SURE_METHODS or self._receivers.uses_sdk or len(given & TELLING_MEMBERS) > 1
        ):
            return Receiver("client" if "TableName" in given else "table")
        name = self._document.text_of(receiver).lower().rsplit(".", 1)[-1]
        if self._receivers.uses_sdk and any(word in name for word in _RESOURCE_NAMES):
            return Receiver("table")
        return None

    def _request(
        self, call: ast.Call, operation: str, sdk: str, receiver: Receiver, *, paginated: bool = False
    ) -> DynamodbRequest:
        document = self._document
        members = self._reader.of(call)
        table_text, reference = self._table(call, receiver, members)
        function = document.function(call)
        request = DynamodbRequest(
            document,
            operation,
            sdk,
            document.name_span(call),
            document.span(call),
            self._project,
            self._path,
            parameters=members.parameters,
            complete=members.complete,
            inlet=self._reader.inlet(call),
            paginated=paginated or self._turns_pages(call),
            table_text=table_text,
            reference=reference,
            table=self._project.dynamodb_table(reference, document.source.path) if reference else None,
            function=function.name if function is not None else "",
        )
        if operation in READS:
            pages = paginated and document.callee_name(call) == "paginate"
            request = replace(request, response=self._usage.of(call, pages=pages))
            if operation in PAGED and not request.paginated:
                return replace(request, page_edits=page_edits(document, call, request))
            return request
        if operation == "Put":
            item = members.values.get("Item")
            retried = self._items.retried(call)
            return replace(
                request,
                item=self._items.of(item) if item is not None else None,
                evidence=(retried,) if retried is not None else (),
            )
        return request

    def _turns_pages(self, call: ast.Call) -> bool:
        """Say whether anything in the outermost function around names the key of the next page."""
        if not self._cursors:
            return False
        holders = [
            one for one in self._document.ancestors(call) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        within = self._document.span(holders[-1]) if holders else Span(0, len(self._document.text))
        return any(within.contains(place) for place in self._cursors)

    @cached_property
    def _cursors(self) -> list[Span]:
        """The places that name the key of the next page: strings that are no docstrings, attributes, names for both."""
        document = self._document
        if CURSOR not in document.text:
            return []
        strings = [
            one
            for one in document.find(ast.Constant)
            if isinstance(one.value, str) and CURSOR in one.value and not isinstance(document.parent(one), ast.Expr)
        ]
        holders = [document.parent(one) for one in strings]
        known = {
            target.id
            for holder in holders
            if isinstance(holder, ast.Assign)
            for target in holder.targets
            if isinstance(target, ast.Name)
        }
        found: list[ast.AST] = [*strings]
        found += [one for one in document.find(ast.Name) if one.id == CURSOR or one.id in known]
        found += [one for one in document.find(ast.Attribute) if one.attr == CURSOR]
        return [document.span(one) for one in found]

    def _table(self, call: ast.Call, receiver: Receiver, members: Members) -> tuple[str, str]:
        name = members.values.get("TableName", receiver.table)
        if name is None:
            holder = self._document.receiver(call) if receiver.kind == "table" else None
            return (self._document.text_of(holder), "") if holder is not None else ("", "")
        return self._document.text_of(name), self.reference(name)

    def reference(self, name: ast.expr) -> str:
        """Give the reference to a table by its name's expression: literal, from the environment, or none."""
        said = self._reader.string(name)
        if said is not None:
            return said
        for _ in range(4):
            behind = self._document.value_of(name)
            variable = environment_variable(self._document, behind, self._reader)
            if variable:
                return FROM_ENVIRONMENT + variable
            if behind is name:
                break
            name = behind
        return ""


def environment_variable(document: PythonDocument, expression: ast.expr, reader: MemberReader) -> str:
    """Give the name of the environment variable that an expression reads; empty for others."""
    match expression:
        case ast.Subscript(value=holder, slice=key) if _is_environ(document, holder):
            return reader.string(key) or ""
        case ast.Call(func=ast.Attribute(value=holder, attr="get"), args=[key, *_]) if _is_environ(document, holder):
            return reader.string(key) or ""
        case ast.Call(args=[key, *_]) if document.qualified_name(expression.func) in ("os.getenv", "os.environ.get"):
            return reader.string(key) or ""
        case ast.BoolOp(values=[first, *_]):
            return environment_variable(document, first, reader)
    return ""


def _is_environ(document: PythonDocument, expression: ast.expr) -> bool:
    return document.qualified_name(expression) == "os.environ"
