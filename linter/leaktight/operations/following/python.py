"""Follows the value of a Python call through the function that receives it: names, loops, comprehensions, methods."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.following.notes import ITEM, ITEMS, PAGES, RESPONSE, Notes, logs
from leaktight.text import Span

_SAME_LIST = frozenset({"sorted", "list", "tuple", "reversed", "iter", "filter"})
_ACCUMULATORS = frozenset({"extend", "append", "insert", "appendleft"})
_NOT_READ = frozenset({"update", "setdefault", "clear"})
_MISSING = ast.Constant(None)


class PythonWalk:
    """One value on its way. What a library's answers are made of, the methods say that its own walk overrides."""

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
        self.go_on(node, kind, span)
        self.notes.depth -= 1

    def go_on(self, node: ast.AST, kind: str, span: Span) -> None:
        """Follow a value one step, by what its expression stands in."""
        holder = self.document.parent(node)
        match holder:
            case ast.Await() | ast.NamedExpr() | ast.Starred():
                if isinstance(holder, ast.NamedExpr) and isinstance(holder.target, ast.Name):
                    self.name(holder.target, kind)
                self.follow(holder, kind)
            case ast.Subscript(value=inner) if inner is node:
                self.subscript(holder, kind)
            case ast.Attribute(value=inner) if inner is node:
                self._attribute(holder, kind)
            case ast.BoolOp():
                if holder.values[-1] is node or isinstance(holder.op, ast.Or):
                    self.follow(holder, kind)
            case ast.IfExp():
                if holder.test is not node:
                    self.follow(holder, kind)
            case ast.UnaryOp(op=ast.Not()) | ast.If() | ast.While() | ast.Assert() | ast.Expr():
                pass
            case ast.Compare():
                self.compared(holder, node, kind)
            case ast.Assign() | ast.AnnAssign() if holder.value is node:
                self._assigned(holder, kind, span)
            case ast.AugAssign(target=ast.Name() as target) if holder.value is node and kind == ITEMS:
                self.name(target, kind)
            case ast.For() | ast.AsyncFor() | ast.comprehension() if holder.iter is node:
                self.iterated(holder.target, kind, span)
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
                self.argument(holder, node, kind, span)
            case _:
                self.notes.leaves(kind, span)

    # What a library's own walk says

    def member(self, expression: ast.AST, name: str, place: Span) -> None:
        """Note that a member of an answer is read, whose value is `expression`."""

    def plain_attribute(self, attribute: ast.Attribute, kind: str) -> None:
        """Follow what is read by a dot, without a call."""
        self.notes.leaves(kind, self.document.span(attribute.value))

    def stored(self, holder: ast.Subscript | ast.Attribute, name: str) -> None:
        """Note that an attribute of an item is set."""

    def uses(self, target: ast.Name) -> Iterable[ast.expr] | None:
        """Give each use of a name in the scope that binds it; None when not all can be seen."""
        scopes = self.document.scopes
        resolved = scopes.resolve(target.id, target)
        return None if resolved is None else self.uses_in(resolved[0], target.id)

    def uses_in(self, scope: ast.AST, name: str) -> Iterable[ast.expr]:
        """Give each place that reads a name of a scope."""
        for use in self.document.find_in(scope, ast.Name):
            if use.id != name or not isinstance(use.ctx, ast.Load):
                continue
            owner = self.document.scopes.resolve(use.id, use)
            if owner is not None and owner[0] is scope:
                yield use

    # What is read of it

    def subscript(self, holder: ast.Subscript, kind: str) -> None:
        """Follow `value[…]`."""
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
            else:
                self.stored(holder, said)
        elif kind == RESPONSE:
            self.member(holder, said, self.document.span(holder.slice))
        else:
            self.notes.leaves(kind, self.document.span(holder.value))

    def _attribute(self, attribute: ast.Attribute, kind: str) -> None:
        call = self.document.parent(attribute)
        if not isinstance(call, ast.Call) or call.func is not attribute:
            self.plain_attribute(attribute, kind)
        else:
            self.method(call, attribute.attr, kind, self.document.span(attribute.value))

    def method(self, call: ast.Call, name: str, kind: str, span: Span) -> None:
        """Follow the call of a method of the value, which stands at `span`: those of lists and dicts."""
        if kind == ITEM and name in ("get", "pop"):
            said = self.document.literal(call.args[0]) if call.args else None
            if isinstance(said, str):
                self.notes.attribute(said, self.document.span(call.args[0]))
            else:
                self.notes.leaves(kind, span)
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

    def compared(self, holder: ast.Compare, node: ast.AST, kind: str) -> None:
        """Follow a value into a comparison: `"name" in value` reads it."""
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
                self.name(target, kind)
            elif isinstance(target, ast.Tuple | ast.List) and kind == ITEMS and len(target.elts) == 1:
                self.iterated(target.elts[0], kind, span)
            else:
                self.notes.leaves(kind, span)

    def name(self, target: ast.Name, kind: str) -> None:
        """Follow each use of a name that is bound to the value."""
        uses = self.uses(target)
        if uses is None:
            self.notes.leaves(kind, self.document.span(target))
            return
        for use in uses:
            self.follow(use, kind)

    def iterated(self, target: ast.AST, kind: str, span: Span) -> None:
        """Follow what a loop gives its variable."""
        inner = {ITEMS: ITEM, PAGES: RESPONSE}.get(kind)
        if inner is None or not isinstance(target, ast.Name):
            self.notes.leaves(kind, span)
            return
        if kind == ITEMS:
            self.notes.all_items(span)
        self.name(target, inner)

    def argument(self, call: ast.Call, node: ast.AST, kind: str, span: Span) -> None:
        """Follow a value that a call is given."""
        name = self.document.callee_name(call)
        plain = isinstance(call.func, ast.Name)
        if plain and name in ("len", "bool", "any", "isinstance", "type"):
            self._counted(call, kind, span)
        elif plain and name == "next" and kind in (ITEMS, PAGES):
            self.follow(call, ITEM if kind == ITEMS else RESPONSE)
        elif plain and name == "enumerate" and kind == ITEMS:
            self.paired(call, kind, span)
        elif plain and name in _SAME_LIST and kind == ITEMS:
            self._sort_key(call)
            self.notes.all_items(span)
            if not (call.args and call.args[0] is not node and name == "filter" and not self.given_to(call.args[0])):
                self.follow(call, ITEMS)
        elif plain and name in ("dict", "deepcopy") and kind == ITEM and call.args and call.args[0] is node:
            self.notes.written.add(span)
            self.follow(call, ITEM)
        elif name in _ACCUMULATORS and isinstance(call.func, ast.Attribute) and kind in (ITEMS, ITEM):
            self._accumulated(call.func.value, kind, span)
        elif logs(name, self._receiver_text(call)):
            self.notes.shown(kind, span)
        elif plain and name == "map" and kind == ITEMS and call.args and self.given_to(call.args[0]):
            self.notes.all_items(span)
        else:
            self.notes.leaves(kind, span)

    def _formatted(self, field: ast.FormattedValue, span: Span) -> None:
        """An answer in the text of a log message is shown; in any other text it leaves sight."""
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
            resolved = self.document.scopes.resolve(holder.id, holder)
            if resolved is not None:
                for use in self.uses_in(resolved[0], holder.id):
                    self.follow(use, ITEMS)
                return
            kind, span = ITEMS, self.document.span(holder)
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

    def paired(self, call: ast.Call, kind: str, span: Span) -> None:
        """Follow the second of the pairs that a loop over a call gets: `for at, item in enumerate(items)`."""
        holder = self.document.parent(call)
        target = holder.target if isinstance(holder, ast.For | ast.AsyncFor | ast.comprehension) else _MISSING
        if isinstance(target, ast.Tuple) and len(target.elts) == 2:
            self.iterated(target.elts[1], kind, span)
        else:
            self.notes.leaves(kind, span)

    def _sort_key(self, call: ast.Call) -> None:
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            self.given_to(argument)

    def given_to(self, argument: ast.AST, kind: str = ITEM) -> bool:
        """Follow the value that a lambda is given; say whether the argument is one that can be followed."""
        if not isinstance(argument, ast.Lambda) or len(argument.args.args) != 1:
            return False
        name = argument.args.args[0].arg
        for use in self.document.find_in(argument.body, ast.Name):
            if use.id == name:
                self.follow(use, kind)
        return True
