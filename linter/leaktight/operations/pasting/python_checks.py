"""Where Python has compared a value with an allow-list, or looked at its characters, before it is used.

A test counts only where it tells something of the place: in the branch in which it holds, or behind a branch that leaves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.pasting.origin import (
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
from leaktight.text import words_of

_CHARACTERS = frozenset({"isdigit", "isalnum", "isidentifier", "isnumeric", "isdecimal", "isalpha"})
_PATTERNS = frozenset({"match", "fullmatch", "search"})
_SAME = frozenset({"lower", "upper", "casefold", "strip", "title", "capitalize"})
"""Methods whose result is in a list only where what they are called on differs from an item by case or blanks."""
_DEEPEST = 8


def checked_at(document: PythonDocument, use: ast.expr) -> int | None:
    """Give where the last check stands that holds for a name or a part at its place; None where there is none.

    A value that is bound behind that place is not what was checked; and `verify(request)` says nothing of a field.
    """
    if (
        isinstance(use, ast.Name)
        and is_outside(use.id)
        and isinstance(document.parent(use), ast.Attribute | ast.Subscript)
    ):
        return None
    return _Checks(document, document.text_of(use)).before(use)


class _Checks:
    """Looks for the checks of one expression, known by its text."""

    def __init__(self, document: PythonDocument, text: str) -> None:
        self._document = document
        self._text = text

    def before(self, use: ast.expr) -> int | None:
        scope = self._scope(use)
        child: ast.AST = use
        for holder in self._document.ancestors(use):
            at = self._around(holder, child)
            if at is not None:
                return at
            for before in reversed(_before(holder, child)):
                at = self._established(before)
                if at is not None:
                    return at
            if holder is scope:
                return None
            child = holder
        return None

    def _scope(self, use: ast.expr) -> ast.AST | None:
        """Give the scope that binds the name at the root of an expression."""
        root = use
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        found = self._document.scopes.resolve(root.id, root) if isinstance(root, ast.Name) else None
        return found[0] if found is not None else None

    def _around(self, holder: ast.AST, child: ast.AST) -> int | None:
        """Give the place of a test that holds where a child of its node stands."""
        match holder:
            case ast.If() | ast.While() if child is not holder.test:
                cleared = self._test(holder.test)
                body: Sequence[ast.AST] = holder.body
                holds = cleared.holds if child in body else cleared.fails
            case ast.IfExp() if child is not holder.test:
                cleared = self._test(holder.test)
                holds = cleared.holds if child is holder.body else cleared.fails
            case ast.BoolOp():
                earlier = [self._test(value) for value in holder.values[: _index(holder.values, child)]]
                holds = any(one.holds if isinstance(holder.op, ast.And) else one.fails for one in earlier)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                filters = [test for generator in holder.generators for test in generator.ifs]
                holds = not isinstance(child, ast.comprehension) and any(self._test(test).holds for test in filters)
            case _:
                return None
        return self._document.span(holder).start if holds else None

    # Statements

    def _established(self, statement: ast.AST, depth: int = _DEEPEST) -> int | None:
        """Give the place from which on a value is checked once a statement is done."""
        if not self._establishes(statement, depth):
            return None
        span = self._document.span(statement)
        return span.end if isinstance(statement, ast.While) else span.start

    def _establishes(self, statement: ast.AST, depth: int) -> bool:
        if depth <= 0:
            return False
        match statement:
            case ast.Assert():
                return self._test(statement.test).holds
            case ast.Expr():
                return self._raises(statement.value)
            case ast.If():
                cleared = self._test(statement.test)
                return (cleared.holds or self._settles(statement.body, depth)) and (
                    cleared.fails or self._settles(statement.orelse, depth)
                )
            case ast.While():
                leaves = any(True for _ in self._document.find_in(statement, ast.Break))
                return not leaves and self._test(statement.test).fails
            case ast.With() | ast.AsyncWith():
                return self._block(statement.body, depth)
            case ast.Try():
                caught = all(self._settles(handler.body, depth) for handler in statement.handlers)
                done = self._block(statement.body, depth) or self._block(statement.orelse, depth)
                return (done and caught) or self._block(statement.finalbody, depth)
        return False

    def _block(self, body: Sequence[ast.stmt], depth: int) -> bool:
        return any(self._establishes(statement, depth - 1) for statement in body)

    def _settles(self, body: Sequence[ast.stmt], depth: int) -> bool:
        """Say whether nothing unchecked comes out of a branch: it leaves, checks, or gives the name another value."""
        return any(
            self._leaves(statement) or self._rebinds(statement) or self._establishes(statement, depth - 1)
            for statement in body
        )

    def _leaves(self, statement: ast.stmt) -> bool:
        match statement:
            case ast.Raise() | ast.Return() | ast.Continue() | ast.Break():
                return True
            case ast.Assert():
                return isinstance(statement.test, ast.Constant) and not statement.test.value
            case ast.Expr(value=ast.Call() as call):
                name, receiver = self._document.callee_name(call), self._document.receiver(call)
                if name == "error":  # `parser.error()` ends the program, `logger.error()` does not
                    return receiver is not None and "parser" in words_of(self._document.text_of(receiver))
                return name in LEAVING_CALLS
            case ast.If():
                return all(any(map(self._leaves, body)) for body in (statement.body, statement.orelse))
            case ast.With() | ast.AsyncWith():
                return any(map(self._leaves, statement.body))
        return False

    def _rebinds(self, statement: ast.stmt) -> bool:
        match statement:
            case ast.Assign():
                return any(self._is_it(target) for target in statement.targets)
            case ast.AnnAssign():
                return statement.value is not None and self._is_it(statement.target)
        return False

    def _raises(self, value: ast.expr) -> bool:
        """Say whether a call that stands alone raises unless the value is good: `validate(x)`."""
        call = value.value if isinstance(value, ast.Await) else value
        name = self._document.callee_name(call) if isinstance(call, ast.Call) else ""
        if not isinstance(call, ast.Call) or not takes_test(name):
            return False
        return any(self._test(one).holds or (is_checker(name) and self._is_it(one)) for one in _given(call))

    # Tests

    def _test(self, test: ast.expr, depth: int = _DEEPEST) -> Cleared:
        """Give on which answers of a test the value may be pasted."""
        if depth <= 0:
            return NEVER
        match test:
            case ast.UnaryOp(op=ast.Not()):
                return ~self._test(test.operand, depth - 1)
            case ast.BoolOp():
                cleared = self._test(test.values[0], depth - 1)
                for value in test.values[1:]:
                    other = self._test(value, depth - 1)
                    cleared = cleared & other if isinstance(test.op, ast.And) else cleared | other
                return cleared
            case ast.NamedExpr() | ast.Await():
                return self._test(test.value, depth - 1)
            case ast.Compare() if len(test.ops) == 1:
                return self._comparison(test.left, test.ops[0], test.comparators[0], depth)
            case ast.Call():
                return self._answer(test)
        if self._is_it(test):
            return WHEN_IT_FAILS  # None and an empty text say nothing
        if isinstance(test, ast.Name):
            value = self._document.value_of(test)
            return NEVER if value is test else self._test(value, depth - 1)
        if isinstance(test, ast.Attribute):
            value = self._document.value_of(test.value)
            checked = isinstance(value, ast.Call) and is_checker(self._document.callee_name(value))
            return self._test(value, depth - 1) if checked else NEVER
        return NEVER

    def _comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, depth: int) -> Cleared:
        negated = isinstance(operator, ast.NotIn | ast.NotEq | ast.IsNot)
        cleared = NEVER
        if isinstance(operator, ast.In | ast.NotIn):
            cleared = WHEN_IT_HOLDS if self._is_it(_bare(left)) else NEVER
        elif isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            for one, other in ((left, right), (right, left)):
                if isinstance(other, ast.Constant):
                    if self._is_it(_bare(one)):
                        cleared = WHEN_IT_HOLDS
                    elif other.value in (None, False):
                        cleared = ~self._test(one, depth - 1)
                    elif other.value is True:
                        cleared = self._test(one, depth - 1)
        return ~cleared if negated else cleared

    def _answer(self, call: ast.Call) -> Cleared:
        document = self._document
        name, receiver = document.callee_name(call), document.receiver(call)
        if name in _CHARACTERS:
            return WHEN_IT_HOLDS if receiver is not None and self._is_it(receiver) else NEVER
        if not any(self._is_it(given) for given in _given(call)):
            return NEVER
        return cleared_by_pattern(self._pattern(call)) if name in _PATTERNS else cleared_by_answer(name)

    def _pattern(self, call: ast.Call) -> str | None:
        """Give the regular expression of `re.match(pattern, x)` or `PATTERN.match(x)`."""
        document = self._document
        pattern: ast.expr | None = call.args[0] if len(call.args) > 1 else None
        if pattern is None:
            compiled = document.receiver(call)
            made = document.value_of(compiled) if compiled is not None else None
            pattern = made.args[0] if isinstance(made, ast.Call) and made.args else None
        text = document.literal(document.value_of(pattern)) if pattern is not None else None
        return text if isinstance(text, str) else None

    def _is_it(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and self._document.text_of(node) == self._text


def _bare(node: ast.expr) -> ast.expr:
    """Give what a method is called on that changes no more than case or blanks."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAME:
        node = node.func.value
    return node


def _given(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _index(nodes: Sequence[ast.AST], node: ast.AST) -> int:
    return next((index for index, one in enumerate(nodes) if one is node), 0)


def _before(holder: ast.AST, child: ast.AST) -> Sequence[ast.stmt]:
    """Give the statements of a block that stand before one of it, in their order."""
    if not isinstance(child, ast.stmt):
        return ()
    for name in ("body", "orelse", "finalbody"):
        block = getattr(holder, name, None)
        if isinstance(block, list) and child in block:
            done = holder.body if isinstance(holder, ast.Try) and name == "orelse" else []
            return [*done, *block[: block.index(child)]]
    return ()
