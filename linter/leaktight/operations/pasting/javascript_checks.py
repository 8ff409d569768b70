"""Where JavaScript has compared a value with an allow-list, or looked at its characters, before it is used.

A test counts only where it tells something of the place: in the branch in which it holds, or behind a branch that leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import holds
from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.operations.pasting.origin import (
    EITHER_WAY,
    LEAVING_CALLS,
    NEVER,
    WHEN_IT_FAILS,
    WHEN_IT_HOLDS,
    Cleared,
    cleared_by_answer,
    cleared_by_pattern,
    is_checker,
    is_outside,
    takes_test,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_MEMBERSHIP = frozenset({"includes", "has", "hasOwnProperty", "hasOwn"})
_KINDS = frozenset({"isInteger", "isFinite", "isSafeInteger", "isUUID", "isNumeric", "isAlphanumeric"})
_SAME = frozenset({"toLowerCase", "toUpperCase", "toLocaleLowerCase", "toLocaleUpperCase", "trim", "toString"})
"""Methods whose result is in a list only where what they are called on differs from an item by case or blanks."""
_EQUAL = frozenset({"===", "==", "!==", "!="})
_LITERALS = frozenset({"string", "number", "true", "false", "null", "undefined"})
_LEAVES = frozenset({"throw_statement", "return_statement", "continue_statement", "break_statement"})
_BLOCKS = frozenset({"statement_block", "program", "switch_case", "switch_default"})
_DEEPEST = 8


def checked_at(document: JavascriptDocument, use: Node) -> int | None:
    """Give the byte at which the last check stands that holds for a name or a member at its place; None without one.

    A value that is bound behind that place is not what was checked; and `verify(req)` says nothing of a field.
    """
    text, outer = document.text_of(use), document.parent(use)
    if outer is not None and outer.type == "member_expression" and is_outside(text):
        return None
    return _Checks(document, text).before(use)


class _Checks:
    """Looks for the checks of one expression, known by its text."""

    def __init__(self, document: JavascriptDocument, text: str) -> None:
        self._document = document
        self._text = text

    def before(self, use: Node) -> int | None:
        scope = self._scope(use)
        child = use
        for holder in self._document.ancestors(use):
            if self._around(holder, child):
                return int(holder.start_byte)
            for before in _before(holder, child):
                if self._establishes(before):
                    return int(before.end_byte if before.type == "while_statement" else before.start_byte)
            if scope is not None and holder == scope:
                return None
            child = holder
        return None

    def _scope(self, use: Node) -> Node | None:
        """Give the scope that binds the name at the root of an expression."""
        root = use
        while root.type in ("member_expression", "subscript_expression"):
            inner = root.child_by_field_name("object")
            if inner is None:
                break
            root = self._document.unwrap(inner)
        found = self._document.declarations(self._document.text_of(root), root)
        return found[0].scope if found else None

    def _around(self, holder: Node, child: Node) -> bool:
        """Say whether a node tests the value, and the test's answer is good where a child of it stands."""
        match holder.type:
            case "if_statement" | "ternary_expression" | "while_statement":
                test = holder.child_by_field_name("condition")
                if test is None or test == child:
                    return False
                cleared = self._test(test)
                return cleared.fails if child == holder.child_by_field_name("alternative") else cleared.holds
            case "binary_expression":
                left, operator = holder.child_by_field_name("left"), holder.child_by_field_name("operator")
                if left is None or operator is None or left == child:
                    return False
                if operator.type == "&&":
                    return self._test(left).holds
                return operator.type == "||" and self._test(left).fails
        return False

    # Statements

    def _establishes(self, statement: Node, depth: int = _DEEPEST) -> bool:
        """Say whether a value is checked once a statement is done."""
        if depth <= 0:
            return False
        match statement.type:
            case "expression_statement":
                return self._throws(statement.named_child(0))
            case "if_statement":
                test = statement.child_by_field_name("condition")
                cleared = self._test(test) if test is not None else NEVER
                return (cleared.holds or self._settles(statement.child_by_field_name("consequence"), depth)) and (
                    cleared.fails or self._settles(statement.child_by_field_name("alternative"), depth)
                )
            case "while_statement":
                test = statement.child_by_field_name("condition")
                if test is None or any(holds(statement, one) for one in self._document.find("break_statement")):
                    return False
                return self._test(test).fails
            case "statement_block" | "else_clause":
                return any(self._establishes(one, depth - 1) for one in statement.named_children)
            case "try_statement":
                caught = statement.child_by_field_name("handler")
                last = statement.child_by_field_name("finalizer")
                body = statement.child_by_field_name("body")
                done = body is not None and self._establishes(body, depth - 1)
                if done and (caught is None or self._settles(caught.child_by_field_name("body"), depth)):
                    return True
                return last is not None and any(self._establishes(one, depth - 1) for one in last.named_children)
        return False

    def _settles(self, branch: Node | None, depth: int) -> bool:
        """Say whether nothing unchecked comes out of a branch: it leaves, checks, or gives the name another value."""
        return branch is not None and any(
            self._leaves(one) or self._rebinds(one) or self._establishes(one, depth - 1) for one in _statements(branch)
        )

    def _leaves(self, statement: Node | None) -> bool:
        if statement is None:
            return False
        if statement.type in _LEAVES:
            return True
        if statement.type in ("statement_block", "else_clause"):
            return any(self._leaves(one) for one in statement.named_children)
        if statement.type == "if_statement":
            fields = ("consequence", "alternative")
            return all(self._leaves(statement.child_by_field_name(field)) for field in fields)
        call = self._called(statement.named_child(0)) if statement.type == "expression_statement" else None
        return call is not None and self._document.callee_name(call) in LEAVING_CALLS

    def _rebinds(self, statement: Node) -> bool:
        inner = statement.named_child(0) if statement.type == "expression_statement" else None
        left = (
            inner.child_by_field_name("left") if inner is not None and inner.type == "assignment_expression" else None
        )
        return left is not None and self._is_it(left)

    def _throws(self, expression: Node | None) -> bool:
        """Say whether a call that stands alone throws unless the value is good: `validate(x)`."""
        call = self._called(expression)
        name = self._document.callee_name(call) if call is not None else ""
        if call is None or not takes_test(name):
            return False
        given = self._document.arguments(call)
        return any(self._test(one).holds or (is_checker(name) and self._is_it(one)) for one in given)

    def _called(self, expression: Node | None) -> Node | None:
        if expression is not None and expression.type == "await_expression":
            expression = expression.named_child(0)
        return expression if expression is not None and expression.type == "call_expression" else None

    # Tests

    def _test(self, test: Node, depth: int = _DEEPEST) -> Cleared:
        """Give on which answers of a test the value may be pasted."""
        if depth <= 0:
            return NEVER
        test = self._document.unwrap(test)
        if self._is_it(test):
            return WHEN_IT_FAILS  # `undefined` and an empty text say nothing
        match test.type:
            case "unary_expression":
                inner, operator = test.child_by_field_name("argument"), test.child_by_field_name("operator")
                negates = operator is not None and operator.type == "!"
                return ~self._test(inner, depth - 1) if negates and inner is not None else NEVER
            case "await_expression":
                inner = test.named_child(0)
                return self._test(inner, depth - 1) if inner is not None else NEVER
            case "binary_expression":
                return self._operation(test, depth)
            case "call_expression":
                return self._answer(test)
            case "identifier":
                return self._named(test, depth)
            case "member_expression":
                holder = test.child_by_field_name("object")
                return EITHER_WAY if holder is not None and self._is_checked_by(holder) else NEVER
        return NEVER

    def _named(self, name: Node, depth: int) -> Cleared:
        """Give what a test clears that was made before: `const known = KINDS.has(x)`."""
        found = self._document.reaching(name)
        value = found[0].value if len(found) == 1 and found[0].kind in ("const", "let", "var", "assignment") else None
        if value is None:
            return NEVER
        if found[0].path:
            return EITHER_WAY if self._is_checked_by(value) else NEVER
        return self._test(value, depth - 1)

    def _is_checked_by(self, answer: Node) -> bool:
        """Say whether an object is what a check of the value answers: `schema.safeParse(x)`."""
        call = self._called(self._document.resolve(answer))
        if call is None or not any(self._is_it(given) for given in self._document.arguments(call)):
            return False
        name = self._document.callee_name(call)
        return name == "safeParse" or cleared_by_answer(name) != NEVER

    def _operation(self, test: Node, depth: int) -> Cleared:
        left, right = test.child_by_field_name("left"), test.child_by_field_name("right")
        operator = test.child_by_field_name("operator")
        if left is None or right is None or operator is None:
            return NEVER
        kind = operator.type
        if kind == "&&":
            return self._test(left, depth - 1) & self._test(right, depth - 1)
        if kind == "||":
            return self._test(left, depth - 1) | self._test(right, depth - 1)
        if kind == "in":
            return WHEN_IT_HOLDS if self._is_it(self._bare(left)) else NEVER
        index = self._called(self._document.unwrap(left))
        if index is not None and self._document.callee_name(index) == "indexOf":
            return self._found(index, kind, self._document.text_of(right))
        cleared = NEVER
        for one, other in ((left, right), (right, left)) if kind in _EQUAL else ():
            other = self._document.unwrap(other)
            if other.type not in _LITERALS:
                continue
            if self._is_it(self._bare(one)):
                cleared = WHEN_IT_HOLDS
            elif other.type in ("false", "null", "undefined"):
                cleared = ~self._test(one, depth - 1)
            elif other.type == "true":
                cleared = self._test(one, depth - 1)
        return ~cleared if kind.startswith("!") else cleared

    def _found(self, call: Node, operator: str, number: str) -> Cleared:
        """Give what `KINDS.indexOf(x)` clears when it is compared with a number."""
        if not any(self._is_it(self._bare(given)) for given in self._document.arguments(call)):
            return NEVER
        if (operator, number) in ((">", "-1"), (">=", "0"), ("!==", "-1"), ("!=", "-1")):
            return WHEN_IT_HOLDS
        missing = (operator, number) in (("<", "0"), ("===", "-1"), ("==", "-1"))
        return WHEN_IT_FAILS if missing else NEVER

    def _answer(self, call: Node) -> Cleared:
        document = self._document
        name, given = document.callee_name(call), document.arguments(call)
        if name == "match":
            holder = document.receiver_node(call)
            searched = holder is not None and self._is_it(holder)
            return cleared_by_pattern(self._pattern(given[0])) if searched and given else NEVER
        if name in _MEMBERSHIP:
            return WHEN_IT_HOLDS if any(self._is_it(self._bare(one)) for one in given) else NEVER
        if not any(self._is_it(one) for one in given):
            return NEVER
        if name == "test":
            holder = document.receiver_node(call)
            return cleared_by_pattern(self._pattern(holder)) if holder is not None else NEVER
        if name == "isNaN":
            return WHEN_IT_FAILS
        return WHEN_IT_HOLDS if name in _KINDS else cleared_by_answer(name)

    def _pattern(self, node: Node) -> str | None:
        found = self._document.resolve(node)
        pattern = found.child_by_field_name("pattern") if found.type == "regex" else None
        return self._document.text_of(pattern) if pattern is not None else None

    def _bare(self, node: Node) -> Node:
        """Give what a method is called on that changes no more than case or blanks."""
        node = self._document.unwrap(node)
        while node.type == "call_expression" and self._document.callee_name(node) in _SAME:
            holder = self._document.receiver_node(node)
            if holder is None:
                break
            node = holder
        return node

    def _is_it(self, node: Node) -> bool:
        return self._document.text_of(node) == self._text


def _statements(branch: Node) -> list[Node]:
    """Give the statements of a branch: a block's, those behind `else`, or the one that stands there alone."""
    if branch.type == "else_clause":
        inner = branch.named_child(0)
        return _statements(inner) if inner is not None else []
    return list(branch.named_children) if branch.type == "statement_block" else [branch]


def _before(holder: Node, child: Node) -> Iterator[Node]:
    """Yield the statements of a block that stand before one of it, the nearest first."""
    for statement in reversed(holder.named_children) if holder.type in _BLOCKS else ():
        if statement.start_byte < child.start_byte:
            yield statement
