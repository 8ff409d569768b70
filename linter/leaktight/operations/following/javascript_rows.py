"""Follows what a SQL call in JavaScript gives: results, rows, prepared statements; notes the columns that are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.operations.following.javascript import JavascriptWalk
from leaktight.operations.following.notes import ITEM, ITEMS, Made
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

ANSWER, PART, STATEMENT = "answer", "part of an answer", "prepared statement"
"""A result whose shape its use tells: `{ rows }`, `[rows]`, the rows themselves; what stands first in one of the last two:
the rows, or a row; and what `prepare` gives."""
_ROWS = frozenset({"rows", "recordset", "results"})
_COUNTS = frozenset({"rowCount", "rowsAffected", "affectedRows", "length", "numFields", "command", "success"})
_LISTED = frozenset(
    "map forEach filter find findLast some every flatMap findIndex reduce reduceRight sort toSorted slice reverse "
    "toReversed concat flat at pop shift values entries keys join".split()
)
_RUN = {"all": ANSWER, "iterate": ITEMS, "get": ITEM, "first": ITEM, "run": ANSWER, "bind": STATEMENT}


class RowWalk(JavascriptWalk):
    """The rows of one SQL call on their way."""

    def dotted(self, holder: Node, kind: str) -> None:
        """Follow `value.name`, called or not."""
        document = self.document
        key = holder.child_by_field_name("property")
        name = document.text_of(key) if key is not None else ""
        span = document.span(key if key is not None else holder)
        call = document.parent(holder)
        called = call is not None and call.type == "call_expression" and call.child_by_field_name("function") == holder
        if kind not in (ANSWER, PART, STATEMENT):
            super().dotted(holder, kind)
        elif kind == STATEMENT:
            if called and call is not None and name in _RUN:
                self.follow(call, _RUN[name])
            elif not called or name != "finalize":
                self.notes.leaves(kind, span)
        elif called and name in _LISTED:
            super().dotted(holder, ITEMS)
        elif called and name in ("then", "catch", "finally"):
            super().dotted(holder, kind)
        elif called:
            self.notes.leaves(kind, span)
        elif name == "length":
            super().dotted(holder, ITEMS)
        elif name in _ROWS:
            self.follow(holder, ITEMS)
        elif kind == PART:
            super().dotted(holder, ITEM)
        elif name not in _COUNTS:
            self.notes.leaves(kind, span)

    def subscript(self, holder: Node, node: Node, kind: str) -> None:
        """Follow `value[…]`; `node` is the value."""
        index = holder.child_by_field_name("index")
        if kind not in (ANSWER, PART) or index is None or index == node:
            super().subscript(holder, node, kind)
        elif self.document.string_value(index) is not None:
            self.notes.leaves(kind, self.document.span(holder))
        elif kind == PART or self.document.text_of(index) != "0":
            self.follow(holder, ITEM)
        else:
            self.follow(holder, PART)

    def iterated(self, loop: Node, node: Node, kind: str) -> None:
        """Follow what `for (… of value)` binds."""
        super().iterated(loop, node, ITEMS if kind in (ANSWER, PART) else kind)

    def pattern(self, target: Node, kind: str) -> None:
        """Follow what a declaration binds; what is exported, or set more than once, leaves sight."""
        if target.type in _NAMES and not self._is_sole(target):
            self.notes.leaves(kind, self.document.span(target))
        else:
            super().pattern(target, kind)

    def _is_sole(self, name: Node) -> bool:
        document = self.document
        found = document.declarations(document.text_of(name), name)
        set_by = [one for one in found if one.value is not None or one.kind not in ("let", "var")]
        return len(set_by) == 1 and not any(
            outer.type == "export_statement" for one in found for outer in self._holders(one.node)
        )

    def _holders(self, declarator: Node) -> list[Node]:
        statement = self.document.parent(declarator)
        holder = self.document.parent(statement) if statement is not None else None
        return [holder] if holder is not None else []

    def unpacked(self, target: Node, kind: str) -> None:
        """Follow `const { rows } = answer` and `const [rows] = answer`."""
        document = self.document
        if target.type == "object_pattern" and kind == PART:
            self.pattern(target, ITEM)
        elif target.type == "array_pattern" and kind == PART:
            self.pattern(target, ITEMS)
        elif target.type == "object_pattern" and kind == ANSWER:
            for part in target.named_children:
                key = part.child_by_field_name("key") if part.type == "pair_pattern" else part
                value = part.child_by_field_name("value") if part.type == "pair_pattern" else part
                if part.type == "object_assignment_pattern":
                    key = value = part.child_by_field_name("left")
                name = document.key_text(key) if key is not None and part.type != "rest_pattern" else None
                if name in _ROWS and value is not None:
                    self.pattern(value, ITEMS)
                elif part.type != "comment" and name not in _COUNTS:
                    self.notes.leaves(kind, document.span(part))
        elif target.type == "array_pattern" and kind == ANSWER:
            inside = [child for child in target.named_children if child.type != "comment"]
            if document.text_of(target).replace(" ", "").startswith("[,") or not inside:
                self.notes.leaves(kind, document.span(target))
            else:
                # Behind the rows stand the fields, or a second row: that may be told apart by what is done with it.
                self.pattern(inside[0], PART)
                for other in inside[1:]:
                    self.pattern(other, _FIELDS)
        else:
            super().unpacked(target, kind)

    def stored(self, holder: Node, name: str) -> None:
        """Note that a column of a row is set."""
        span = self.document.span(holder)
        self.notes.makes(name, Made(span, Span(span.start, span.start)))


_FIELDS = "fields"
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern"})
