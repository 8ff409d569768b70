"""What stands around a call: the loop that repeats it, the block that is one transaction, its function."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from leaktight.embedding.call import Argument, Function, Loop
from leaktight.languages.python import LoopNode, PythonDocument
from leaktight.text import Span

_TRANSACTIONS = frozenset("begin begin_nested transaction atomic start_transaction begin_transaction tx".split())
_CONNECTIONS = frozenset("connect get_conn connection get_connection".split())
_WITH_IS_TRANSACTION = frozenset(("psycopg", "psycopg2", "sqlite3", "aiosqlite", "pg8000", "oracledb", "cx_Oracle"))
_CONNECTION_NAMES = ("conn", "connection", "con", "cnx", "db")
_TASKS = ("task", "flow", "op", "asset", "multi_asset", "dag", "shared_task")
_DEEPEST_HELPER = 3


def arguments_of(document: PythonDocument, call: ast.Call, sql: ast.expr) -> tuple[Argument, ...]:
    """Give the arguments of a call without the one that holds the SQL."""
    found = [Argument(document.text_of(item), document.span(item)) for item in call.args if item is not sql]
    found += [
        Argument(document.text_of(keyword.value), document.span(keyword.value), keyword.arg)
        for keyword in call.keywords
        if keyword.value is not sql
    ]
    return tuple(found)


class Surroundings:
    """Answers for the calls of one document; what a loop or a function gives is found once."""

    def __init__(self, document: PythonDocument) -> None:
        self._document = document
        self._functions: dict[ast.AST, Function | None] = {}
        self._loops: dict[ast.AST, Loop] = {}
        self._helpers: dict[ast.AST, Loop | None] = {}
        self._exits: dict[int, int] = {}
        self._waiting: list[ast.AST] = []

    def function_of(self, node: ast.AST) -> Function | None:
        """Describe the function a node stands in."""
        holder = self._document.function_of(node)
        if holder is None:
            return None
        if holder not in self._functions:
            found = self._document.function(node)
            self._functions[holder] = (
                None if found is None else Function(found.name, found.span, found.decorators, found.parameters)
            )
        return self._functions[holder]

    def loop_of(self, call: ast.AST) -> Loop | None:
        """Give the loop that runs a call again and again, in its function or around a call of that function.

        A round that leaves the loop behind the call (`break`, `return`) is no repetition, nor is a loop
        that makes tasks.
        """
        loop = self._own_loop(call)
        if loop is not None:
            if loop not in self._loops:
                self._loops[loop] = self._describe(loop)
            return self._loops[loop]
        function = self._document.function_of(call)
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        if function not in self._helpers:
            # Set first, so that functions that call one another come to an end.
            self._helpers[function] = None
            if len(self._waiting) < _DEEPEST_HELPER:
                self._waiting.append(function)
                self._helpers[function] = self._helper_loop(function)
                self._waiting.pop()
        return self._helpers[function]

    def _helper_loop(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Loop | None:
        if any(_is_task(decorator) for decorator in function.decorator_list):
            return None
        for site in self._document.calls_of(function.name):
            if self._document.function_of(site) is function:
                continue
            found = self.loop_of(site)
            if found is not None:
                return _through(self._document, found, site, function)
        return None

    def _own_loop(self, call: ast.AST) -> LoopNode | None:
        at: ast.AST = call
        while (loop := self._document.loop_of(at)) is not None:
            if not self._leaves(loop, call):
                return loop
            at = loop
        return None

    def _leaves(self, loop: LoopNode, call: ast.AST) -> bool:
        """Say whether a round of the loop that has made the call always ends the loop."""
        if not isinstance(loop, ast.For | ast.AsyncFor | ast.While):
            return False
        document = self._document
        at: ast.AST | None = document.statement_of(call)
        while at is not None and at is not loop:
            holder = document.parent(at)
            for field in ("body", "orelse", "finalbody"):
                block = getattr(holder, field, None)
                if isinstance(block, list) and at in block:
                    if self._exit(block) >= document.index.number[at]:
                        return True
                    if isinstance(holder, ast.Try) and field == "body" and self._exit(holder.orelse) >= 0:
                        return True
            at = holder
        return False

    def _exit(self, block: list[ast.stmt]) -> int:
        """Give the place in the index of the last statement of a block that leaves it; -1 when none does."""
        if id(block) not in self._exits:
            number = self._document.index.number
            leaving = [number[item] for item in block if isinstance(item, ast.Break | ast.Return)]
            self._exits[id(block)] = leaving[-1] if leaving else -1
        return self._exits[id(block)]

    def _describe(self, loop: LoopNode) -> Loop:
        document = self._document
        if isinstance(loop, ast.While):
            head = Span(document.span(loop).start, document.span(loop.test).end)
            return Loop(head, "while", _bound(document, loop.body), document.text_of(loop.test))
        if isinstance(loop, ast.For | ast.AsyncFor):
            head = Span(document.span(loop).start, document.span(loop.iter).end)
            names = _bound(document, [loop.target, *loop.body])
            items = _literal_items(document, loop.iter)
            return Loop(head, "for", names, document.text_of(loop.iter), literal_items=items)
        generator = loop.generators[-1]
        start = document.text.rfind("for", document.span(loop).start, document.span(generator.target).start)
        head = Span(max(start, document.span(loop).start), document.span(generator.iter).end)
        names = frozenset(name for item in loop.generators for name in _bound(document, [item.target]))
        items = _literal_items(document, generator.iter)
        return Loop(head, "comprehension", names, document.text_of(generator.iter), literal_items=items)


def _bound(document: PythonDocument, nodes: Iterable[ast.AST]) -> frozenset[str]:
    return frozenset(
        name.id for node in nodes for name in document.find_in(node, ast.Name) if isinstance(name.ctx, ast.Store)
    )


def _literal_items(document: PythonDocument, iterable: ast.expr) -> int | None:
    value = document.value_of(iterable)
    if isinstance(value, ast.List | ast.Tuple | ast.Set):
        return None if any(isinstance(item, ast.Starred) for item in value.elts) else len(value.elts)
    if isinstance(value, ast.Dict):
        return None if None in value.keys else len(value.keys)
    if isinstance(value, ast.Call):
        name = document.callee_name(value)
        if name in ("enumerate", "reversed", "sorted", "items", "keys", "values", "tqdm"):
            inner = value.args[0] if value.args else document.receiver(value)
            return None if inner is None else _literal_items(document, inner)
        if name == "range":
            bounds = [bound for item in value.args if isinstance(bound := document.literal(item), int)]
            if len(bounds) == len(value.args) and 1 <= len(bounds) <= 3 and bounds[2:] != [0]:
                return len(range(*bounds))
    return None


def _is_task(decorator: ast.expr) -> bool:
    path = decorator.func if isinstance(decorator, ast.Call) else decorator
    while isinstance(path, ast.Attribute):
        if path.attr in _TASKS:
            return True
        path = path.value
    return isinstance(path, ast.Name) and path.id in _TASKS


def _through(
    document: PythonDocument, loop: Loop, site: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef
) -> Loop:
    """Give a loop as seen from inside the helper that it calls: the parameters that change with each round."""
    parameters = [*function.args.posonlyargs, *function.args.args]
    if isinstance(site.func, ast.Attribute) and parameters and parameters[0].arg in ("self", "cls"):
        parameters = parameters[1:]
    pairs = [(parameter.arg, item) for parameter, item in zip(parameters, site.args, strict=False)]
    pairs += [(keyword.arg, keyword.value) for keyword in site.keywords if keyword.arg is not None]
    inner = frozenset(
        name for name, item in pairs if any(used.id in loop.variables for used in document.find_in(item, ast.Name))
    )
    inner |= _bound(document, function.body) if inner else frozenset()
    return Loop(
        loop.head, loop.kind, loop.variables | inner, loop.iterates, loop.helper or document.span(site),
        loop.literal_items,
    )  # fmt: skip


def transaction_of(document: PythonDocument, call: ast.AST, driver: str | None) -> Span | None:
    """Give the head of the innermost block, or the decorator, that makes one transaction around a call."""
    child = call
    for holder in document.ancestors(call):
        if isinstance(holder, ast.With | ast.AsyncWith) and child in holder.body:
            if any(_is_transaction(document, item, driver) for item in holder.items):
                return Span(document.span(holder).start, document.span(holder.items[-1]).end)
        elif isinstance(holder, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in holder.decorator_list:
                path = decorator.func if isinstance(decorator, ast.Call) else decorator
                if isinstance(path, ast.Name | ast.Attribute) and _last_name(path) in ("atomic", "transactional"):
                    return document.span(decorator)
            return None
        child = holder
    return None


def _is_transaction(document: PythonDocument, item: ast.withitem, driver: str | None) -> bool:
    expression = item.context_expr
    if isinstance(expression, ast.Await):
        expression = expression.value
    if isinstance(expression, ast.Call):
        name = document.callee_name(expression)
        return name in _TRANSACTIONS or (name in _CONNECTIONS and driver in _WITH_IS_TRANSACTION)
    if isinstance(expression, ast.Name | ast.Attribute):
        name = _last_name(expression)
        if name == "atomic":
            return True
        return driver in _WITH_IS_TRANSACTION and name.lower().endswith(_CONNECTION_NAMES)
    return False


def _last_name(expression: ast.Name | ast.Attribute) -> str:
    return expression.id if isinstance(expression, ast.Name) else expression.attr
