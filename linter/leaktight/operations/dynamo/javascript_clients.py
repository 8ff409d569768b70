"""What sends a DynamoDB request in JavaScript: a command of the SDK, a paginator, a method of a client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import callee
from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.lazy import record
from leaktight.operations.dynamo.vocabulary import (
    CLIENT_METHODS,
    COMMANDS,
    DOCUMENT_METHODS,
    PAGINATORS,
    TELLING_MEMBERS,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_DOCUMENT, _CLIENT = "@aws-sdk/lib-dynamodb", "@aws-sdk/client-dynamodb"
_SDK = {_DOCUMENT: "js-v3-document", _CLIENT: "js-v3-client"}
_TYPES = {
    "DynamoDBDocument": "js-v3-document", "DocumentClient": "js-v2-document", "AWS.DynamoDB": "js-v2-client",
}  # fmt: skip
_DEEPEST = 5


@record(frozen=True, slots=True)
class Sent:
    """A request as it stands in the code: what is done by which SDK, the node of its input.

    `kind` is `command` (constructed, then sent), `call`, or `pages`.
    """

    node: Node
    operation: str
    sdk: str
    kind: str
    given: Node | None


class Clients:
    """The requests that one document's constructions and calls make."""

    def __init__(self, document: JavascriptDocument) -> None:
        self._document = document
        self._types: Mapping[str, str] | None = None
        self._v2 = any(module == "aws-sdk" or module.startswith("aws-sdk/") for module, _ in document.imports.values())
        self._v3 = any(_package(module) in _SDK for module, _ in document.imports.values())

    def command(self, node: Node) -> Sent | None:
        """Give the request that a construction makes: `new ScanCommand(params)`."""
        module, name = self._imported(callee(node))
        operation = COMMANDS.get(module, {}).get(name)
        if operation is None:
            return None
        given = self._document.arguments(node)
        return Sent(node, operation, _SDK[module], "command", given[0] if given else None)

    def call(self, node: Node) -> Sent | None:
        """Give the request that a call makes: a paginator's, or a method's of a client."""
        called = callee(node)
        if called is None:
            return None
        given = self._document.arguments(node)
        if called.type == "identifier" or self._document.callee_name(node) in PAGINATORS:
            module, name = self._imported(called)
            if module in _SDK and name in PAGINATORS:
                return Sent(node, PAGINATORS[name], _SDK[module], "pages", given[1] if len(given) > 1 else None)
            return None
        method = self._document.callee_name(node)
        if called.type != "member_expression" or (method not in DOCUMENT_METHODS and method not in CLIENT_METHODS):
            return None
        receiver = self._document.receiver_node(node)
        sdk = self._sdk_of(receiver) if receiver is not None else None
        if sdk is None:
            sdk = self._guessed(node, method, given)
        if sdk is None:
            return None
        operation = (DOCUMENT_METHODS if sdk.endswith("document") else CLIENT_METHODS).get(method)
        return Sent(node, operation, sdk, "call", given[0] if given else None) if operation is not None else None

    def _imported(self, called: Node | None) -> tuple[str, str]:
        """Give the package and the exported name of a name, or of a member of an imported package."""
        document = self._document
        if called is None:
            return "", ""
        if called.type == "identifier":
            module, name = document.imports.get(document.text_of(called), ("", ""))
            return _package(module), name
        if called.type == "member_expression":
            holder, key = called.child_by_field_name("object"), called.child_by_field_name("property")
            if holder is not None and key is not None and holder.type == "identifier":
                module, name = document.imports.get(document.text_of(holder), ("", ""))
                if name in ("*", "default"):
                    return _package(module), document.text_of(key)
        return "", ""

    def _sdk_of(self, receiver: Node, depth: int = 0) -> str | None:
        """Give the SDK of a client that an expression stands for."""
        document = self._document
        if depth > _DEEPEST:
            return None
        made = document.resolve(receiver)
        if made.type == "await_expression" and made.named_child_count:
            made = document.unwrap(made.named_children[0])
        if made.type == "new_expression":
            return self._constructed(made)
        if made.type == "call_expression":
            name = document.callee_name(made)
            if name == "from" and document.receiver(made).split(".")[-1] == "DynamoDBDocument":
                return "js-v3-document"
            given = document.arguments(made)
            if name.startswith("captureAWS") and given:
                return self._sdk_of(given[0], depth + 1)
            return None
        return self._typed(document.text_of(receiver).removeprefix("this."))

    def _constructed(self, node: Node) -> str | None:
        document = self._document
        called = callee(node)
        name = document.callee_name(node)
        module, exported = self._imported(called)
        if name == "DocumentClient":
            return "js-v2-document"
        if module == _CLIENT and exported == "DynamoDB":
            return "js-v3-client"
        if name == "DynamoDB" and (self._v2 or module.startswith("aws-sdk")):
            return "js-v2-client"
        if name == "DynamoDB" and document.receiver(node) == "AWS" and not self._v3:
            return "js-v2-client"
        return "js-v2-client" if module == "aws-sdk/clients/dynamodb" and exported in ("default", "*") else None

    def _typed(self, name: str) -> str | None:
        """Give the SDK that a parameter's or a field's annotation tells."""
        if self._types is None:
            self._types = self._read_types()
        return self._types.get(name)

    def _read_types(self) -> dict[str, str]:
        document = self._document
        found: dict[str, str] = {}
        if not document.typed:
            return found
        for node in document.find("required_parameter", "optional_parameter", "public_field_definition"):
            annotation = node.child_by_field_name("type")
            name = node.child_by_field_name("pattern") or node.child_by_field_name("name")
            if annotation is None or name is None:
                continue
            text = document.text_of(annotation).lstrip(": ")
            for kind, sdk in _TYPES.items():
                if text == kind or text.endswith(f".{kind}"):
                    found[document.text_of(name)] = sdk
        return found

    def _guessed(self, node: Node, method: str, given: list[Node]) -> str | None:
        """Give the SDK of a call on an unknown receiver, where its input can only be DynamoDB's."""
        if not given or not (self._v2 or self._v3 or "ynamo" in self._document.receiver(node)):
            return None
        view = self._document.object_literal(given[0])
        if view is None or "TableName" not in view:
            return None
        if len(TELLING_MEMBERS & view.properties.keys()) < 2 and method not in ("scan", *CLIENT_METHODS):
            return None
        version = "v2" if self._v2 or not self._v3 else "v3"
        kind = "client" if method in CLIENT_METHODS and method not in DOCUMENT_METHODS else "document"
        return f"js-{version}-{kind}"


def _package(module: str) -> str:
    """Give the package of a module's path: `npm:@aws-sdk/lib-dynamodb@3` is `@aws-sdk/lib-dynamodb`."""
    name = module.removeprefix("npm:")
    for package in (_DOCUMENT, _CLIENT):
        if name == package or name.startswith((f"{package}/", f"{package}@")):
            return package
    return name
