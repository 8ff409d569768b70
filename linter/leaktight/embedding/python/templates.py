"""Folding of `.format` and `%`: their arguments bound to the fields of the template."""

from __future__ import annotations

import ast
from typing import Protocol

from leaktight.embedding.python.fragments import Fragment, Text, Value, formatted, known, percented
from leaktight.languages.python import PythonDocument
from leaktight.text import Span


class _Folds(Protocol):
    def fold(self, expression: ast.expr) -> list[Text]: ...

    def fold_inside(self, expression: ast.expr) -> list[Text]: ...

    def unknown(self, expression: ast.expr, span: Span | None = None) -> Fragment: ...


class TemplateFolder:
    """Binds arguments to fields; each argument is folded by the folder it belongs to."""

    def __init__(self, document: PythonDocument, folder: _Folds) -> None:
        self._document = document
        self._folder = folder

    def format(self, call: ast.Call, receiver: ast.expr) -> list[Text]:
        """Fold `receiver.format(…)` and `receiver.format_map(…)`."""
        templates = self._folder.fold(receiver)
        if not templates:
            return []
        rest: str | None = None
        if self._document.callee_name(call) == "format_map":
            named, rest = self._mapping(call.args[0]) if call.args else ({}, None)
            return [formatted(text, (), named, rest) for text in templates]
        positional: list[Value] = []
        for argument in call.args:
            if isinstance(argument, ast.Starred):
                rest = self._document.text_of(argument.value)
                break
            positional.append(self._value(argument))
        named = {}
        for keyword in call.keywords:
            if keyword.arg is not None:
                named[keyword.arg] = self._value(keyword.value)
            else:
                more, unknown = self._mapping(keyword.value)
                named.update(more)
                rest = unknown or rest
        return [formatted(text, positional, named, rest) for text in templates]

    def percent(self, expression: ast.BinOp) -> list[Text]:
        """Fold `template % values`."""
        templates = [text for text in self._folder.fold(expression.left) if known(text)]
        values = expression.right
        if isinstance(values, ast.Tuple):
            positional: list[Value] = []
            for item in values.elts:
                if isinstance(item, ast.Starred):
                    break
                positional.append(self._value(item))
            return [percented(text, positional, {}, self._document.text_of(values)) for text in templates]
        named, rest = self._mapping(values)
        single: list[Value] = [] if isinstance(values, ast.Dict) else [self._value(values)]
        return [percented(text, single, named, rest) for text in templates]

    def _mapping(self, expression: ast.expr) -> tuple[dict[str, Value], str | None]:
        """Give the named values of a dictionary, and the text of what else may fill a field."""
        text = self._document.text_of(expression)
        value = self._document.value_of(expression)
        if isinstance(value, ast.Call) and self._document.callee_name(value) == "dict" and not value.args:
            return {k.arg: self._value(k.value) for k in value.keywords if k.arg is not None}, text
        if not isinstance(value, ast.Dict):
            return {}, text
        named: dict[str, Value] = {}
        for key, item in zip(value.keys, value.values, strict=True):
            name = self._document.literal(key) if key is not None else None
            if isinstance(name, str):
                named[name] = self._value(item)
        return named, text

    def _value(self, argument: ast.expr) -> Value:
        found = self._folder.fold_inside(argument)
        return found[0] if len(found) == 1 else self._folder.unknown(argument)
