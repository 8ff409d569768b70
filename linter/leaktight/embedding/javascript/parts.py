"""A string expression taken apart: text that stands in the file, text spelled otherwise, and unknown pieces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leaktight.languages.javascript import JavascriptDocument
from leaktight.lazy import record
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_DEEPEST = 12
_LONGEST_CHAIN = 2_000
_MOST_PARTS = 5_000
_FORBIDDEN_IN_TEMPLATE = "`\\{"
_NAMES = frozenset({"identifier", "shorthand_property_identifier", "member_expression", "subscript_expression"})
_EMPTY = frozenset({"Prisma.empty", "sql.empty"})
_LITERALS = frozenset({"number", "true", "false"})
_TRIMS = frozenset({"trim", "trimStart", "trimEnd", "toString", "valueOf", "normalize"})
_DEDENTS = frozenset({"dedent", "outdent", "stripIndent", "stripIndents", "oneLine", "raw", "String.raw"})
_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_GROWING = frozenset({"push", "unshift", "splice"})
_TYPED_TAGS = frozenset({"type", "typeAlias"})
_TAG_OBJECTS = frozenset({"sql", "slonik.sql", "this.sql"})
SQL_TAGS = frozenset(
    {"sql", "SQL", "Prisma.sql", "db.sql", "slonik.sql", "sqlTag", "sql.type", "sql.fragment", "sql.unsafe"}
)


@record(frozen=True, slots=True)
class Part:
    """A piece of a string: `text` at `span`; `expression` and no text when it is only known at run time.

    `verbatim` says that the text stands at the span as it is. `bound` marks an unknown piece that a tag
    sends apart from the text.
    """

    span: Span
    text: str = ""
    verbatim: bool = True
    forbidden: str = ""
    expression: Node | None = None
    bound: bool = False


def is_sql_tag(document: JavascriptDocument, call: Node) -> bool:
    """Say whether a call is a template whose tag binds its values as parameters of SQL."""
    given = call.child_by_field_name("arguments")
    if call.type != "call_expression" or given is None or given.type != "template_string":
        return False
    called = call.child_by_field_name("function")
    if called is not None and called.type == "call_expression":
        # slonik: ``sql.type(row)`…` ``
        return document.callee_name(called) in _TYPED_TAGS and document.receiver(called) in _TAG_OBJECTS
    name, receiver = document.callee_name(call), document.receiver(call)
    return name in ("sql", "SQL", "$queryRaw", "$executeRaw", "sqlTag") or f"{receiver}.{name}" in SQL_TAGS


def _growing(document: JavascriptDocument) -> frozenset[str]:
    """Give the names of the arrays that items are put into somewhere: what they hold when they are joined is not known."""
    calls = document.find("call_expression")
    return frozenset(document.receiver(call) for call in calls if document.callee_name(call) in _GROWING)


class Flattener:
    """Takes string expressions of one document apart, through names, `+`, `join`, tags and small functions."""

    def __init__(self, document: JavascriptDocument) -> None:
        self._document = document
        self._used: set[int] = set()
        self._latest: set[int] = set()
        self._seen: set[int] = set()
        self._arms: dict[str, int] = {}
        self._taken = 0

    def parts(self, node: Node) -> list[Part]:
        """Give the parts of an expression in order; one unknown part when nothing of it is known."""
        self._seen = set()
        self._latest = set()
        self._arms = {}
        self._taken = 0
        return self._parts(node, 0, bound=False)[:_MOST_PARTS]

    def keep(self) -> None:
        """Mark the literals of the expression that was taken apart last as SQL that was found."""
        self._used |= self._latest

    def kept(self, literal: Node) -> bool:
        """Say whether a literal is part of SQL that was found."""
        return literal.id in self._used

    def _unknown(self, node: Node, bound: bool) -> list[Part]:
        return [Part(self._document.span(node), expression=node, bound=bound)]

    def _parts(self, node: Node, depth: int, *, bound: bool) -> list[Part]:
        node = self._document.unwrap(node)
        self._taken += 1
        if depth > _DEEPEST or self._taken > _MOST_PARTS:
            return self._unknown(node, bound)
        if node.type in ("string", "template_string"):
            return self._literal(node, depth, bound=bound)
        if node.type == "binary_expression":
            return self._binary(node, depth, bound)
        if node.type == "ternary_expression":
            return self._ternary(node, depth, bound)
        if node.type == "call_expression":
            return self._call(node, depth, bound)
        if node.type in _NAMES:
            if self._document.text_of(node) in _EMPTY:
                return []
            return self._named(node, depth, bound)
        if node.type in ("undefined", "null"):
            return []
        return self._unknown(node, bound)

    def _literal(self, node: Node, depth: int, *, bound: bool) -> list[Part]:
        self._latest.add(node.id)
        document = self._document
        quote = document.text[document.span(node).start]
        forbidden = _FORBIDDEN_IN_TEMPLATE if quote == "`" else quote + "\\\n\r"
        found: list[Part] = []
        plain = iter(document.pieces(node))
        for part in document.template_parts(node):
            if part.expression is not None:
                inner = self._inside_hole(part.expression, depth + 1, bound)
                if len(inner) == 1 and inner[0].expression is not None:
                    found.append(replace(inner[0], span=part.span, expression=part.expression))
                else:
                    found += inner
                continue
            reached = part.span.start
            while reached < part.span.end:
                piece = next(plain)
                reached = piece.span.end
                found.append(Part(piece.span, piece.text, piece.verbatim, forbidden))
        return found

    def _inside_hole(self, node: Node, depth: int, bound: bool) -> list[Part]:
        node = self._document.unwrap(node)
        if not bound:
            return self._parts(node, depth, bound=False)
        # What a binding tag is given is a parameter, unless it is a fragment of the same tag or pasted on purpose.
        target = self._document.resolve(node) if node.type in _NAMES else node
        if is_sql_tag(self._document, target):
            return self._parts(target, depth, bound=True)
        if target.type == "ternary_expression" and self._fragmentary(target):
            return self._ternary(target, depth, bound)
        if target.type == "call_expression" and self._document.callee_name(target) in ("raw", "unsafe", "identifier"):
            given = self._document.arguments(target)
            inner = self._parts(given[0], depth, bound=False) if len(given) == 1 else []
            if inner and all(part.expression is None for part in inner):
                return inner
            return self._unknown(node, bound=False)
        return self._unknown(node, bound=True)

    def _fragmentary(self, ternary: Node) -> bool:
        arms = (ternary.child_by_field_name("consequence"), ternary.child_by_field_name("alternative"))
        return any(arm is not None and is_sql_tag(self._document, self._document.unwrap(arm)) for arm in arms)

    def _binary(self, node: Node, depth: int, bound: bool) -> list[Part]:
        terms: list[Node] = []
        left = node
        while left.type == "binary_expression" and len(terms) < _LONGEST_CHAIN:
            operator = left.child_by_field_name("operator")
            first, second = left.child_by_field_name("left"), left.child_by_field_name("right")
            if operator is None or first is None or second is None or operator.type != "+":
                break
            terms.append(second)
            left = self._document.unwrap(first)
        if not terms:
            return self._unknown(node, bound)
        terms.append(left)
        return [part for term in reversed(terms) for part in self._parts(term, depth + 1, bound=bound)]

    def _ternary(self, node: Node, depth: int, bound: bool) -> list[Part]:
        """Take the first arm that says something: what may be there counts as there. Of one condition always the same."""
        arms = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
        known: list[list[Part]] = []
        for arm in arms:
            if arm is not None:
                parts = self._parts(arm, depth + 1, bound=bound)
                if all(part.expression is None for part in parts) or any(part.text.strip() for part in parts):
                    known.append(parts)
        if len(known) < len(arms):
            return self._unknown(node, bound)
        condition = node.child_by_field_name("condition")
        speaks = [any(part.text.strip() for part in parts) for parts in known]
        said = self._document.text_of(condition) if condition is not None else ""
        return known[self._arms.setdefault(said, speaks.index(max(speaks)))]

    def _call(self, node: Node, depth: int, bound: bool) -> list[Part]:
        document = self._document
        name = document.callee_name(node)
        given = node.child_by_field_name("arguments")
        receiver = document.receiver_node(node)
        if given is not None and given.type == "template_string":
            if is_sql_tag(document, node):
                return self._literal(given, depth, bound=True)
            return self._literal(given, depth, bound=bound) if name in _DEDENTS else self._unknown(node, bound)
        if receiver is not None:
            if name in _TRIMS or (name in ("replace", "replaceAll") and self._collapses(node)):
                return self._parts(receiver, depth + 1, bound=bound)
            if name == "join":
                return self._joined(node, receiver, depth, bound)
            if name == "concat" and receiver.type in ("string", "template_string"):
                pieces = [receiver, *document.arguments(node)]
                return [part for piece in pieces for part in self._parts(piece, depth + 1, bound=bound)]
            return self._unknown(node, bound)
        return self._built(node, depth, bound)

    def _collapses(self, call: Node) -> bool:
        """Whether a `replace` only tidies blanks."""
        given = self._document.arguments(call)
        return (
            len(given) == 2
            and given[0].type == "regex"
            and self._document.text_of(given[0]).startswith(("/\\s", "/\\n"))
        )

    def _joined(self, call: Node, receiver: Node, depth: int, bound: bool) -> list[Part]:
        document = self._document
        items = document.resolve(receiver)
        given = document.arguments(call)
        separator = document.string_value(given[0]) if given else ","
        if items.type != "array" or separator is None:
            return self._unknown(call, bound)
        if receiver.type in _NAMES and (
            document.mutations(receiver) or document.text_of(receiver) in document.remembered(_growing)
        ):
            return self._unknown(call, bound)
        found: list[Part] = []
        at = document.span(given[0] if given else call)
        for item in items.named_children:
            if item.type == "comment":
                continue
            if item.type == "spread_element":
                return self._unknown(call, bound)
            if found and separator:
                found.append(Part(at, separator, verbatim=False))
            found += self._parts(item, depth + 1, bound=bound)
        return found

    def _built(self, call: Node, depth: int, bound: bool) -> list[Part]:
        """Follow a call of a function of this module that does nothing but give a string."""
        called = call.child_by_field_name("function")
        function = self._document.resolve(called) if called is not None and called.type == "identifier" else None
        if function is None or function.id in self._seen:
            return self._unknown(call, bound)
        body = function.child_by_field_name("body")
        if body is None or function.type not in ("arrow_function", "function_declaration", "function_expression"):
            return self._unknown(call, bound)
        given: Node | None = body
        if body.type == "statement_block":
            last = body.named_children[-1] if body.named_child_count else None
            given = (
                last.named_children[0]
                if last is not None and last.type == "return_statement" and last.named_child_count
                else None
            )
            if given is None or any(child.type != "comment" for child in body.named_children[:-1]):
                return self._unknown(call, bound)
        assert given is not None
        self._seen.add(function.id)
        parts = self._parts(given, depth + 1, bound=bound)
        return parts if any(part.text.strip() for part in parts) else self._unknown(call, bound)

    def _named(self, node: Node, depth: int, bound: bool) -> list[Part]:
        document = self._document
        target = document.resolve(node)
        if target.type in _LITERALS:
            return [Part(document.span(node), document.text_of(target), verbatim=False)]
        if target != node and target.id not in self._seen and target.type not in _NAMES:
            self._seen.add(target.id)
            parts = self._parts(target, depth + 1, bound=bound)
            self._seen.discard(target.id)
            if any(part.text for part in parts):
                return parts
            return self._unknown(node, bound)
        return self._grown(node, depth, bound) or self._unknown(node, bound)

    def _grown(self, node: Node, depth: int, bound: bool) -> list[Part]:
        """Follow `let q = "…"; q += "…";` up to `node`; what `if` adds counts as there, what `else` adds does not."""
        if node.type not in ("identifier", "shorthand_property_identifier"):
            return []
        document = self._document
        steps = document.declarations(document.text_of(node), node)
        if len(steps) < 2 or len(steps) > _DEEPEST * 4 or steps[0].kind not in ("let", "var"):
            return []
        chain = {outer.id for outer in document.ancestors(node)}
        found: list[Part] = []
        for step in steps:
            if step.node.start_byte > node.start_byte:
                if self._is_in_loop(step.node, chain):
                    return []
                break
            if step.value is None and step.kind in ("let", "var") and not step.path:
                continue
            taken = self._taken_by(step.node, chain)
            if taken == "else" and step.kind == "update":
                continue
            if step.value is None or step.path or not (taken == "all" or (taken == "if" and step.kind == "update")):
                return []
            if step.kind == "assignment":
                found = []
            elif step.kind == "update" and not _adds(document.text_of(step.node), document.text_of(step.name)):
                return []
            if step.value.id in self._seen:
                return []
            self._seen.add(step.value.id)
            found += self._parts(step.value, depth + 1, bound=bound)
        return found

    def _taken_by(self, step: Node, chain: set[int]) -> str:
        """Say which paths to what stands in `chain` take a step: `all`, those of an `if` or an `else`; empty for a loop's."""
        document = self._document
        taken, inner = "all", document.parent(step)
        while inner is not None:
            outer = document.parent(inner)
            if outer is None or outer.id in chain:
                return taken if outer is not None else ""
            if outer.type == "else_clause":
                taken = "else"
            elif outer.type == "if_statement":
                taken = "else" if taken == "else" else "if"
            elif outer.type not in ("statement_block", "try_statement"):
                return ""
            inner = outer
        return ""

    def _is_in_loop(self, step: Node, chain: set[int]) -> bool:
        """Say whether a loop stands around both a step and what stands in `chain`."""
        return any(outer.type in _LOOPS and outer.id in chain for outer in self._document.ancestors(step))


def _adds(update: str, name: str) -> bool:
    return update.removeprefix(name).lstrip().startswith("+=")
