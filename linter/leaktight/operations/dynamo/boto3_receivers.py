"""What a Python expression stands for in boto3: a client, the resource, a table, a paginator, a batch."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from leaktight.languages.python.document import PythonDocument
from leaktight.languages.python.reaching import Binding, BindingKind
from leaktight.lazy import record

_DEEPEST = 8
_FACTORIES = frozenset({"client", "resource"})
_TYPES = {
    "DynamoDBServiceResource": "resource", "DynamoDBClient": "client", "Table": "table", "DynamoDBTable": "table",
}  # fmt: skip


@record(frozen=True, slots=True)
class Receiver:
    """A part of the SDK. `kind` is `client`, `resource`, `table`, `paginator` or `batch`.

    `table` is the name that a table was made with; `operation` the method that a paginator repeats.
    """

    kind: str
    table: ast.expr | None = None
    operation: str = ""


class Receivers:
    """The receivers of one document."""

    def __init__(self, document: PythonDocument) -> None:
        self._document = document
        self._sdk = any(
            module.split(".")[0] in ("boto3", "aioboto3", "botocore", "aiobotocore", "aws_lambda_powertools")
            or module.startswith("mypy_boto3_dynamodb")
            for module in document.modules
        )

    @property
    def uses_sdk(self) -> bool:
        """Whether the document imports a flavour of boto3."""
        return self._sdk

    def of(self, expression: ast.expr, depth: int = 0) -> Receiver | None:
        """Give what an expression stands for; None where nothing tells."""
        if depth > _DEEPEST:
            return None
        match expression:
            case ast.Await(value=inner):
                return self.of(inner, depth + 1)
            case ast.Call():
                return self._called(expression, depth)
            case ast.Attribute(attr="client", value=ast.Attribute(attr="meta", value=inner)):
                owner = self.of(inner, depth + 1)
                return Receiver("client", owner.table) if owner is not None else None
            case ast.Name():
                return self._named(expression, depth)
            case ast.Attribute():
                value = self._document.constant(expression)
                return self.of(value, depth + 1) if value is not None else None
            case ast.BoolOp():
                return self._first(expression.values, depth)
            case ast.IfExp():
                return self._first((expression.body, expression.orelse), depth)
        return None

    def _first(self, expressions: Iterable[ast.expr], depth: int) -> Receiver | None:
        return next((found for one in expressions if (found := self.of(one, depth + 1)) is not None), None)

    def _called(self, call: ast.Call, depth: int) -> Receiver | None:
        document = self._document
        name = document.callee_name(call)
        owner = document.receiver(call)
        if name in _FACTORIES and owner is not None:
            service = document.argument(call, 0, "service_name")
            if service is not None and document.literal(document.value_of(service)) == "dynamodb":
                return Receiver(name)
            return None
        if owner is None:
            return self._returned(call, depth)
        if name in ("Table", "create_table"):
            return self._table(call, owner, depth)
        if name == "get_paginator":
            operation = document.argument(call, 0, "operation_name")
            found = self.of(owner, depth + 1)
            said = document.literal(operation) if operation is not None else None
            if found is not None and found.kind == "client" and isinstance(said, str):
                return Receiver("paginator", found.table, said)
            return None
        if name == "batch_writer":
            found = self.of(owner, depth + 1)
            return Receiver("batch", found.table) if found is not None and found.kind == "table" else None
        if name == "enter_async_context":
            return self._first(call.args[:1], depth)
        return None

    def _table(self, call: ast.Call, owner: ast.expr, depth: int) -> Receiver | None:
        document = self._document
        name = document.argument(call, 0, "name") or document.argument(call, None, "TableName")
        if name is None or len(call.args) > 1:
            return None
        found = self.of(owner, depth + 1)
        if found is None and not (self._sdk and _sounds_like_dynamodb(document.text_of(owner))):
            return None
        return Receiver("table", name) if found is None or found.kind == "resource" else None

    def _returned(self, call: ast.Call, depth: int) -> Receiver | None:
        """Give what a function of the same document returns, where it returns one thing only."""
        if not isinstance(call.func, ast.Name):
            return None
        resolved = self._document.scopes.resolve(call.func.id, call.func)
        if resolved is None or len(resolved[1]) != 1:
            return None
        function = resolved[1][0].node
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        returns = [
            one.value
            for one in self._document.find_in(function, ast.Return)
            if one.value is not None and self._document.function_of(one) is function
        ]
        return self.of(returns[0], depth + 1) if len(returns) == 1 else None

    def _named(self, name: ast.Name, depth: int) -> Receiver | None:
        scopes = self._document.scopes
        ways = scopes.reaching(name.id, name)
        bindings = [way[0] for way in ways]
        if not bindings:
            resolved = scopes.resolve(name.id, name)
            bindings = list(resolved[1]) if resolved is not None else []
        for binding in bindings:
            found = self._bound(binding, depth)
            if found is not None:
                return found
        return None

    def _bound(self, binding: Binding, depth: int) -> Receiver | None:
        if binding.kind is BindingKind.PARAMETER and isinstance(binding.node, ast.arg):
            annotated = self._annotated(binding.node.annotation)
            if annotated is not None:
                return annotated
            return self.of(binding.value, depth + 1) if binding.value is not None else None
        if binding.kind is BindingKind.OPAQUE and isinstance(binding.node, ast.Assign):
            # A global that a function sets: the assignment tells it all the same.
            return self.of(binding.node.value, depth + 1) if len(binding.node.targets) == 1 else None
        if binding.kind in (BindingKind.ASSIGN, BindingKind.WITH) and binding.value is not None:
            return self.of(binding.value, depth + 1)
        if binding.kind is BindingKind.ASSIGN and isinstance(binding.node, ast.AnnAssign):
            return self._annotated(binding.node.annotation)
        return None

    def _annotated(self, annotation: ast.expr | None) -> Receiver | None:
        """Give what a parameter's annotation says, where its type comes from a stub of boto3."""
        text = self._document.literal(annotation) if isinstance(annotation, ast.Constant) else None
        if annotation is None:
            return None
        said = text if isinstance(text, str) else self._document.text_of(annotation)
        kind = _TYPES.get(said.split(" |")[0].strip().split(".")[-1])
        stubs = any("boto3" in module for module in self._document.modules) or "dynamo" in said.lower()
        return Receiver(kind) if kind is not None and stubs else None


def _sounds_like_dynamodb(text: str) -> bool:
    folded = text.lower()
    return "dynamo" in folded or "ddb" in folded
