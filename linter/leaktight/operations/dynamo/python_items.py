"""What a boto3 Put writes, and whether the function that writes is run again on failure."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.dynamo.python_members import MemberReader
from leaktight.operations.dynamo.vocabulary import CLOCKS, MESSAGE_PARTS, UNIQUE_MAKERS
from leaktight.operations.dynamodb import Evidence, Item
from leaktight.text import Span

_HOPS, _MOST = 4, 200


class PythonItems:
    """Reads the items of one document's Puts."""

    def __init__(self, document: PythonDocument, reader: MemberReader) -> None:
        self._document = document
        self._reader = reader
        self._texts: dict[ast.AST, frozenset[str]] = {}

    def of(self, value: ast.expr) -> Item:
        """Read the item that a Put is given."""
        resolved = self._document.value_of(value)
        sources = {self._document.span(one) for one in self._sources(value)}
        sources |= {self._document.span(one) for one in self._sources(resolved)}
        members = self._reader.dict_of(value)
        attributes: dict[str, Span] = {}
        fresh, clock, initial = set(), set(), set()
        for name, node in members.values.items():
            attributes[name] = self._document.span(node)
            made = set(self._made(node))
            if made & UNIQUE_MAKERS:
                fresh.add(name)
            if made & CLOCKS:
                clock.add(name)
            if self._constant(node):
                initial.add(name)
        complete = members.complete and bool(members.values)
        return Item(frozenset(sources), attributes, complete, frozenset(fresh), frozenset(clock), frozenset(initial))

    def _sources(self, value: ast.expr) -> Iterator[ast.expr]:
        """Yield the expressions whose attributes become the item's."""
        match value:
            case ast.Name() | ast.Attribute() | ast.Subscript():
                yield value
            case ast.Dict():
                for key, item in zip(value.keys, value.values, strict=True):
                    if key is None:
                        yield item
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                for side in (left, right):
                    yield from self._sources(side) if not isinstance(side, ast.BinOp) else (side,)
            case ast.Call():
                name = self._document.callee_name(value)
                if name in ("dict", "deepcopy", "copy"):
                    yield from value.args
                    yield from (keyword.value for keyword in value.keywords if keyword.arg is None)

    def _made(self, root: ast.expr) -> Iterator[str]:
        """Yield the last names of the calls and attributes that a value comes from, through a few names."""
        document = self._document
        seen: set[ast.AST] = {root}
        layer = [root]
        for _ in range(_HOPS):
            further: list[ast.expr] = []
            for node in (
                inner for value in layer for inner in document.find_in(value, ast.Call, ast.Attribute, ast.Name)
            ):
                if isinstance(node, ast.Call):
                    yield document.callee_name(node)
                    continue
                if isinstance(node, ast.Attribute):
                    yield node.attr
                behind = document.value_of(node) if len(seen) < _MOST else node
                if behind not in seen and behind is not node:
                    seen.add(behind)
                    further.append(behind)
            layer = further

    def _constant(self, value: ast.expr) -> bool:
        """Say whether a value is a constant, also in the client's form `{"S": "new"}`."""
        if isinstance(value, ast.Dict) and len(value.values) == 1:
            value = value.values[0]
        return isinstance(value, ast.Constant)

    def retried(self, call: ast.Call) -> Evidence | None:
        """Give the place that shows that a queue or a stream hands its records to the function again on failure."""
        document = self._document
        function = document.function_of(call)
        if function is None:
            return None
        read = {**self._records.get(function, {}), **self._records.get(getattr(function, "name", function), {})}
        for number in sorted(read):
            records, handler = read[number]
            parts = self._strings(handler) | self._strings(function)
            if parts & MESSAGE_PARTS and "s3" not in parts:
                return Evidence("retried", document.span(records), document.text_of(records))
        return None

    @cached_property
    def _records(self) -> Mapping[object, Mapping[int, tuple[ast.Constant, ast.AST]]]:
        """The places that read `Records`, numbered, with their functions; by these, and by the names that they call."""
        document = self._document
        found: dict[object, dict[int, tuple[ast.Constant, ast.AST]]] = {}
        called: dict[ast.AST, set[str]] = {}
        for number, records in enumerate(one for one in document.find(ast.Constant) if one.value == "Records"):
            handler = document.function_of(records)
            if handler is None or isinstance(handler, ast.Lambda):
                continue
            if handler not in called:
                called[handler] = {document.callee_name(one) for one in document.find_in(handler, ast.Call)}
            for key in (handler, *called[handler]):
                found.setdefault(key, {})[number] = records, handler
        return found

    def _strings(self, function: ast.AST) -> frozenset[str]:
        """Give the strings in a function, looked for once."""
        found = self._texts.get(function)
        if found is None:
            constants = (one.value for one in self._document.find_in(function, ast.Constant))
            found = self._texts[function] = frozenset(text for text in constants if isinstance(text, str))
        return found
