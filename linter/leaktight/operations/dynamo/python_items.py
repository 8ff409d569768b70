"""What a boto3 Put writes, and whether the function that writes is run again on failure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.dynamo.python_members import MemberReader
from leaktight.operations.dynamo.vocabulary import CLOCKS, UNIQUE_MAKERS
from leaktight.operations.dynamodb import Evidence, Item
from leaktight.text import Span

_HOPS, _MOST = 4, 200
_MESSAGE_PARTS = frozenset({"body", "kinesis", "dynamodb", "messageId", "NewImage"})


class PythonItems:
    """Reads the items of one document's Puts."""

    def __init__(self, document: PythonDocument, reader: MemberReader) -> None:
        self._document = document
        self._reader = reader

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
        for records in self._records:
            handler = document.function_of(records)
            if handler is None or isinstance(handler, ast.Lambda):
                continue
            parts = {one.value for one in document.find_in(handler, ast.Constant) if isinstance(one.value, str)}
            parts |= {one.value for one in document.find_in(function, ast.Constant) if isinstance(one.value, str)}
            if parts & _MESSAGE_PARTS and "s3" not in parts and (function is handler or self._calls(handler, function)):
                return Evidence("retried", document.span(records), document.text_of(records))
        return None

    @cached_property
    def _records(self) -> list[ast.Constant]:
        return [one for one in self._document.find(ast.Constant) if one.value == "Records"]

    def _calls(self, handler: ast.AST, function: ast.AST) -> bool:
        name = getattr(function, "name", None)
        return name is not None and any(
            self._document.callee_name(one) == name for one in self._document.find_in(handler, ast.Call)
        )
