"""A parsed region of JavaScript or TypeScript: the questions that embedders, readers and rules ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from leaktight.languages.document import Document
from leaktight.languages.javascript import calls, imports, loops, naming, objects
from leaktight.languages.javascript.index import NodeIndex
from leaktight.languages.javascript.mutations import Mutation, Mutations
from leaktight.languages.javascript.parsing import tree_of
from leaktight.languages.javascript.positions import ByteOffsets
from leaktight.languages.javascript.reaching import reaching
from leaktight.languages.javascript.resolving import Resolver
from leaktight.languages.javascript.scopes import Declaration, Scopes
from leaktight.languages.javascript.strings import Piece, TemplatePart, pieces_of
from leaktight.source import Language, Region, Source
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_CONCATENATION_DEEPEST = 200


class JavascriptDocument(Document):
    """A region with its tree-sitter tree. All spans are code points of the region."""

    def __init__(self, region: Region, source: Source, tree: Tree) -> None:
        super().__init__(region, source)
        self.tree = tree
        self.root: Node = tree.root_node
        self.typed = region.language in (Language.TYPESCRIPT, Language.TSX)
        self._offsets = ByteOffsets(region.text)
        self._parents: dict[int, Node | None] = {}

    @cached_property
    def _index(self) -> NodeIndex:
        return NodeIndex(self.tree, typed=self.typed)

    @cached_property
    def _scopes(self) -> Scopes:
        return Scopes(self)

    @cached_property
    def _resolver(self) -> Resolver:
        return Resolver(self)

    @cached_property
    def _mutations(self) -> Mutations:
        return Mutations(self)

    @cached_property
    def imports(self) -> Mapping[str, tuple[str, str]]:
        """`{local: (module, exported)}`; `exported` is `default`, or `*` for the whole module."""
        return imports.imports_of(self)

    def span(self, node: Node) -> Span:
        """Give the span of a node."""
        return Span(self._offsets.point(node.start_byte), self._offsets.point(node.end_byte))

    def text_of(self, node: Node) -> str:
        """Give the text of a node."""
        start, end = self.span(node)
        return self.region.text[start:end]

    def node_at(self, span: Span) -> Node | None:
        """Give the smallest named node that covers a span."""
        start, end = self._offsets.byte(span.start), self._offsets.byte(span.end)
        return self.root.named_descendant_for_byte_range(start, end)

    def find(self, *kinds: str) -> list[Node]:
        """Give the nodes of these tree-sitter types in document order; do not change the list."""
        return self._index.find(*kinds)

    def parent(self, node: Node) -> Node | None:
        """Give the node that a node stands in."""
        try:
            return self._parents[node.id]
        except KeyError:
            found = self._parents[node.id] = node.parent
            return found

    def ancestors(self, node: Node) -> Iterator[Node]:
        """Give the nodes round a node, from the inside out."""
        outer = self.parent(node)
        while outer is not None:
            yield outer
            outer = self.parent(outer)

    def unwrap(self, node: Node) -> Node:
        """Give what stands inside parentheses, `as`, `satisfies` and `!`."""
        return calls.unwrapped(node)

    def function_of(self, node: Node) -> Node | None:
        """Give the innermost function that a node stands in."""
        return next((outer for outer in self.ancestors(node) if outer.type in calls.FUNCTIONS), None)

    def function_name(self, function: Node) -> str:
        """Give a function's name, dotted: `Loader.load`, `repo.find`, `handler`; empty for a bare callback."""
        return naming.function_name(self, function)

    def parameters(self, function: Node) -> list[str]:
        """Give the names that a function's parameters bind."""
        return [name for names in self.parameter_names(function) for name in names]

    def parameter_names(self, function: Node) -> list[list[str]]:
        """Give the names that each parameter of a function binds: several, or none, where it is taken apart."""
        return [[self.text_of(name) for name in calls.bound_names(one)] for one in calls.parameters(function)]

    def parameter_position(self, function: Node, name: Node) -> int | None:
        """Give the position from 0 of the parameter that a declared name stands in; None when it is no parameter's."""
        found = (index for index, one in enumerate(calls.parameters(function)) if calls.holds(one, name))
        return next(found, None)

    def decorators(self, function: Node) -> list[Node]:
        """Give the decorators of a method or class."""
        return calls.decorators(function)

    def callee_name(self, call: Node) -> str:
        """Give the last name of what a call, construction or tagged template calls; empty without one."""
        name = calls.name_node(calls.callee(call))
        return self.text_of(name) if name is not None else ""

    def name_span(self, call: Node) -> Span:
        """Give the span of a callee's last name; of the whole callee where it has none."""
        called = calls.callee(call)
        name = calls.name_node(called)
        if name is not None:
            return self.span(name)
        return self.span(called if called is not None else call)

    def receiver_node(self, call: Node) -> Node | None:
        """Give the expression before a callee's last dot, unwrapped."""
        called = calls.callee(call)
        if called is None or called.type not in ("member_expression", "subscript_expression"):
            return None
        holder = called.child_by_field_name("object")
        return calls.unwrapped(holder) if holder is not None else None

    def receiver(self, call: Node) -> str:
        """Give the text before a callee's last dot: `this.db`; empty for a plain function."""
        holder = self.receiver_node(call)
        return self.text_of(holder) if holder is not None else ""

    def arguments(self, call: Node) -> list[Node]:
        """Give the arguments of a call in order; the template of a tagged template."""
        return calls.arguments(call)

    def declarations(self, name: str, at: Node) -> list[Declaration]:
        """Give what gives a name its value as seen at a node, in document order."""
        return self._scopes.declarations(name, at)

    def reaching(self, identifier: Node) -> list[Declaration]:
        """Give the declarations and assignments whose value a name may have where it stands, in document order."""
        return reaching(self, identifier)

    def resolve(self, node: Node) -> Node:
        """Give the node that an expression gets its value from; itself, unwrapped, where that is not known.

        Follows a name assigned exactly once, a member of a constant object, a field of a class assigned
        once, and destructuring, a few hops far.
        """
        return self._resolver.resolve(node)

    def object_literal(self, node: Node) -> objects.ObjectView | None:
        """Give the object that an expression stands for; None when no literal can be seen."""
        return objects.view_object(self, node)

    def mutations(self, use: Node) -> list[Mutation]:
        """Give the writes into an object that may have been made when the identifier `use` is read."""
        return self._mutations.of(use)

    def key_text(self, key: Node) -> str | None:
        """Give the name that a property's key says; None when it is computed."""
        if key.type == "string":
            return self.string_value(key)
        if key.type == "computed_property_name":
            return self.string_value(key.named_children[0]) if key.named_child_count else None
        return self.text_of(key)

    def string_value(self, node: Node, depth: int = 0) -> str | None:
        """Give the string that an expression is: a literal, constants joined by `+`, a name for either."""
        node = calls.unwrapped(node)
        if node.type in ("string", "template_string"):
            parts = self.template_parts(node)
            if any(part.expression is not None for part in parts):
                return None
            return "".join(piece.text for piece in self.pieces(node))
        if depth > _CONCATENATION_DEEPEST:
            return None
        if node.type == "binary_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            operator = node.child_by_field_name("operator")
            if left is None or right is None or operator is None or operator.type != "+":
                return None
            first = self.string_value(left, depth + 1)
            second = self.string_value(right, depth + 1) if first is not None else None
            return first + second if first is not None and second is not None else None
        if node.type in ("identifier", "shorthand_property_identifier", "member_expression", "subscript_expression"):
            value = self.resolve(node)
            return self.string_value(value, depth + 1) if value != node else None
        return None

    def pieces(self, node: Node) -> list[Piece]:
        """Give the inside of a string or a template without `${…}`, piece by piece, escapes read."""
        return [
            piece
            for part in self.template_parts(node)
            if part.expression is None
            for piece in pieces_of(self.region.text, part.span)
        ]

    def template_parts(self, node: Node) -> list[TemplatePart]:
        """Give the parts of a template or string in order: text, and `${…}` with its expression."""
        whole = self.span(node)
        closed = whole.length > 1 and self.region.text[whole.end - 1] == self.region.text[whole.start]
        at, end = whole.start + 1, whole.end - closed
        parts: list[TemplatePart] = []
        for child in node.named_children:
            if child.type != "template_substitution":
                continue
            hole = self.span(child)
            if hole.start > at:
                parts.append(TemplatePart(Span(at, hole.start)))
            inner = [one for one in child.named_children if one.type != "comment"]
            parts.append(TemplatePart(hole, inner[0] if inner else child))
            at = hole.end
        if at < end:
            parts.append(TemplatePart(Span(at, end)))
        return parts

    def loop_of(self, node: Node) -> loops.JavascriptLoop | None:
        """Give the innermost loop that runs a node again and again."""
        return loops.loop_of(self, node)

    def awaited(self, call: Node) -> bool:
        """Say whether a call's promise is awaited where it stands, also inside `Promise.all([…])` or `.promise()`."""
        return naming.awaited(self, call)

    def comments(self) -> list[tuple[Span, str]]:
        """Give each comment's span and text, with its `//` or `/*`."""
        return [(span, self.slice(span)) for span in map(self.span, self.find("comment"))]


def parse_javascript(region: Region, source: Source) -> JavascriptDocument:
    """Parse a region of JavaScript, TypeScript or TSX.

    A tree with a few errors is used as it is. Raises `NotAnalysable` for a text with a line of 100,000
    characters and more (minified), one nested more than 1,000 deep, and one whose tree is mostly errors.
    """
    return JavascriptDocument(region, source, tree_of(region.text, region.language))
