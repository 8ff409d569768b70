"""Writes into an object after it was made: `params.Limit = 5`, `delete params.Limit`, `build(params)`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import FUNCTIONS, LOOPS, arguments, holds, unwrapped
from leaktight.lazy import record

if TYPE_CHECKING:
    from tree_sitter import Node

    from leaktight.languages.javascript.document import JavascriptDocument


@record(frozen=True, slots=True)
class Mutation:
    """A write into an object.

    `kind` is `set`, `delete`, `assign` (`Object.assign(params, value)`) or `escape` (an unknown function
    is handed the object). `path` leads from the object to what is written, None for a computed key.
    `maybe` says that the object's use may be reached without it.
    """

    kind: str
    path: tuple[str | None, ...]
    node: Node
    key: Node | None = None
    value: Node | None = None
    maybe: bool = False


_CONDITIONS = (
    frozenset({"if_statement", "else_clause", "switch_case", "switch_default", "catch_clause", "ternary_expression"})
    | LOOPS
    | FUNCTIONS
)
_READERS = frozenset(
    {"Number", "String", "Boolean", "Array", "require", "fetch", "marshall", "unmarshall", "structuredClone", "assert"}
)
_WRITERS = (
    *("add", "append", "apply", "assign", "attach", "build", "decorate", "enrich", "extend", "fill"),
    *("inject", "merge", "mutate", "prepare", "set", "with"),
)


class Mutations:
    """All writes into objects of one document by the name that the object has there."""

    def __init__(self, document: JavascriptDocument) -> None:
        self._document = document
        self._bindings: dict[int, tuple[int, ...]] = {}
        self._by_name: dict[str, list[tuple[Mutation, Node]]] = {}
        self._collect_writes()
        self._collect_calls()

    def of(self, use: Node) -> list[Mutation]:
        """Give the writes that may have been made when the name at `use` is read, in document order."""
        document = self._document
        candidates = self._by_name.get(document.text_of(use), ())
        if not candidates:
            return []
        binding = self._binding(use)
        chain = {node.id: node for node in document.ancestors(use)}
        loops = {node.id for node in chain.values() if node.type in LOOPS}
        found = []
        for mutation, holder in candidates:
            if holder.id == use.id or holds(mutation.node, use):
                continue
            if self._binding(holder) != binding:
                continue
            after = mutation.node.start_byte > use.start_byte
            maybe = after
            shared = False
            for outer in document.ancestors(mutation.node):
                if outer.id in chain:
                    shared = any(node.id in loops for node in (outer, *document.ancestors(outer)))
                    break
                if outer.type in _CONDITIONS:
                    maybe = True
            if after and not shared and not self._in_function(mutation.node, chain):
                continue
            found.append(replace(mutation, maybe=maybe))
        return found

    def _binding(self, name: Node) -> tuple[int, ...]:
        """What tells one variable from another of the same name."""
        if name.id not in self._bindings:
            found = self._document.declarations(self._document.text_of(name), name)
            self._bindings[name.id] = tuple(one.name.id for one in found[:1])
        return self._bindings[name.id]

    def _in_function(self, node: Node, chain: dict[int, Node]) -> bool:
        for outer in self._document.ancestors(node):
            if outer.id in chain:
                return False
            if outer.type in FUNCTIONS:
                return True
        return False

    def _add(self, mutation: Mutation, holder: Node) -> None:
        self._by_name.setdefault(self._document.text_of(holder), []).append((mutation, holder))

    def _collect_writes(self) -> None:
        document = self._document
        for node in document.find("assignment_expression", "augmented_assignment_expression"):
            left = node.child_by_field_name("left")
            if left is None:
                continue
            holder, path, key = self._path(left)
            if holder is not None:
                value = node.child_by_field_name("right")
                kind = "set" if node.type == "assignment_expression" else "update"
                self._add(Mutation(kind, path, node, key, value), holder)
        if "delete " in document.text:
            for node in document.find("unary_expression"):
                operand = node.child_by_field_name("argument")
                operator = node.child_by_field_name("operator")
                if operand is None or operator is None or operator.type != "delete":
                    continue
                holder, path, key = self._path(operand)
                if holder is not None:
                    self._add(Mutation("delete", path, node, key), holder)

    def _collect_calls(self) -> None:
        document = self._document
        for call in document.find("call_expression"):
            given = arguments(call)
            names = [argument for argument in given if argument.type == "identifier"]
            if not names:
                continue
            called = call.child_by_field_name("function")
            name = document.callee_name(call)
            if name == "assign" and document.receiver(call) == "Object":
                if given[0].type == "identifier":
                    for value in given[1:]:
                        self._add(Mutation("assign", (), call, None, value), given[0])
                continue
            if called is None or name in _READERS:
                continue
            plain = unwrapped(called).type == "identifier"
            if plain or name.startswith(_WRITERS):
                for argument in names:
                    self._add(Mutation("escape", (), call), argument)

    def _path(self, node: Node) -> tuple[Node | None, tuple[str | None, ...], Node | None]:
        path: list[str | None] = []
        last: Node | None = None
        node = unwrapped(node)
        while True:
            if node.type == "member_expression":
                key = node.child_by_field_name("property")
                path.append(self._document.text_of(key) if key is not None else None)
            elif node.type == "subscript_expression":
                key = node.child_by_field_name("index")
                path.append(self._document.string_value(key) if key is not None else None)
            else:
                break
            last = last or key
            holder = node.child_by_field_name("object")
            if holder is None:
                return None, (), None
            node = unwrapped(holder)
        if node.type != "identifier" or not path:
            return None, (), None
        return node, tuple(reversed(path)), last
