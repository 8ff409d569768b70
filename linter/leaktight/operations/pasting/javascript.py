"""Where the values come from that JavaScript and TypeScript put into SQL text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import FUNCTIONS
from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.operations.pasting.javascript_checks import checked_at
from leaktight.operations.pasting.javascript_names import NAMES, Names
from leaktight.operations.pasting.javascript_types import is_plain
from leaktight.operations.pasting.origin import (
    COMMAND_LINE,
    DEEPEST,
    NUMBER_WORDS,
    PLACEHOLDER_WORDS,
    SAFE,
    SERVER_PARTS,
    SETTING_WORDS,
    TYPED_IN,
    UNKNOWN,
    Doubt,
    Origin,
    is_escaper,
    of_part,
    outside,
    worst,
)
from leaktight.text import Span, words_of

if TYPE_CHECKING:
    from tree_sitter import Node

_CONSTANTS = frozenset({"string", "number", "true", "false", "null", "undefined", "regex", "update_expression"})
_PLAIN_CALLS = frozenset(
    "Number parseInt parseFloat BigInt Boolean isNaN isFinite uuid uuidv4 uuidv7 randomUUID ulid nanoid toFixed toISOString "
    "getTime getFullYear getMonth getDate valueOf indexOf findIndex includes has some every test charCodeAt format "
    "toDateString toUnixTime unix now round floor ceil abs trunc max min pow random startOf endOf digest hash".split()
)
"""Functions and methods that give numbers, dates, truth values, identifiers made on the spot."""
_PASSED_ON = frozenset(
    "String toString trim trimStart trimEnd toLowerCase toUpperCase slice substring substr split join concat filter flat "
    "reverse sort padStart padEnd repeat at pop shift keys values entries from of stringify decodeURIComponent "
    "encodeURIComponent unescape structuredClone fill get all json text replace replaceAll normalize find clone "
    "fromEntries assign toSorted toReversed with".split()
)
"""Functions and methods that give what they are given, or a part of it."""
_MADE_OF = frozenset({"URL", "URLSearchParams", "String", "Array", "Set", "Map", "Object"})
_REQUESTS = frozenset({"req", "request", "searchParams", "queryStringParameters", "pathParameters"})
_OF_EXPRESS = frozenset(
    """query params param body rawBody headers header get cookies signedCookies url originalUrl path hostname host ip ips file
    files fields protocol subdomains json text formData nextUrl searchParams queryStringParameters pathParameters req
    request""".split()
)
"""What of Express's `req` whoever sends the request chooses; all else the server's own code has hung onto it."""
_CONTEXT_PARTS = frozenset({"query", "params", "req", "request", "body", "args"})


def origin_in_javascript(document: JavascriptDocument, hole: Span) -> Origin | None:
    """Give the origin of what stands in a hole: an expression, or `${…}` round it; None where no expression stands."""
    node = document.node_at(hole)
    if node is not None and node.type == "template_substitution":
        node = node.named_child(0)
    return None if node is None else _Origins(document).of(node, DEEPEST)


class _Origins:
    """Follows a value backwards through one module."""

    def __init__(self, document: JavascriptDocument) -> None:
        self._document = document
        self._names = Names(document, self.of)

    def of(self, node: Node, depth: int) -> Origin:
        """Give the origin of an expression, some steps deep."""
        if depth <= 0:
            return UNKNOWN
        if node.type in _CONSTANTS or node.type in FUNCTIONS:
            return SAFE
        match node.type:
            case "template_string":
                return worst(*(self.of(part, depth - 1) for part in _holes(node)))
            case "binary_expression":
                return self._operation(node, depth)
            case "unary_expression":
                return SAFE
            case "ternary_expression":
                return worst(*self._fields(node, depth, "consequence", "alternative"))
            case "as_expression" | "satisfies_expression" | "type_assertion":
                return self._cast(node, depth)
            case "parenthesized_expression" | "non_null_expression" | "await_expression" | "spread_element":
                inner = node.named_child(0)
                return self.of(inner, depth) if inner is not None else UNKNOWN
            case "array" | "object":
                return worst(*(self.of(child, depth - 1) for child in node.named_children if child.type != "comment"))
            case "pair":
                return worst(*self._fields(node, depth, "value"))
            case "assignment_expression" | "augmented_assignment_expression":
                return worst(*self._fields(node, depth, "right"))
            case "member_expression" | "subscript_expression":
                return self._part(node, depth)
            case "call_expression":
                return self._call(node, depth)
            case "new_expression":
                return self._construction(node, depth)
        return self._names.of(node, depth) if node.type in NAMES else UNKNOWN

    def _fields(self, node: Node, depth: int, *names: str) -> list[Origin]:
        found = [node.child_by_field_name(name) for name in names]
        return [self.of(one, depth - 1) for one in found if one is not None]

    def _operation(self, node: Node, depth: int) -> Origin:
        operator = node.child_by_field_name("operator")
        kind = operator.type if operator is not None else ""
        if kind in ("+", "||", "??"):
            return worst(*self._fields(node, depth, "left", "right"))
        # What `a && b` gives when it is not `b` is empty; all that is left compares.
        return worst(*self._fields(node, depth, "right")) if kind == "&&" else SAFE

    def _cast(self, node: Node, depth: int) -> Origin:
        """Give the origin of a cast: TypeScript believes it, a request does not."""
        kind, inside = node.named_child(node.named_child_count - 1), node.named_child(0)
        if node.type == "type_assertion" and inside is not None:
            kind, inside = inside.named_child(0), kind
        if inside is None:
            return UNKNOWN
        found = self.of(inside, depth)
        return SAFE if found.doubt is not Doubt.OUTSIDE and is_plain(self._document, kind) else found

    def _part(self, node: Node, depth: int) -> Origin:
        """Give the origin of a member or an element by its owner's."""
        document = self._document
        owner = node.child_by_field_name("object")
        if owner is None:
            return UNKNOWN
        steps = self._steps(node)
        names = [name for name in steps if name]
        if names[:2] == ["process", "argv"]:
            return COMMAND_LINE
        if names[:2] == ["process", "env"] or "meta_property" in (owner.type, document.unwrap(owner).type):
            return SAFE
        last = names[-1] if names else ""
        if last in ("length", "size", "rowCount") or (last.isupper() and len(last) > 1):
            return SAFE
        if checked_at(document, node) is not None:
            return SAFE
        if any(name in SERVER_PARTS for name in steps[1:]) or (steps[0] == "req" and steps[1] not in _OF_EXPRESS):
            return UNKNOWN
        if any(name in _REQUESTS for name in steps[1:]) or (
            steps[0] in ("ctx", "context") and steps[1] in _CONTEXT_PARTS
        ):
            return outside(names[0])
        resolved = document.resolve(node)
        if resolved != document.unwrap(node):
            return of_part(self.of(resolved, depth - 1))
        whole = self._root_origin(owner, depth)
        if whole.doubt is Doubt.OUTSIDE:
            return whole
        words = {word for name in names for word in words_of(name)}
        if not words.isdisjoint(SETTING_WORDS) or not NUMBER_WORDS.isdisjoint(words_of(last)):
            return SAFE
        if self._names.is_plain_member(node):
            return SAFE
        if whole.doubt is Doubt.SAFE and document.unwrap(owner).type not in ("object", "array", "identifier"):
            return UNKNOWN
        return of_part(whole)

    def _root_origin(self, owner: Node, depth: int) -> Origin:
        owner = self._document.unwrap(owner)
        return UNKNOWN if owner.type == "this" else self.of(owner, depth - 1)

    def _steps(self, node: Node) -> list[str]:
        """Give the names of a chain of members from its root; an empty one for what is no name."""
        names: list[str] = []
        document = self._document
        while node.type in ("member_expression", "subscript_expression", "call_expression"):
            if node.type == "call_expression":
                further = node.child_by_field_name("function")
            else:
                key = node.child_by_field_name("property") or node.child_by_field_name("index")
                names.append((document.key_text(key) or "") if key is not None else "")
                further = node.child_by_field_name("object")
            if further is None:
                break
            node = document.unwrap(further)
        names.append(document.text_of(node) if node.type in (*NAMES, "this") else "")
        return names[::-1]

    def _call(self, node: Node, depth: int) -> Origin:
        document = self._document
        name = document.callee_name(node)
        receiver = document.receiver_node(node)
        given = document.arguments(node)
        owner = document.text_of(receiver) if receiver is not None else ""
        if owner == "Math" or is_escaper(name) or not PLACEHOLDER_WORDS.isdisjoint(words_of(name)):
            return SAFE
        if name in _PLAIN_CALLS and owner != "util":
            return SAFE
        if name == "prompt" or (name == "question" and receiver is not None):
            return TYPED_IN
        if name in ("replace", "replaceAll") and self._replaces_quotes(name, given):
            return SAFE
        if name in ("map", "flatMap") and given:
            return self._mapped(given[0], depth)
        if name in _PASSED_ON or owner == "util" or (name == "parse" and owner in ("JSON", "qs", "querystring")):
            parts = [self.of(one, depth - 1) for one in given]
            if receiver is not None and not (receiver.type == "identifier" and owner[:1].isupper()):
                parts.append(self.of(receiver, depth - 1))
            return worst(*parts)
        if receiver is None:
            return UNKNOWN
        if any(step in _REQUESTS for step in self._steps(receiver)) and not SERVER_PARTS.intersection(
            self._steps(receiver)
        ):
            return outside(owner)
        origin = self._root_origin(receiver, depth)
        return origin if origin.doubt is Doubt.OUTSIDE else UNKNOWN

    def _construction(self, node: Node, depth: int) -> Origin:
        name = self._document.callee_name(node)
        if name == "Date":
            return SAFE
        if name in _MADE_OF:
            return worst(*(self.of(one, depth - 1) for one in self._document.arguments(node)))
        return UNKNOWN

    def _mapped(self, function: Node, depth: int) -> Origin:
        """Give the origin of what `map` makes of each element."""
        function = self._document.resolve(function)
        if function.type not in FUNCTIONS:
            name = self._document.text_of(function).rpartition(".")[2]
            return SAFE if name in _PLAIN_CALLS or is_escaper(name) else UNKNOWN
        body = function.child_by_field_name("body")
        if body is None:
            return UNKNOWN
        if body.type != "statement_block":
            return self.of(body, depth - 1)
        document = self._document
        returned = [
            one.named_child(0)
            for one in document.find("return_statement")
            if body.start_byte <= one.start_byte < body.end_byte and document.function_of(one) == function
        ]
        return worst(*(self.of(one, depth - 1) for one in returned if one is not None))

    def _replaces_quotes(self, method: str, given: list[Node]) -> bool:
        """Say whether a `replace` doubles quotes, or takes away all but harmless characters."""
        document = self._document
        if not given:
            return False
        if given[0].type != "regex":
            # `replace` of a plain string stops after the first.
            return method == "replaceAll" and document.string_value(given[0]) == "'"
        pattern = given[0].child_by_field_name("pattern")
        flags = given[0].child_by_field_name("flags")
        text = document.text_of(pattern) if pattern is not None else ""
        if flags is None or "g" not in document.text_of(flags):
            return False
        return "'" not in text if text.startswith(("[^", "\\W", "\\D")) else "'" in text


def _holes(template: Node) -> list[Node]:
    holes = [child.named_child(0) for child in template.named_children if child.type == "template_substitution"]
    return [one for one in holes if one is not None]
