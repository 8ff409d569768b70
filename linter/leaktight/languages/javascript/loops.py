"""The loop that a place is run in again and again: statements and callbacks of array methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import CLASSES, FUNCTIONS, arguments, bound_names, parameters
from leaktight.lazy import record
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from leaktight.languages.javascript.document import JavascriptDocument


@record(frozen=True, slots=True)
class JavascriptLoop:
    """A loop round a place.

    `node` is the loop statement, or the call of `forEach` and its like. `kind` is `for`, `while` or
    `callback`. `variables` are the names bound anew each time, `iterates` the text of what is walked
    over, `items` its node. `literal_items` counts the items of an array literal. `counted` says that a `for` counts up
    to something: `iterates` is then its condition, `i < n`. One that counts up to `orders.length` walks over `orders`.
    """

    node: Node
    head: Span
    kind: str
    variables: frozenset[str]
    iterates: str
    items: Node | None = None
    literal_items: int | None = None
    counted: bool = False


_BODIES = {
    "for_statement": ("body", "condition", "increment"),
    "for_in_statement": ("body",),
    "while_statement": ("body", "condition"),
    "do_statement": ("body", "condition"),
}
_METHODS = {"forEach": 0, "map": 0, "flatMap": 0, "filter": 0, "reduce": 1, "some": 0, "every": 0, "find": 0}
_METHODS |= {
    "reduceRight": 1,
    "findIndex": 0,
    "mapSeries": 0,
    "each": 0,
    "eachSeries": 0,
    "mapLimit": 0,
    "eachLimit": 0,
}
_ITERATOR_LIBRARIES = frozenset({"async", "Promise", "Bluebird", "pMap", "_", "lodash"})
_INLINE = frozenset({"then", "catch", "finally", "transaction", "$transaction", "Promise", "tap", "begin", "retry"})


def loop_of(document: JavascriptDocument, node: Node) -> JavascriptLoop | None:
    """Give the innermost loop that runs `node` again and again; None when there is none.

    Leaves a function only where it is run on the spot: an array method's callback is the loop itself,
    the callback of an awaited call or of `then` runs once an iteration.
    """
    inner = node
    for outer in document.ancestors(node):
        bodies = _BODIES.get(outer.type)
        if bodies is not None and any(outer.child_by_field_name(name) == inner for name in bodies):
            return _statement(document, outer)
        if inner.type in FUNCTIONS:
            called = _called_with(document, inner)
            if called is not None:
                loop = _callback(document, called, inner)
                if loop is not None:
                    return loop
                if not _runs_inline(document, called):
                    return None
            elif outer.type != "parenthesized_expression" and not _runs_at_once(document, inner):
                return None
        if outer.type in CLASSES:
            return None
        inner = outer
    return None


def _statement(document: JavascriptDocument, loop: Node) -> JavascriptLoop:
    body = loop.child_by_field_name("body")
    start = document.span(loop).start
    end = document.span(body).start if body is not None else document.span(loop).end
    if loop.type == "do_statement":
        end = start + len("do")
    head = Span(start, start + len(document.text[start:end].rstrip()))
    if loop.type == "for_in_statement":
        left, right = loop.child_by_field_name("left"), loop.child_by_field_name("right")
        names = bound_names(left) if left is not None else []
        return JavascriptLoop(
            loop,
            head,
            "for",
            frozenset(document.text_of(name) for name in names),
            document.text_of(right) if right is not None else "",
            right,
            _count(document, right),
        )
    condition = loop.child_by_field_name("condition")
    iterates = document.text_of(condition).strip("(); ") if condition is not None else ""
    if loop.type != "for_statement" or not iterates:
        return JavascriptLoop(loop, head, "while", frozenset(_assigned(document, body)), iterates)
    names = []
    for declared in (loop.child_by_field_name("initializer"), loop.child_by_field_name("increment")):
        names += _counted(declared) if declared is not None else []
    variables = {document.text_of(name) for name in names} | _assigned(document, body)
    walked = _walked(condition) if condition is not None else None
    if walked is not None:
        iterates = document.text_of(walked)
    return JavascriptLoop(loop, head, "for", frozenset(variables), iterates, counted=walked is None)


def _walked(condition: Node) -> Node | None:
    """Give the list up to whose length a condition counts: `orders` of `i < orders.length`."""
    if condition.type == "expression_statement" and condition.named_child_count:
        condition = condition.named_child(0) or condition
    for side in ("left", "right") if condition.type == "binary_expression" else ():
        node = condition.child_by_field_name(side)
        key = node.child_by_field_name("property") if node is not None and node.type == "member_expression" else None
        if node is not None and key is not None and key.text == b"length":
            return node.child_by_field_name("object")
    return None


def _counted(node: Node) -> list[Node]:
    found: list[Node] = []
    for child in (node, *node.named_children):
        target = child.child_by_field_name("name") or child.child_by_field_name("argument")
        target = target or child.child_by_field_name("left")
        if target is not None and target.type == "identifier":
            found.append(target)
    return found


def _assigned(document: JavascriptDocument, body: Node | None) -> set[str]:
    """The names that a loop's own body declares: each is new at each iteration."""
    if body is None or body.type != "statement_block":
        return set()
    names: set[str] = set()
    for statement in body.named_children:
        if statement.type not in ("lexical_declaration", "variable_declaration"):
            continue
        for declarator in statement.named_children:
            name = declarator.child_by_field_name("name")
            names.update(document.text_of(bound) for bound in (bound_names(name) if name is not None else ()))
    return names


def _callback(document: JavascriptDocument, call: Node, function: Node) -> JavascriptLoop | None:
    name = document.callee_name(call)
    first = _METHODS.get(name)
    if first is None:
        return None
    given = arguments(call)
    called = call.child_by_field_name("function")
    if called is None or called.type != "member_expression":
        return None
    items = called.child_by_field_name("object")
    head_end = document.name_span(call).end
    if document.receiver(call) in _ITERATOR_LIBRARIES:
        items = given[0]
    elif given[0] != function:
        # `db.each(sql, callback)` is a call of a database, not a walk over an array.
        return None
    bound = parameters(function)[first : first + 1]
    variables = frozenset(document.text_of(one) for parameter in bound for one in bound_names(parameter))
    return JavascriptLoop(
        call,
        Span(document.span(call).start, head_end),
        "callback",
        variables,
        document.text_of(items) if items is not None else "",
        items,
        _count(document, items),
    )


def _count(document: JavascriptDocument, items: Node | None) -> int | None:
    if items is None:
        return None
    literal = document.resolve(items)
    if literal.type != "array" or any(child.type == "spread_element" for child in literal.named_children):
        return None
    return sum(1 for child in literal.named_children if child.type != "comment")


def _called_with(document: JavascriptDocument, function: Node) -> Node | None:
    """The call that a function expression is an argument of."""
    holder = document.parent(function)
    if holder is None or holder.type != "arguments":
        return None
    call = document.parent(holder)
    return call if call is not None and call.type in ("call_expression", "new_expression") else None


def _runs_inline(document: JavascriptDocument, call: Node) -> bool:
    return document.callee_name(call) in _INLINE or document.awaited(call)


def _runs_at_once(document: JavascriptDocument, function: Node) -> bool:
    """Whether a function expression is called where it stands: `(async () => { … })()`."""
    outer = document.parent(function)
    inner = function
    while outer is not None and outer.type == "parenthesized_expression":
        inner, outer = outer, document.parent(outer)
    return outer is not None and outer.type == "call_expression" and outer.child_by_field_name("function") == inner
