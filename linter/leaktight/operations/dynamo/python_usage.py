"""Follows the response of a boto3 call through the function it is received in."""

from __future__ import annotations

import ast

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.dynamo.usage import ITEM, ITEMS, LISTS, PAGES, RESPONSE, SINGLE, Notes, logs
from leaktight.operations.dynamodb import Response
from leaktight.text import Span

_SAME_LIST = frozenset({"sorted", "list", "tuple", "reversed", "iter", "filter"})
_ACCUMULATORS = frozenset({"extend", "append", "insert", "appendleft"})
_NOT_READ = frozenset({"pop", "update", "setdefault", "clear"})
_ITEM_VIEWS = frozenset({"items", "keys", "values", "copy"})
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_MISSING = ast.Constant(None)


class PythonUsage:
    """Follows responses in one document."""

    def __init__(self, document: PythonDocument) -> None:
        self._document = document

    def of(self, call: ast.Call, *, pages: bool = False) -> Response:
        """Give what becomes of a call's value: a response, or an iterator of them."""
        walk = _Walk(self._document)
        walk.follow(call, PAGES if pages else RESPONSE)
        return walk.notes.response()


class _Walk:
    """One response on its way."""

    def __init__(self, document: PythonDocument) -> None:
        self.document = document
        self.notes = Notes()
        self._seen: set[tuple[int, str]] = set()

    def follow(self, node: ast.AST, kind: str) -> None:
        """Note what is done with the value of an expression."""
        key = (id(node), kind)
        span = self.document.span(node)
        if key in self._seen or self.notes.tired(kind, span):
            return
        self._seen.add(key)
        self.notes.depth += 1
        self._follow(node, kind, span)
        self.notes.depth -= 1

    def _follow(self, node: ast.AST, kind: str, span: Span) -> None:
        holder = self.document.parent(node)
        match holder:
            case ast.Await() | ast.NamedExpr() | ast.Starred():
                if isinstance(holder, ast.NamedExpr) and isinstance(holder.target, ast.Name):
                    self._name(holder.target, kind)
                self.follow(holder, kind)
            case ast.Subscript(value=inner) if inner is node:
                self._subscript(holder, kind)
            case ast.Attribute(value=inner) if inner is node:
                self._method(holder, kind)
            case ast.BoolOp():
                if holder.values[-1] is node or isinstance(holder.op, ast.Or):
                    self.follow(holder, kind)
            case ast.IfExp():
                if holder.test is not node:
                    self.follow(holder, kind)
            case ast.UnaryOp(op=ast.Not()) | ast.If() | ast.While() | ast.Assert() | ast.Expr():
                pass
            case ast.Compare():
                self._compared(holder, node, kind)
            case ast.Assign() | ast.AnnAssign() if holder.value is node:
                self._assigned(holder, kind, span)
            case ast.AugAssign(target=ast.Name() as target) if holder.value is node and kind == ITEMS:
                self._name(target, kind)
            case ast.For() | ast.AsyncFor() | ast.comprehension() if holder.iter is node:
                self._iterated(holder.target, kind, span)
            case ast.BinOp(op=ast.Add()) if kind == ITEMS:
                self.follow(holder, kind)
            case ast.List() | ast.Tuple() if kind == ITEM and isinstance(holder.ctx, ast.Load):
                self.follow(holder, ITEMS)
            case ast.ListComp() | ast.GeneratorExp() if holder.elt is node and kind == ITEM:
                self.follow(holder, ITEMS)
            case ast.ListComp() | ast.GeneratorExp() if holder.elt is node and kind == RESPONSE:
                self.follow(holder, PAGES)
            case ast.FormattedValue() if kind == RESPONSE:
                self._formatted(holder, span)
            case ast.Call():
                self._argument(holder, node, kind, span)
            case _:
                self.notes.leaves(kind, span)

    # What is read of it

    def _subscript(self, holder: ast.Subscript, kind: str) -> None:
        said = self.document.literal(holder.slice)
        if isinstance(holder.ctx, ast.Del):
            return
        if kind == ITEMS:
            if isinstance(holder.slice, ast.Slice):
                self.notes.all_items(self.document.span(holder))
                self.follow(holder, ITEMS)
                return
            if said != 0:
                self.notes.all_items(self.document.span(holder))
            self.follow(holder, ITEM)
        elif not isinstance(said, str):
            self.notes.leaves(kind, self.document.span(holder.value))
        elif kind == ITEM:
            if isinstance(holder.ctx, ast.Load):
                self.notes.attribute(said, self.document.span(holder.slice))
        elif kind == RESPONSE:
            self._member(holder, said, self.document.span(holder.slice))
        else:
            self.notes.leaves(kind, self.document.span(holder.value))

    def _member(self, expression: ast.AST, name: str, place: Span) -> None:
        self.notes.member(name, place)
        if name in LISTS:
            self.follow(expression, ITEMS)
        elif name in SINGLE:
            self.follow(expression, ITEM)

    def _method(self, attribute: ast.Attribute, kind: str) -> None:
        span = self.document.span(attribute.value)
        call = self.document.parent(attribute)
        if not isinstance(call, ast.Call) or call.func is not attribute:
            self.notes.leaves(kind, span)
            return
        name = attribute.attr
        if kind == PAGES and name in ("build_full_result", "search"):
            # Both hand on one answer that holds all pages.
            self.notes.leaves(kind, span)
        elif kind in (RESPONSE, ITEM) and name in ("get", "pop"):
            said = self.document.literal(call.args[0]) if call.args else None
            if not isinstance(said, str):
                self.notes.leaves(kind, span)
            elif kind == ITEM:
                self.notes.attribute(said, self.document.span(call.args[0]))
            else:
                self._member(call, said, self.document.span(call.args[0]))
        elif kind == ITEMS and name in ("sort", "append", "extend", "reverse", "insert", "clear"):
            self._sort_key(call)
        elif kind == ITEMS and name == "pop":
            self.notes.all_items(span)
            self.follow(call, ITEM)
        elif kind == ITEM and name in _NOT_READ:
            return
        elif name == "copy" and kind in (ITEM, ITEMS):
            self.follow(call, kind)
        else:
            self.notes.leaves(kind, span)

    def _compared(self, holder: ast.Compare, node: ast.AST, kind: str) -> None:
        for operator, right in zip(holder.ops, holder.comparators, strict=True):
            if right is not node or not isinstance(operator, ast.In | ast.NotIn):
                continue
            said = self.document.literal(holder.left)
            if kind == RESPONSE and isinstance(said, str):
                self.notes.member(said, self.document.span(holder.left))
            elif kind == ITEM and isinstance(said, str):
                self.notes.attribute(said, self.document.span(holder.left))
            else:
                self.notes.leaves(kind, self.document.span(node))

    # Where it goes

    def _assigned(self, holder: ast.Assign | ast.AnnAssign, kind: str, span: Span) -> None:
        targets = holder.targets if isinstance(holder, ast.Assign) else [holder.target]
        for target in targets:
            if isinstance(target, ast.Name):
                self._name(target, kind)
            elif isinstance(target, ast.Tuple | ast.List) and kind == ITEMS and len(target.elts) == 1:
                self._iterated(target.elts[0], kind, span)
            elif kind == RESPONSE and isinstance(target, ast.Subscript):
                self.notes.leaves(kind, span)
            else:
                self.notes.leaves(kind, span)

    def _name(self, target: ast.Name, kind: str) -> None:
        """Follow each use of a name in the scope that binds it; a name of the module leaves sight."""
        scopes = self.document.scopes
        resolved = scopes.resolve(target.id, target)
        if resolved is None:
            self.notes.leaves(kind, self.document.span(target))
            return
        scope = resolved[0]
        for use in self.document.find_in(scope, ast.Name):
            if use.id != target.id or not isinstance(use.ctx, ast.Load):
                continue
            owner = scopes.resolve(use.id, use)
            if owner is not None and owner[0] is scope:
                self.follow(use, kind)

    def _iterated(self, target: ast.AST, kind: str, span: Span) -> None:
        inner = {ITEMS: ITEM, PAGES: RESPONSE}.get(kind)
        if inner is None or not isinstance(target, ast.Name):
            self.notes.leaves(kind, span)
            return
        if kind == ITEMS:
            self.notes.all_items(span)
        self._name(target, inner)

    def _argument(self, call: ast.Call, node: ast.AST, kind: str, span: Span) -> None:
        name = self.document.callee_name(call)
        plain = isinstance(call.func, ast.Name)
        if plain and name in ("len", "bool", "any", "isinstance", "type"):
            self._counted(call, kind, span)
        elif plain and name == "next" and kind in (ITEMS, PAGES):
            self.follow(call, ITEM if kind == ITEMS else RESPONSE)
        elif plain and name == "enumerate" and kind == ITEMS:
            self._enumerated(call, span)
        elif plain and name in _SAME_LIST and kind == ITEMS:
            self._sort_key(call)
            self.notes.all_items(span)
            if not (call.args and call.args[0] is not node and name == "filter" and not self._lambda(call.args[0])):
                self.follow(call, ITEMS)
        elif plain and name in ("dict", "deepcopy") and kind == ITEM and call.args and call.args[0] is node:
            self.notes.written.add(span)
            self.follow(call, ITEM)
        elif name in _ACCUMULATORS and isinstance(call.func, ast.Attribute) and kind in (ITEMS, ITEM):
            self._accumulated(call.func.value, kind, span)
        elif logs(name, self._receiver_text(call)):
            self.notes.shown(kind, span)
        elif plain and name == "map" and kind == ITEMS and call.args and self._lambda(call.args[0]):
            self.notes.all_items(span)
        else:
            self.notes.leaves(kind, span)

    def _formatted(self, field: ast.FormattedValue, span: Span) -> None:
        """A response in the text of a log message is shown; in any other text it leaves sight."""
        call = next((one for one in self.document.ancestors(field) if isinstance(one, ast.Call | ast.stmt)), None)
        if isinstance(call, ast.Call) and logs(self.document.callee_name(call), self._receiver_text(call)):
            self.notes.shown(RESPONSE, span)
        else:
            self.notes.leaves(RESPONSE, span)

    def _receiver_text(self, call: ast.Call) -> str:
        receiver = self.document.receiver(call)
        return self.document.text_of(receiver) if receiver is not None else ""

    def _accumulated(self, holder: ast.expr, kind: str, span: Span) -> None:
        self.notes.all_items(span)
        if isinstance(holder, ast.Name):
            self._name(holder, ITEMS)
        else:
            self.notes.leaves(kind, span)

    def _counted(self, call: ast.Call, kind: str, span: Span) -> None:
        """A length is a count, except where it only tells whether there is anything."""
        if kind != ITEMS or self.document.callee_name(call) != "len":
            return
        holder = self.document.parent(call)
        if isinstance(holder, ast.Compare) and len(holder.comparators) == 1:
            other = holder.comparators[0] if holder.left is call else holder.left
            if self.document.literal(other) in (0, 1):
                return
        if isinstance(holder, ast.If | ast.While | ast.BoolOp | ast.UnaryOp):
            return
        self.notes.all_items(span)

    def _enumerated(self, call: ast.Call, span: Span) -> None:
        holder = self.document.parent(call)
        target = holder.target if isinstance(holder, ast.For | ast.AsyncFor | ast.comprehension) else _MISSING
        if isinstance(target, ast.Tuple) and len(target.elts) == 2:
            self._iterated(target.elts[1], ITEMS, span)
        else:
            self.notes.leaves(ITEMS, span)

    def _sort_key(self, call: ast.Call) -> None:
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            self._lambda(argument)

    def _lambda(self, argument: ast.expr) -> bool:
        """Follow the item that a lambda is given; say whether the argument is one that can be followed."""
        if not isinstance(argument, ast.Lambda) or len(argument.args.args) != 1:
            return False
        name = argument.args.args[0].arg
        for use in self.document.find_in(argument.body, ast.Name):
            if use.id == name:
                self.follow(use, ITEM)
        return True
