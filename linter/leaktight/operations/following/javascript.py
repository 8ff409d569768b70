"""Follows the value of a JavaScript call: promises, destructuring, loops, array methods, callbacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import FUNCTIONS, WRAPPERS, arguments, parameters
from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.operations.following.javascript_uses import Uses
from leaktight.operations.following.notes import ITEM, ITEMS, PAGES, RESPONSE, Notes, logs
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_CALLBACKS = {
    "map": (0,), "forEach": (0,), "filter": (0,), "find": (0,), "findLast": (0,), "some": (0,), "every": (0,),
    "flatMap": (0,), "findIndex": (0,), "reduce": (1,), "reduceRight": (1,), "sort": (0, 1), "toSorted": (0, 1),
}  # fmt: skip
_STILL_ITEMS = frozenset({"filter", "sort", "toSorted", "slice", "reverse", "toReversed", "concat", "flat", "values"})
_ONE_ITEM = frozenset({"find", "findLast", "at", "pop", "shift"})
_CONDITIONS = frozenset({"if_statement", "while_statement", "do_statement"})
_HARMLESS = frozenset({"Boolean", "isArray"})


class JavascriptWalk:
    """One value on its way. What a library's answers are made of, the methods say that its own walk overrides."""

    def __init__(self, document: JavascriptDocument, uses: Uses) -> None:
        self.document = document
        self._uses = uses
        self.notes = Notes()
        self._seen: set[tuple[int, str]] = set()
        self._maps: dict[int, Node] = {}

    def follow(self, node: Node, kind: str) -> None:
        """Note what is done with the value of an expression."""
        holder = self.document.parent(node)
        if (node.id, kind) in self._seen or holder is None or self.notes.tired(kind, self.document.span(node)):
            return
        self._seen.add((node.id, kind))
        self.notes.depth += 1
        self._go_on(node, holder, kind)
        self.notes.depth -= 1

    def _go_on(self, node: Node, holder: Node, kind: str) -> None:
        """Follow a value one step, by what its expression stands in."""
        if holder.type in WRAPPERS or holder.type == "await_expression":
            outer = self.document.parent(holder)
            if holder.type != "parenthesized_expression" or outer is None or outer.type not in _CONDITIONS:
                self.follow(holder, kind)
        elif holder.type == "member_expression":
            self.dotted(holder, kind)
        elif holder.type == "subscript_expression":
            self.subscript(holder, node, kind)
        elif holder.type == "variable_declarator":
            name = holder.child_by_field_name("name")
            if name is not None:
                self.pattern(name, kind)
        elif holder.type == "assignment_expression":
            self._assigned(holder, node, kind)
        elif holder.type == "binary_expression":
            self._binary(holder, node, kind)
        elif holder.type == "ternary_expression":
            if holder.child_by_field_name("condition") != node:
                self.follow(holder, kind)
        elif holder.type == "for_in_statement":
            self.iterated(holder, node, kind)
        elif holder.type == "spread_element":
            self._spread(holder, node, kind)
        elif holder.type == "arguments":
            self._argument(holder, node, kind)
        elif holder.type == "array":
            self._array(holder, node, kind)
        elif holder.type == "return_statement" or (holder.type in FUNCTIONS):
            self._returned(node, kind)
        elif holder.type not in ("expression_statement", "unary_expression"):
            self.notes.leaves(kind, self.document.span(node))

    # What a library's own walk says

    def member(self, expression: Node | None, name: str, span: Span, target: Node | None = None) -> None:
        """Note that a member of an answer is read: its value is `expression`, or is bound by the pattern `target`."""

    def called(self, call: Node, name: str, kind: str) -> None:
        """Follow the call of a method of an answer: by default, of its promise."""
        if name == "then":
            given = arguments(call)
            self.callback(given[0] if given else call, (0,), kind)
        elif name in ("promise", "catch", "finally"):
            self.follow(call, kind)
        else:
            self.notes.leaves(kind, self.document.name_span(call))

    def unpacked(self, target: Node, kind: str) -> None:
        """Follow a pattern that is not that of an object's members or of the items of a list."""
        self.notes.leaves(kind, self.document.span(target))

    def stored(self, holder: Node, name: str) -> None:
        """Note that an attribute of an item is set."""

    # What is read of it

    def dotted(self, holder: Node, kind: str) -> None:
        """Follow `value.name`, called or not."""
        key = holder.child_by_field_name("property")
        name = self.document.text_of(key) if key is not None else ""
        span = self.document.span(key if key is not None else holder)
        call = self.document.parent(holder)
        called = call is not None and call.type == "call_expression" and call.child_by_field_name("function") == holder
        if kind not in (ITEMS, ITEM) and called and call is not None:
            self.called(call, name, kind)
        elif kind == RESPONSE:
            self.member(holder, name, span)
        elif kind == ITEMS:
            if called and call is not None:
                self.array_method(call, name)
            elif name == "length":
                self._length(holder)
            else:
                self.notes.leaves(kind, span)
        elif kind == ITEM:
            self._attribute(holder, name, span, called=called)
        else:
            self.notes.leaves(kind, span)

    def _attribute(self, holder: Node, name: str, span: Span, *, called: bool) -> None:
        outer = self.document.parent(holder)
        if called:
            if name != "hasOwnProperty":
                self.notes.leaves(ITEM, span)
            return
        if outer is not None and outer.type == "assignment_expression" and outer.child_by_field_name("left") == holder:
            self.stored(holder, name)
            return
        if outer is not None and outer.type == "unary_expression" and self.document.text_of(outer).startswith("delete"):
            return
        self.notes.attribute(name, span)

    def subscript(self, holder: Node, node: Node, kind: str) -> None:
        """Follow `value[…]`; `node` is the value."""
        index = holder.child_by_field_name("index")
        if index is None or index == node:
            self.notes.leaves(kind, self.document.span(node))
            return
        said = self.document.string_value(index)
        span = self.document.span(index)
        if kind == ITEMS:
            if self.document.text_of(index) != "0":
                self.notes.all_items(span)
            self.follow(holder, ITEM)
        elif said is not None and kind == ITEM:
            self._attribute(holder, said, span, called=False)
        elif said is not None and kind == RESPONSE:
            self.member(holder, said, span)
        else:
            self.notes.leaves(kind, self.document.span(node))

    def _length(self, member: Node) -> None:
        """A length is a count, except where it only tells whether there is anything."""
        holder = self.document.parent(member)
        while holder is not None and holder.type in WRAPPERS:
            outer = self.document.parent(holder)
            if outer is not None and outer.type in _CONDITIONS:
                return
            holder = outer
        if holder is not None and holder.type == "binary_expression":
            sides = (holder.child_by_field_name("left"), holder.child_by_field_name("right"))
            operator = holder.child_by_field_name("operator")
            if operator is not None and operator.type in ("&&", "||"):
                return
            if any(side is not None and self.document.text_of(side) in ("0", "1") for side in sides):
                return
        if holder is not None and holder.type in ("unary_expression", "ternary_expression", *_CONDITIONS):
            return
        self.notes.all_items(self.document.span(member))

    # Where it goes

    def pattern(self, target: Node, kind: str) -> None:
        """Follow what a declaration, a parameter or an assignment binds."""
        if target.type in ("required_parameter", "optional_parameter"):
            inner = target.child_by_field_name("pattern")
            if inner is not None:
                self.pattern(inner, kind)
        elif target.type in ("assignment_pattern", "object_assignment_pattern"):
            left = target.child_by_field_name("left")
            if left is not None:
                self.pattern(left, kind)
        elif target.type in ("identifier", "shorthand_property_identifier_pattern"):
            for use in self._uses.uses(target):
                self.follow(use, kind)
        elif target.type == "object_pattern" and kind in (RESPONSE, ITEM):
            for part in target.named_children:
                self._part(part, kind)
        elif target.type == "array_pattern" and kind == ITEMS:
            inside = [child for child in target.named_children if child.type != "comment"]
            if len(inside) > 1 or any(child.type == "rest_pattern" for child in inside):
                self.notes.all_items(self.document.span(target))
            for child in inside:
                rest = child.type == "rest_pattern"
                self.pattern(child.named_children[0] if rest else child, ITEMS if rest else ITEM)
        else:
            self.unpacked(target, kind)

    def _part(self, part: Node, kind: str) -> None:
        """Follow one part of an object pattern."""
        document = self.document
        target: Node | None = part
        key: Node | None = part
        if part.type == "pair_pattern":
            key, target = part.child_by_field_name("key"), part.child_by_field_name("value")
        elif part.type == "object_assignment_pattern":
            key = target = part.child_by_field_name("left")
        elif part.type in ("rest_pattern", "comment"):
            if part.type == "rest_pattern":
                self.notes.leaves(kind, document.span(part))
            return
        name = document.key_text(key) if key is not None else None
        if name is None or target is None or key is None:
            self.notes.leaves(kind, document.span(part))
        elif kind == ITEM:
            self.notes.attribute(name, document.span(key))
        else:
            self.member(None, name, document.span(key), target)

    def _assigned(self, holder: Node, node: Node, kind: str) -> None:
        left = holder.child_by_field_name("left")
        if left is None or left == node:
            return
        if left.type in ("identifier", "object_pattern", "array_pattern"):
            self.pattern(left, kind)
            outer = self.document.parent(holder)
            if outer is not None and outer.type != "expression_statement":
                self.follow(holder, kind)
        else:
            self.notes.leaves(kind, self.document.span(node))

    def _binary(self, holder: Node, node: Node, kind: str) -> None:
        operator = holder.child_by_field_name("operator")
        left, right = holder.child_by_field_name("left"), holder.child_by_field_name("right")
        sign = operator.type if operator is not None else ""
        if sign in ("??", "||") or (sign == "&&" and right == node):
            self.follow(holder, kind)
        elif sign == "in" and right == node and left is not None:
            said = self.document.string_value(left)
            if said is not None and kind == ITEM:
                self.notes.attribute(said, self.document.span(left))
            elif said is not None and kind == RESPONSE:
                self.notes.member(said, self.document.span(left))

    def iterated(self, loop: Node, node: Node, kind: str) -> None:
        """Follow what `for (… of value)` binds."""
        left = loop.child_by_field_name("left")
        inner = {ITEMS: ITEM, PAGES: RESPONSE}.get(kind)
        of = any(child.type == "of" for child in loop.children)
        if left is None or inner is None or not of or loop.child_by_field_name("right") != node:
            self.notes.leaves(kind, self.document.span(node))
            return
        if kind == ITEMS:
            self.notes.all_items(self.document.span(node))
        self.pattern(left, inner)

    def _spread(self, spread: Node, node: Node, kind: str) -> None:
        outer = self.document.parent(spread)
        if outer is not None and kind == ITEMS and outer.type == "array":
            self.notes.all_items(self.document.span(node))
            self.follow(outer, ITEMS)
            return
        if outer is not None and kind == ITEMS and outer.type == "arguments":
            call = self.document.parent(outer)
            if call is not None and self.document.callee_name(call) in ("push", "unshift", "concat"):
                self._accumulated(call, node)
                return
        self.notes.leaves(kind, self.document.span(node))

    def _accumulated(self, call: Node, node: Node) -> None:
        self.notes.all_items(self.document.span(node))
        holder = self.document.receiver_node(call)
        if self.document.callee_name(call) == "concat":
            self.follow(call, ITEMS)
        elif holder is not None and holder.type == "identifier":
            for use in self._uses.uses(holder):
                self.follow(use, ITEMS)
        else:
            self.notes.leaves(ITEMS, self.document.span(node))

    def _argument(self, given: Node, node: Node, kind: str) -> None:
        call = self.document.parent(given)
        name = self.document.callee_name(call) if call is not None else ""
        if call is None or name in _HARMLESS:
            return
        if kind == ITEM and name == "unmarshall":
            self.follow(call, ITEM)
        elif kind == ITEM and name in ("push", "unshift") and len(arguments(call)) == 1:
            self._accumulated(call, node)
        elif logs(name, self.document.receiver(call)):
            self.notes.shown(kind, self.document.span(node))
        elif kind == ITEMS and name in ("concat", "from"):
            self.notes.all_items(self.document.span(node))
            self.follow(call, ITEMS)
        else:
            self.notes.leaves(kind, self.document.span(node))

    def _array(self, array: Node, node: Node, kind: str) -> None:
        if kind == ITEM:
            self.follow(array, ITEMS)
            return
        given = self.document.parent(array)
        call = self.document.parent(given) if given is not None and given.type == "arguments" else None
        if kind not in (ITEMS, ITEM, PAGES) and call is not None and self.document.receiver(call) == "Promise":
            outer = self.document.parent(call)
            while outer is not None and (outer.type in WRAPPERS or outer.type == "await_expression"):
                outer = self.document.parent(outer)
            target = outer.child_by_field_name("name") if outer is not None else None
            if target is not None and target.type == "array_pattern":
                at = [child for child in array.named_children if child.type != "comment"].index(node)
                parts = [child for child in target.named_children if child.type != "comment"]
                if at < len(parts) and len(parts) == target.named_child_count:
                    self.pattern(parts[at], kind)
                    return
        self.notes.leaves(kind, self.document.span(node))

    def _returned(self, node: Node, kind: str) -> None:
        """A callback of `map` that gives the item back hands it on to the new list; others return it."""
        function = self.document.function_of(node)
        call = self._maps.get(function.id) if function is not None else None
        if call is not None and kind == ITEM:
            self.follow(call, ITEMS)
        else:
            self.notes.leaves(kind, self.document.span(node))

    # Callbacks

    def array_method(self, call: Node, name: str) -> None:
        """Follow the call of a method of a list of items."""
        span = self.document.name_span(call)
        given = arguments(call)
        if name not in ("at", "shift"):
            self.notes.all_items(span)
        if name in _CALLBACKS and given:
            if name in ("map", "flatMap") and self.document.text_of(given[0]).split(".")[-1] == "unmarshall":
                self.follow(call, ITEMS)
                return
            self.callback(given[0], _CALLBACKS[name], ITEM, call if name in ("map", "flatMap") else None)
        elif name not in _STILL_ITEMS | _ONE_ITEM | {"push", "unshift", "splice", "indexOf", "includes"}:
            self.notes.leaves(ITEMS, span)
        if name in _STILL_ITEMS:
            self.follow(call, ITEMS)
        elif name in _ONE_ITEM:
            self.follow(call, ITEM)

    def callback(self, function: Node, positions: tuple[int, ...], kind: str, mapped: Node | None = None) -> None:
        """Follow what a callback is given at some of its parameters."""
        found = self.document.resolve(function)
        if found.type not in FUNCTIONS:
            if self.document.text_of(function) not in _HARMLESS:
                self.notes.leaves(kind, self.document.span(function))
            return
        if mapped is not None:
            self._maps[found.id] = mapped
        bound = parameters(found)
        for position in positions:
            if position < len(bound):
                self.pattern(bound[position], kind)
