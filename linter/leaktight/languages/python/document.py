"""A parsed stretch of Python and what rules ask of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar, cast

from leaktight.languages.document import Document
from leaktight.languages.python.comments import comments_of
from leaktight.languages.python.index import TreeIndex
from leaktight.languages.python.names import imported_modules, imports_of, qualified_name
from leaktight.languages.python.places import Places
from leaktight.languages.python.reaching import COMPREHENSIONS, FUNCTIONS, Binding, BindingKind
from leaktight.languages.python.scopes import Scopes
from leaktight.languages.python.strings import Piece, literal_pieces
from leaktight.lazy import record
from leaktight.source import Region, Source
from leaktight.text import Span

Node = TypeVar("Node", bound=ast.AST)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
LoopNode = ast.For | ast.AsyncFor | ast.While | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class _NotLiteral:
    """The type of `NOT_LITERAL`."""

    def __repr__(self) -> str:
        return "NOT_LITERAL"

    def __bool__(self) -> bool:
        return False


NOT_LITERAL = _NotLiteral()
"""What `PythonDocument.literal` gives for an expression that is no literal."""


@record(frozen=True, slots=True)
class FunctionInfo:
    """A function by its dotted name, `Loader.load`; the span runs from `def` to its end.

    `decorators` are texts without `@`; `parameters` are names, `*args` and `**kwargs` without stars.
    """

    name: str
    span: Span
    decorators: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


class PythonDocument(Document):
    """A region of Python. All spans are code points of the region's text."""

    def __init__(self, region: Region, source: Source, tree: ast.Module) -> None:
        super().__init__(region, source)
        self.tree = tree

    @cached_property
    def index(self) -> TreeIndex:
        """All nodes, walked once."""
        return TreeIndex(self.tree)

    @cached_property
    def scopes(self) -> Scopes:
        """The bindings of all names."""
        return Scopes(self.index)

    @cached_property
    def _places(self) -> Places:
        return Places(self.text, self.index)

    # Places

    def span(self, node: ast.AST) -> Span:
        """Give the span of a node; without decorators for functions and classes."""
        return self._places.span(node)

    def text_of(self, node: ast.AST) -> str:
        """Give the source text of a node."""
        return self.slice(self.span(node))

    def name_span(self, call: ast.Call) -> Span:
        """Give the span of the callee's last identifier; of the whole callee when it has none."""
        return self.last_name_span(call.func)

    def last_name_span(self, expression: ast.expr) -> Span:
        """Give the span of the last identifier of a name or attribute chain."""
        span = self.span(expression)
        if isinstance(expression, ast.Attribute):
            written = self.text.rfind(expression.attr, span.start, span.end)
            if written >= 0:
                return Span(written, span.end)
        return span

    def keyword_name_span(self, keyword: ast.keyword) -> Span:
        """Give the span of a keyword argument's name, or of the `**`."""
        start = self.span(keyword).start
        return Span(start, start + (len(keyword.arg) if keyword.arg else 2))

    def pieces(self, literal: ast.Constant | ast.JoinedStr) -> list[Piece]:
        """Give the pieces of a string or f-string literal. Raises `MalformedLiteral`."""
        return literal_pieces(self.text, self.span(literal))

    # Walking

    def find(self, *kinds: type[Node]) -> Iterator[Node]:
        """Yield the nodes of exactly these classes in the order of the source."""
        return iter(cast("Sequence[Node]", self.index.nodes_of(*kinds)))

    def find_in(self, root: ast.AST, *kinds: type[Node]) -> Iterator[Node]:
        """Yield the nodes of exactly these classes in `root`, itself included, in the order of the source."""
        return iter(cast("Sequence[Node]", self.index.within(root, *kinds)))

    @property
    def literals(self) -> Iterator[ast.Constant | ast.JoinedStr]:
        """All constants and f-strings in the order of the source; the constants inside f-strings too."""
        return iter(cast("Sequence[ast.Constant | ast.JoinedStr]", self.index.nodes_of(ast.Constant, ast.JoinedStr)))

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Give the node that holds `node`; None for the module."""
        return self.index.parent(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what holds `node`, innermost first, the module last."""
        parent = self.index.parent(node)
        while parent is not None:
            yield parent
            parent = self.index.parent(parent)

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """Give the statement that a node is or stands in."""
        at: ast.AST | None = node
        while at is not None and not isinstance(at, ast.stmt):
            at = self.index.parent(at)
        return at

    def function_of(self, node: ast.AST) -> FunctionNode | None:
        """Give the innermost function whose body or parameters hold a node; its decorators stand outside."""
        child = node
        for holder in self.ancestors(node):
            if isinstance(holder, FUNCTIONS) and child not in getattr(holder, "decorator_list", ()):
                return holder
            child = holder
        return None

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """Give the innermost class that holds a node."""
        return next((holder for holder in self.ancestors(node) if isinstance(holder, ast.ClassDef)), None)

    def function(self, node: ast.AST) -> FunctionInfo | None:
        """Describe the innermost named function that a node is or stands in."""
        found: ast.AST | None = node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found = self.function_of(node)
            while isinstance(found, ast.Lambda):
                found = self.function_of(found)
        if not isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        names = [found.name]
        names += [
            holder.name
            for holder in self.ancestors(found)
            if isinstance(holder, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ]
        arguments = found.args
        parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        parameters += [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]
        return FunctionInfo(
            ".".join(reversed(names)),
            self.span(found),
            tuple(self.text_of(decorator) for decorator in found.decorator_list),
            tuple(parameter.arg for parameter in parameters),
        )

    def loop_of(self, node: ast.AST) -> LoopNode | None:
        """Give the innermost loop of the same function that runs `node` again and again.

        What a loop walks over, and its `else`, are run once and do not count.
        """
        child = node
        for holder in self.ancestors(node):
            if isinstance(holder, FUNCTIONS):
                return None
            match holder:
                case ast.For() | ast.AsyncFor() if child in holder.body:
                    return holder
                case ast.While() if child is holder.test or child in holder.body:
                    return holder
                case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                    first = holder.generators[0]
                    if child is not first or not self._contains(first.iter, node):
                        return holder
            child = holder
        return None

    def _contains(self, root: ast.AST, node: ast.AST) -> bool:
        number = self.index.number
        return number[root] <= number[node] < self.index.end(root)

    # Names

    @cached_property
    def imports(self) -> Mapping[str, str]:
        """Local name → dotted path of every import."""
        return imports_of(self.index)

    @cached_property
    def modules(self) -> frozenset[str]:
        """The dotted names of all imported modules, with those above them; absolute imports only."""
        return imported_modules(self.index)

    def qualified_name(self, expression: ast.expr) -> str | None:
        """Give the dotted path of a name or attribute chain: `pd.read_sql` is `pandas.read_sql`.

        None where it does not begin at an import or a built-in (`open`), or is bound anew in its scope.
        """
        return qualified_name(expression, self.imports, self.scopes)

    def assignments(self, name: str, scope: ast.AST | None = None) -> Sequence[Binding]:
        """Give what binds a name in a scope (the module, if None), in the order of the source."""
        return self.scopes.bindings(name, self.tree if scope is None else scope)

    def constant(self, name: ast.Name | ast.Attribute) -> ast.expr | None:
        """Give what a module constant, class constant, `self.x` or `Class.x` is set to, if only once."""
        found: Sequence[Binding] = ()
        if isinstance(name, ast.Name):
            resolved = self.scopes.resolve(name.id, name)
            found = resolved[1] if resolved is not None else ()
        elif isinstance(name.value, ast.Name):
            found = self._attribute_bindings(name.value, name.attr)
        only = found[0] if len(found) == 1 else None
        return only.value if only is not None and only.kind is BindingKind.ASSIGN else None

    def _attribute_bindings(self, owner: ast.Name, attribute: str) -> Sequence[Binding]:
        holder: ast.ClassDef | None = None
        if owner.id in ("self", "cls"):
            holder = self.class_of(owner)
        else:
            resolved = self.scopes.resolve(owner.id, owner)
            if resolved is not None and len(resolved[1]) == 1 and isinstance(resolved[1][0].node, ast.ClassDef):
                holder = resolved[1][0].node
        if holder is None:
            return ()
        return [*self.scopes.bindings(attribute, holder), *self._self_bindings.get((holder, attribute), ())]

    @cached_property
    def _self_bindings(self) -> Mapping[tuple[ast.ClassDef, str], list[Binding]]:
        """What `self.x = …` binds, by class and name."""
        found: dict[tuple[ast.ClassDef, str], list[Binding]] = {}
        for node in self.find(ast.Attribute):
            if isinstance(node.ctx, ast.Load) or not isinstance(node.value, ast.Name):
                continue
            holder = self.class_of(node) if node.value.id in ("self", "cls") else None
            if holder is None:
                continue
            parent = self.parent(node)
            if isinstance(parent, ast.AnnAssign) and parent.value is None:
                continue
            if isinstance(parent, ast.Assign | ast.AnnAssign):
                binding = Binding(BindingKind.ASSIGN, parent, parent.value)
            else:
                binding = Binding(BindingKind.OPAQUE, parent or node, None)
            found.setdefault((holder, node.attr), []).append(binding)
        return found

    def value_of(self, expression: ast.expr, at: ast.AST | None = None) -> ast.expr:
        """Give what a name stands for at a place, one step far: the one value that reaches it, else itself."""
        if isinstance(expression, ast.Name):
            ways = self.scopes.reaching(expression.id, at or expression)
            if len(ways) == 1 and len(ways[0]) == 1 and ways[0][0].kind is BindingKind.ASSIGN:
                return ways[0][0].value or expression
            return expression
        if isinstance(expression, ast.Attribute):
            return self.constant(expression) or expression
        return expression

    def literal(self, expression: ast.AST) -> object:
        """Give the value of a literal (numbers, strings, containers of them), or `NOT_LITERAL`."""
        try:
            return cast("object", ast.literal_eval(cast("ast.expr", expression)))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return NOT_LITERAL

    # Calls

    def keyword(self, call: ast.Call, name: str) -> ast.keyword | None:
        """Give the keyword argument of a name."""
        return next((keyword for keyword in call.keywords if keyword.arg == name), None)

    def argument(self, call: ast.Call, position: int | None, name: str | None = None) -> ast.expr | None:
        """Give the value of an argument by keyword, or by position from 0 where no `*args` stands before it."""
        if name is not None:
            keyword = self.keyword(call, name)
            if keyword is not None:
                return keyword.value
        if position is None or position >= len(call.args):
            return None
        if any(isinstance(item, ast.Starred) for item in call.args[: position + 1]):
            return None
        return call.args[position]

    def callee_name(self, call: ast.Call) -> str:
        """Give the last identifier of the callee; empty where it is no name (`f()()`)."""
        match call.func:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return name
        return ""

    def receiver(self, call: ast.Call) -> ast.expr | None:
        """Give what stands before the callee's last dot."""
        return call.func.value if isinstance(call.func, ast.Attribute) else None

    @cached_property
    def module_functions(self) -> Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions of the module's top level, and the methods of its classes as `Class.method`."""
        found: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        for node in self.index.nodes_of(ast.FunctionDef, ast.AsyncFunctionDef):
            holder = self.function(node)
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and holder is not None
                and self.function_of(node) is None
            ):
                found.setdefault(holder.name, node)
        return found

    @cached_property
    def _calls(self) -> Mapping[str, list[ast.Call]]:
        found: dict[str, list[ast.Call]] = {}
        for call in self.find(ast.Call):
            name = self.callee_name(call)
            if isinstance(call.func, ast.Name) or (
                isinstance(call.func, ast.Attribute)
                and isinstance(call.func.value, ast.Name)
                and call.func.value.id in ("self", "cls")
            ):
                found.setdefault(name, []).append(call)
        return found

    def calls_of(self, function_name: str) -> Sequence[ast.Call]:
        """Give the calls `name(…)`, `self.name(…)` and `cls.name(…)` of the module; dotted names by their end."""
        return self._calls.get(function_name.rpartition(".")[2], ())

    # Text that is no code

    @cached_property
    def _comments(self) -> tuple[tuple[Span, str], ...]:
        return tuple(comments_of(self.text))

    def comments(self) -> Sequence[tuple[Span, str]]:
        """Give each comment with its span, `#` included; as many as can be told where the text is odd."""
        return self._comments


__all__ = ["COMPREHENSIONS", "FUNCTIONS", "NOT_LITERAL", "FunctionInfo", "FunctionNode", "LoopNode", "PythonDocument"]
