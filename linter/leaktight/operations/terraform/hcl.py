"""Terraform's language as a tree, and the values of its expressions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from leaktight.languages.javascript.positions import ByteOffsets
from leaktight.operations.terraform.values import UNKNOWN, FileText, Reference, Unknown, Value
from leaktight.source import NotAnalysable
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_DEEPEST = 60
"""How many levels of an expression are followed."""
_STEPS = 5_000
_BYTES_A_STEP = 10
_LONGEST_NUMBER = 30
_LONGEST_TEXT = 1_000_000
_MOST_ELEMENTS = 20_000
"""How much a few local values that are made of one another twice over may grow to."""
_SINGLE = frozenset(
    "expression literal_value collection_value template_expr operation parenthesized_expression".split()
)
_BEFORE = "x = "

Resolve = Callable[[Reference, Span, int], Value]
"""Gives what a reference stands for, or itself; the number is the level at which it is asked for."""


@cache
def _parser() -> Parser:
    import tree_sitter_hcl
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_hcl.language()))


class Hcl:
    """A parsed text. `shift` is where it stands in the file; `whole`, where its pieces have no places of their own, its place."""

    def __init__(self, text: str, shift: int = 0, whole: Span | None = None) -> None:
        self._data = text.encode("utf-8", "surrogatepass").replace(b"\0", b" ")
        self._offsets = ByteOffsets(text)
        self._shift = shift
        self._whole = whole
        self.root = self._parse()

    @classmethod
    def expression(cls, text: str, start: int = 0, whole: Span | None = None) -> Hcl:
        """Parse a text that is one expression, as JSON is, and stands at `start` in the file."""
        bare = text.lstrip()
        return cls(_BEFORE + bare, start + len(text) - len(bare) - len(_BEFORE), whole)

    def _parse(self) -> Node:
        """Parse, and give up on a text whose errors send the parser through ever more ways to mend them."""
        left = _STEPS + len(self._data) // _BYTES_A_STEP

        def enough(_offset: int, _errors: bool) -> bool:
            nonlocal left
            left -= 1
            return left < 0

        try:
            return _parser().parse(lambda offset, _point: self._data[offset:], progress_callback=enough).root_node
        except ValueError as problem:
            _parser().reset()
            raise NotAnalysable("not valid HCL: the parser finds no way through its errors") from problem

    def span(self, node: Node) -> Span:
        """Give the place of a node in the file."""
        if self._whole is not None:
            return self._whole
        start, end = self._offsets.point(node.start_byte), self._offsets.point(node.end_byte)
        return Span(start + self._shift, end + self._shift)

    def text(self, node: Node) -> str:
        """Give the text of a node."""
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "surrogatepass")

    def only_value(self, resolve: Resolve, depth: int = 0) -> Value | None:
        """Give the value of a text that is one expression; None where it is not just that."""
        bodies = [child for child in self.root.named_children if child.type == "body"]
        attributes = bodies[0].named_children if len(bodies) == 1 else []
        if self.root.has_error or len(attributes) != 1 or attributes[0].type != "attribute":
            return None
        return self.value(attributes[0].named_children[-1], resolve, depth)

    def value(self, node: Node, resolve: Resolve, depth: int = 0) -> Value:
        """Give what an expression is worth."""
        while node.type in _SINGLE and node.named_child_count == 1:
            node = node.named_children[0]
        span = self.span(node)
        if depth > _DEEPEST or node.has_error:
            return Value(UNKNOWN, span)
        match node.type:
            case "string_lit" | "quoted_template":
                return self._quoted(node, resolve, depth)
            case "heredoc_template":
                return self._heredoc(node, resolve, depth)
            case "numeric_lit":
                return Value(_number(self.text(node)), span)
            case "bool_lit":
                return Value(self.text(node) == "true", span)
            case "null_lit":
                return Value(None, span)
            case "tuple":
                elements = [child for child in node.named_children if child.type == "expression"]
                if any(child.type.startswith("for") for child in node.named_children):
                    return Value(UNKNOWN, span)
                return Value(tuple(self.value(child, resolve, depth + 1) for child in elements), span)
            case "object":
                return Value(dict(self._members(node, resolve, depth)), span)
            case "function_call":
                return self._call(node, resolve, depth)
            case "binary_operation":
                return self._operation(node, resolve, depth)
            case "expression" | "variable_expr":
                names = self._names([node] if node.type == "variable_expr" else node.named_children)
                return resolve(Reference(names), span, depth + 1) if names else Value(UNKNOWN, span)
            case _:
                return Value(UNKNOWN, span)

    def _side(self, nodes: list[Node], resolve: Resolve, depth: int) -> object:
        if len(nodes) == 1:
            return self.value(nodes[0], resolve, depth).data
        names = self._names(nodes)
        return resolve(Reference(names), self.span(nodes[0]), depth).data if names else UNKNOWN

    def _names(self, nodes: list[Node]) -> tuple[str, ...]:
        """Give the names of `local.tables.orders`; nothing where an index or a splat is among them."""
        names: list[str] = []
        for child in nodes:
            if child.type not in ("variable_expr", "get_attr") or child.named_child_count != 1:
                return ()
            names.append(self.text(child.named_children[0]))
        return tuple(names)

    def _quoted(self, node: Node, resolve: Resolve, depth: int) -> Value:
        pieces: list[str] = []
        length = 0
        inner = [
            child for child in node.named_children if child.type not in ("quoted_template_start", "quoted_template_end")
        ]
        if len(inner) == 1 and inner[0].type == "template_interpolation":
            expression = _expression(inner[0])
            return (
                self.value(expression, resolve, depth + 1)
                if expression is not None
                else Value(UNKNOWN, self.span(node))
            )
        span = self.span(node)
        for child in inner:
            if child.type == "template_literal":
                piece = _unescaped(self.text(child))
            elif child.type == "template_interpolation" and (expression := _expression(child)) is not None:
                piece = self.value(expression, resolve, depth + 1).text
            else:
                piece = None
            if piece is None:
                return Value(self._file_path(pieces, inner), span)
            pieces.append(piece)
            length += len(piece)
            if length > _LONGEST_TEXT:
                return Value(UNKNOWN, span)
        within = span if span.end - span.start < 2 or self._whole is not None else Span(span.start + 1, span.end - 1)
        return Value("".join(pieces), within)

    def _file_path(self, pieces: list[str], inner: list[Node]) -> object:
        """Give a path that begins with the module's own folder: `${path.module}/schemas/orders.json`."""
        if pieces or len(inner) != 2 or inner[1].type != "template_literal":
            return UNKNOWN
        expression = _expression(inner[0])
        names = self._names(expression.named_children) if expression is not None else ()
        rest = _unescaped(self.text(inner[1])) or ""
        return FileText(rest.lstrip("/")) if names in (("path", "module"), ("path", "root")) else UNKNOWN

    def _heredoc(self, node: Node, resolve: Resolve, depth: int) -> Value:
        marks = [child for child in node.named_children if child.type == "heredoc_identifier"]
        if len(marks) != 2:
            return Value(UNKNOWN, self.span(node))
        literal = [child for child in node.named_children if child.type not in ("heredoc_start", "heredoc_identifier")]
        start, end = marks[0].end_byte, marks[1].start_byte
        written = self._data[start:end].decode("utf-8", "surrogatepass")
        whole = self._whole
        at = self._offsets.point(start) + self._shift
        if written.lstrip()[:1] in ("[", "{"):
            found = Hcl.expression(written, at, whole).only_value(resolve, depth + 1)
            if found is not None:
                return found
        if any(child.type != "template_literal" for child in literal):
            return Value(UNKNOWN, self.span(node))
        return Value(written.strip(), whole or Span(at, at + len(written)))

    def _members(self, node: Node, resolve: Resolve, depth: int) -> Iterator[tuple[str, tuple[Span, Value]]]:
        for child in node.named_children:
            if child.type != "object_elem" or child.named_child_count != 2:
                continue
            key, value = child.named_children
            bare = key
            while bare.type in _SINGLE and bare.named_child_count == 1:
                bare = bare.named_children[0]
            if bare.type == "variable_expr":
                name: str | None = self.text(bare)
                place = self.span(bare)
            else:
                folded = self.value(key, resolve, depth + 1)
                name, place = folded.text, folded.span
            if name is not None:
                yield name, (place, self.value(value, resolve, depth + 1))

    def _call(self, node: Node, resolve: Resolve, depth: int) -> Value:
        span = self.span(node)
        name = self.text(node.named_children[0])
        given = [child for child in node.named_children if child.type == "function_arguments"]
        arguments = [child for child in (given[0].named_children if given else []) if child.type == "expression"]
        if not arguments:
            return Value(UNKNOWN, span)
        first = self.value(arguments[0], resolve, depth + 1)
        match name:
            case "jsonencode" | "jsondecode" | "tolist" | "trimspace" | "tostring" if len(arguments) == 1:
                return first
            case "file" | "templatefile":
                if isinstance(first.data, FileText):
                    return first
                return Value(FileText(first.text) if first.text is not None else UNKNOWN, span)
            case "concat":
                lists = [first, *(self.value(argument, resolve, depth + 1) for argument in arguments[1:])]
                parts = [one.items if one.items is not None else (Value(UNKNOWN, one.span),) for one in lists]
                whole = tuple(item for part in parts for item in part)
                return Value(whole if len(whole) < _MOST_ELEMENTS else UNKNOWN, span)
            case "lower" | "upper" if first.text is not None and len(arguments) == 1:
                return Value(first.text.lower() if name == "lower" else first.text.upper(), first.span)
            case _:
                return Value(UNKNOWN, span)

    def _operation(self, node: Node, resolve: Resolve, depth: int) -> Value:
        span = self.span(node)
        children = node.children
        signs = [index for index, child in enumerate(children) if not child.is_named]
        if len(signs) != 1:
            return Value(UNKNOWN, span)
        at = signs[0]
        left, right = (self._side(side, resolve, depth + 1) for side in (children[:at], children[at + 1 :]))
        if not _is_number(left) or not _is_number(right):
            return Value(UNKNOWN, span)
        return Value(_worked_out(children[at].type, left, right), span)


def _expression(node: Node) -> Node | None:
    return next((child for child in node.named_children if child.type == "expression"), None)


def _is_number(data: object) -> bool:
    return isinstance(data, (int, float)) and not isinstance(data, bool)


def _number(text: str) -> int | float | Unknown:
    if len(text) > _LONGEST_NUMBER:
        return UNKNOWN
    try:
        return int(text) if text.isdigit() else float(text)
    except (ValueError, OverflowError):
        return UNKNOWN


def _worked_out(sign: str, left: object, right: object) -> object:
    """Give what numbers of a usual size make; nothing is raised to a power here, so that nothing grows without end."""
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)) or max(abs(left), abs(right)) > 1e18:
        return UNKNOWN
    match sign:
        case "*":
            return left * right
        case "+":
            return left + right
        case "-":
            return left - right
        case "/" if right:
            return left / right
        case _:
            return UNKNOWN


def _unescaped(text: str) -> str | None:
    """Give what a quoted text means; None where it is written as none can be."""
    if "\\" not in text and "$$" not in text and "%%" not in text:
        return text
    try:
        found = json.loads(f'"{text}"', strict=False)
    except ValueError:
        return None
    return str(found).replace("$${", "${").replace("%%{", "%{")
