"""Literal values in Python code: what an expression is known to be without running anything."""

from __future__ import annotations

import ast
from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from string import Formatter
from typing import TypeVar

from leaktight.catalog.table import TableName
from leaktight.diagnostics import Location
from leaktight.languages.python.document import PythonDocument
from leaktight.operations.python_schema.statements import add_imports, bind, statements_of

_T = TypeVar("_T")
_DEEPEST = 40
"""How far expressions in expressions, and names that stand for names, are followed."""
_MOST_ITEMS = 1000
"""How many elements a list may have, those of lists that are added up together; of a longer one nothing is known."""
_LONGEST_TEXT = 10_000
_MOST_STEPS = 100_000
"""How many names are followed in one file: those that stand for several others each would have no end."""


class _Module:
    """What all scopes of a module share; `steps` counts the names that were followed."""

    def __init__(self, document: PythonDocument) -> None:
        self.steps = 0
        self._body = document.tree.body

    @cached_property
    def functions(self) -> Mapping[str, ast.FunctionDef]:
        return {item.name: item for item in self._body if isinstance(item, ast.FunctionDef)}

    @cached_property
    def classes(self) -> Mapping[str, ast.ClassDef]:
        return {item.name: item for item in statements_of(self._body) if isinstance(item, ast.ClassDef)}


class Code:
    """A document's code as seen from one scope.

    `names` are the names that are bound just once, with what they are bound to; None for those that are bound otherwise.
    """

    def __init__(
        self,
        document: PythonDocument,
        names: Mapping[str, ast.expr | None],
        imports: Mapping[str, str],
        module: _Module | None = None,
    ) -> None:
        self.document = document
        self.names = names
        self.imports = imports
        self._module = module if module is not None else _Module(document)

    @classmethod
    def of_module(cls, document: PythonDocument) -> Code:
        """Give the code as the module's top level sees it."""
        names: dict[str, ast.expr | None] = {}
        imports: dict[str, str] = {}
        for statement in statements_of(document.tree.body):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                add_imports(statement, imports)
            elif isinstance(statement, ast.ClassDef):
                inner: dict[str, ast.expr | None] = {}
                for part in statement.body:
                    bind(part, inner)
                names.update({f"{statement.name}.{name}": value for name, value in inner.items()})
            bind(statement, names)
        return cls(document, names, imports)

    def within(self, names: Mapping[str, ast.expr | None]) -> Code:
        """Give the code as an inner scope sees it that binds some names anew."""
        return Code(self.document, _over(self.names, names), self.imports, self._module) if names else self

    def in_body(self, body: Iterable[ast.stmt]) -> Code:
        """Give the code as the body of a function or a class sees it."""
        names: dict[str, ast.expr | None] = {}
        imports: dict[str, str] = {}
        for statement in statements_of(body):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                add_imports(statement, imports)
            bind(statement, names)
        if not imports:
            return self.within(names)
        return Code(self.document, _over(self.names, names), _over(self.imports, imports), self._module)

    @property
    def functions(self) -> Mapping[str, ast.FunctionDef]:
        """The functions of the module's top level."""
        return self._module.functions

    @property
    def classes(self) -> Mapping[str, ast.ClassDef]:
        """The classes of the module's top level."""
        return self._module.classes

    # Values

    def value(self, node: ast.expr | None) -> ast.expr | None:
        """Give what an expression stands for: itself, or for a name that is bound once what it is bound to."""
        for _ in range(_DEEPEST):
            if isinstance(node, ast.Name):
                known = self.names.get(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                known = self.names.get(f"{node.value.id}.{node.attr}")
            else:
                return node
            if known is None or known is node:
                return node
            node = known
            self._module.steps += 1
            if self._module.steps > _MOST_STEPS:
                return None
        return node

    def text(self, node: ast.expr | None, depth: int = 0) -> str | None:
        """Give the string that an expression is, None where it is none or not known."""
        node = self.value(node)
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if depth > _DEEPEST or node is None:
            return None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left = self.text(node.left, depth + 1)
            right = self.text(node.right, depth + 1) if left is not None else None
            return _short(left + right) if left is not None and right is not None else None
        if isinstance(node, ast.JoinedStr):
            return self._joined(node, depth)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            return self._formatted(node, depth)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
            # What `op.f` marks is a name that no naming convention changes any more.
            return self.text(node.args[0], depth + 1) if node.func.attr == "f" else None
        return None

    def _joined(self, node: ast.JoinedStr, depth: int) -> str | None:
        """Give what `f"{schema}.orders"` is."""
        found = ""
        for value in node.values:
            part = self._part(value, depth)
            if part is None or len(found) + len(part) > _LONGEST_TEXT:
                return None
            found += part
        return found

    def _formatted(self, call: ast.Call, depth: int) -> str | None:
        """Give what `"volume_{}".format(channel)` is, if it holds plain fields alone."""
        pattern = self.text(call.func.value, depth + 1) if isinstance(call.func, ast.Attribute) else None
        if pattern is None or len(pattern) > _LONGEST_TEXT:
            return None
        given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        given |= {str(at): value for at, value in enumerate(plain_arguments(call))}
        found, number = "", 0
        try:
            for literal, field, form, conversion in Formatter().parse(pattern):
                found += literal
                if field is None:
                    continue
                value = self.text(given.get(field or str(number)), depth + 1)
                number += not field
                if value is None or form or conversion or len(found) + len(value) > _LONGEST_TEXT:
                    return None
                found += value
        except ValueError:
            return None
        return _short(found)

    def _part(self, node: ast.expr, depth: int) -> str | None:
        if isinstance(node, ast.FormattedValue):
            return self.text(node.value, depth + 1) if node.conversion < 0 and node.format_spec is None else None
        return self.text(node, depth + 1)

    def flag(self, node: ast.expr | None) -> bool | None:
        """Give the truth value that an expression is, None where it is none or not known."""
        node = self.value(node)
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, bool) else None

    def number(self, node: ast.expr | None) -> int | None:
        """Give the whole number that an expression is, None where it is none or not known."""
        node = self.value(node)
        found = node.value if isinstance(node, ast.Constant) else None
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def is_none(self, node: ast.expr | None) -> bool:
        """Say whether an expression is `None`."""
        node = self.value(node)
        return isinstance(node, ast.Constant) and node.value is None

    def written(self, node: ast.expr | None) -> str | None:
        """Give an expression as it stands in the code; None for none at all, and for `None`."""
        return None if node is None or self.is_none(node) else self.document.text_of(node)

    def items(self, node: ast.expr | None, depth: int = 0) -> list[ast.expr] | None:
        """Give the elements of a list, tuple or set, also of several added up; None where not all are known."""
        node = self.value(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and depth < _DEEPEST:
            left = self.items(node.left, depth + 1)
            right = self.items(node.right, depth + 1) if left is not None else None
            if left is None or right is None or len(left) + len(right) > _MOST_ITEMS:
                return None
            return left + right
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp) and depth < _DEEPEST:
            return self._comprehended(node, depth)
        if not isinstance(node, ast.List | ast.Tuple | ast.Set) or len(node.elts) > _MOST_ITEMS:
            return None
        found: list[ast.expr] = []
        for item in node.elts:
            if not isinstance(item, ast.Starred):
                found.append(item)
                continue
            more = self.items(item.value, depth + 1) if depth < _DEEPEST else None
            if more is None or len(found) + len(more) > _MOST_ITEMS:
                return None
            found += more
        return found

    def _comprehended(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, depth: int) -> list[ast.expr] | None:
        """Give the elements of `[f"{name}_id" for name in …]`, where they are known strings."""
        loop = node.generators[0]
        items = self.items(loop.iter, depth + 1) if len(node.generators) == 1 and not loop.ifs else None
        if items is None or not isinstance(loop.target, ast.Name):
            return None
        texts = [self.within({loop.target.id: self.value(item)}).text(node.elt) for item in items]
        return [ast.copy_location(ast.Constant(text), node.elt) for text in texts] if None not in texts else None

    def texts(self, node: ast.expr | None) -> tuple[str, ...] | None:
        """Give the strings of a list; None where not all are known."""
        items = self.items(node)
        found = [self.text(item) for item in items] if items is not None else [None]
        return tuple(text for text in found if text is not None) if None not in found else None

    def mapping(self, node: ast.expr | None) -> dict[str, ast.expr]:
        """Give the values of a dictionary by those of its keys that are known strings, also of `dict(a=…)`."""
        node = self.value(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
            return {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        if not isinstance(node, ast.Dict):
            return {}
        pairs = zip(node.keys, node.values, strict=True)
        return {key: value for node, value in pairs if node is not None and (key := self.text(node)) is not None}

    # Names and places

    def path(self, node: ast.expr | None) -> str:
        """Give the dotted path of a name or an attribute, imports followed: `sa.String` is `sqlalchemy.String`."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self.imports.get(node.id, node.id), *reversed(parts)])

    def last(self, node: ast.expr | None) -> str:
        """Give the last name of a name or an attribute as its module calls it."""
        return self.path(node).rpartition(".")[2]

    def place(self, node: ast.AST) -> Location:
        """Give the place of a node in the file."""
        return self.document.location(self.document.span(node))


def _over(names: Mapping[str, _T], inner: Mapping[str, _T]) -> Mapping[str, _T]:
    """Give the names of a scope with those of an inner one over them, without a copy of either."""
    return ChainMap(dict(inner), names)  # type: ignore[arg-type] # it is never changed


def _short(text: str) -> str | None:
    return text if len(text) <= _LONGEST_TEXT else None


class Arguments:
    """The arguments of a call whose `parameters` are in this order."""

    def __init__(self, code: Code, call: ast.Call, parameters: Sequence[str] = ()) -> None:
        self.code = code
        self.call = call
        self._named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        for parameter, value in zip(parameters, plain_arguments(call), strict=False):
            self._named.setdefault(parameter, value)

    def __contains__(self, name: str) -> bool:
        return name in self._named

    @property
    def is_open(self) -> bool:
        """Whether there are arguments that are not written out: `*columns`, `**options`."""
        return any(item.arg is None for item in self.call.keywords) or any(
            isinstance(item, ast.Starred) for item in self.call.args
        )

    def get(self, *names: str) -> ast.expr | None:
        """Give the argument of the first of some names that is given."""
        return next((self._named[name] for name in names if name in self._named), None)

    def text(self, *names: str) -> str | None:
        """Give an argument that is a known string."""
        return self.code.text(self.get(*names))

    def flag(self, name: str) -> bool | None:
        """Give an argument that is a known truth value."""
        return self.code.flag(self.get(name))

    def number(self, *names: str) -> int | None:
        """Give an argument that is a known whole number."""
        return self.code.number(self.get(*names))

    def texts(self, *names: str) -> tuple[str, ...] | None:
        """Give an argument that is a list of known strings."""
        return self.code.texts(self.get(*names))


def plain_arguments(call: ast.Call) -> list[ast.expr]:
    """Give the positional arguments that stand before any `*more`."""
    found: list[ast.expr] = []
    for item in call.args:
        if isinstance(item, ast.Starred):
            break
        found.append(item)
    return found


def table_name(name: str, schema: str | None = None) -> TableName:
    """Give a table's name as SQLAlchemy has it; a schema may have several parts."""
    return TableName((*(part for part in (schema or "").split(".") if part), name))
