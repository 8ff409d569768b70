"""What a call stands in: its function, its loop (also through a helper of the module), its transaction."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from leaktight.embedding.call import Function, Loop
from leaktight.languages.javascript import JavascriptDocument, JavascriptLoop
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TRANSACTIONS = frozenset(
    "transaction $transaction begin tx txIf withTransaction inTransaction runInTransaction runTransaction"
    " transactional withTransactionAsync withExclusiveTransactionAsync useTransaction".split()
)
_WALKS = frozenset({"forEach", "map", "flatMap", "each", "mapSeries", "eachSeries"})
_HOPS = 3


class Surroundings:
    """Answers for one document where its calls stand."""

    def __init__(self, document: JavascriptDocument) -> None:
        self._document = document
        self._functions: dict[int, Function | None] = {}

    def function(self, node: Node) -> Function | None:
        """Give the innermost function with a name that a node stands in."""
        function = self._document.function_of(node)
        if function is None:
            return None
        if function.id not in self._functions:
            name = self._document.function_name(function)
            if name:
                decorators = tuple(
                    self._document.text_of(one).removeprefix("@") for one in self._document.decorators(function)
                )
                found: Function | None = Function(
                    name, self._document.span(function), decorators, tuple(self._document.parameters(function))
                )
            else:
                found = self.function(function)
            self._functions[function.id] = found
        return self._functions[function.id]

    def transaction(self, node: Node) -> Span | None:
        """Give the head of the innermost block that is one transaction: `knex.transaction`."""
        document = self._document
        for outer in document.ancestors(node):
            if outer.type == "call_expression" and document.callee_name(outer) in _TRANSACTIONS:
                given = outer.child_by_field_name("arguments")
                inside = given is not None and given.start_byte <= node.start_byte < given.end_byte
                if inside and document.arguments(outer):
                    return Span(document.span(outer).start, document.name_span(outer).end)
        return None

    def loop(self, node: Node) -> Loop | None:
        """Give the innermost loop of a call; through a helper when the call's own function has none."""
        found = self._document.loop_of(node)
        if found is not None:
            return _plain(found)
        return self._through_helper(node, 0, set())

    def _through_helper(self, node: Node, hop: int, seen: set[int]) -> Loop | None:
        document = self._document
        function = document.function_of(node)
        while function is not None and not document.function_name(function):
            function = document.function_of(function)
        if function is None or function.id in seen or hop >= _HOPS:
            return None
        seen.add(function.id)
        full = document.function_name(function)
        for call in self._calls_of.get(full.rsplit(".", 1)[-1], ()):
            if not self._calls(call, full, function):
                continue
            loop, given = self._loop_at(call, full)
            if loop is not None:
                bound = self._bound(function, given, loop.variables)
                return replace(_plain(loop), variables=loop.variables | bound, helper=document.span(call))
            further = self._through_helper(call, hop + 1, seen)
            if further is not None:
                return further
        return None

    @cached_property
    def _calls_of(self) -> dict[str, list[Node]]:
        document = self._document
        found: dict[str, list[Node]] = {}
        for call in document.find("call_expression"):
            name = document.callee_name(call)
            found.setdefault(name, []).append(call)
            if name in _WALKS:
                for argument in document.arguments(call):
                    passed = argument
                    if passed.type == "member_expression":
                        passed = passed.child_by_field_name("property") or passed
                    if passed.type in ("identifier", "property_identifier"):
                        found.setdefault(document.text_of(passed), []).append(call)
        return found

    def _calls(self, call: Node, name: str, function: Node) -> bool:
        """Whether a call by name means this function: a plain name, or `this.` in the same class."""
        if function.start_byte <= call.start_byte < function.end_byte:
            return False
        receiver = self._document.receiver(call)
        if self._document.callee_name(call) in _WALKS:
            return True
        if "." in name:
            return receiver == "this" or receiver == name.rsplit(".", 1)[0]
        return receiver == ""

    def _loop_at(self, call: Node, name: str) -> tuple[JavascriptLoop | None, list[Node]]:
        document = self._document
        if document.callee_name(call) not in _WALKS or name.rsplit(".", 1)[-1] in _WALKS:
            return document.loop_of(call), document.arguments(call)
        receiver = document.receiver_node(call)
        if receiver is None:
            return None, []
        head = Span(document.span(call).start, document.name_span(call).end)
        return JavascriptLoop(call, head, "callback", frozenset(), document.text_of(receiver), receiver), []

    def _bound(self, function: Node, given: list[Node], variables: frozenset[str]) -> frozenset[str]:
        """The parameters of a helper that take what changes at each iteration."""
        parameters = self._document.parameter_names(function)
        if not given:
            return frozenset(parameters[0]) if parameters else frozenset()
        bound: set[str] = set()
        for names, argument in zip(parameters, given, strict=False):
            if variables & {self._document.text_of(one) for one in _identifiers(argument)}:
                bound.update(names)
        return frozenset(bound)


def _identifiers(node: Node) -> list[Node]:
    found: list[Node] = []
    pending = [node]
    while pending:
        one = pending.pop()
        if one.type in ("identifier", "shorthand_property_identifier"):
            found.append(one)
        pending.extend(one.named_children)
    return found


def _plain(loop: JavascriptLoop) -> Loop:
    return Loop(loop.head, loop.kind, loop.variables, loop.iterates, None, loop.literal_items, loop.counted)
