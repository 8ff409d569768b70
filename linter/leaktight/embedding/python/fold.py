"""Folding of Python expressions to SQL text, as far as the source tells it.

Nothing is run. An expression gives a list of texts, one for each way it can turn out (the arms of a
conditional, the branches that set a name); what is not known becomes an unknown piece.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import product

from leaktight.embedding.python.fragments import Fragment, Text, known, plain, replaced, stand_for
from leaktight.embedding.python.imported import ImportedConstants
from leaktight.embedding.python.templates import TemplateFolder
from leaktight.languages.python import BindingKind, MalformedLiteral, PythonDocument
from leaktight.text import Span

MOST_WAYS = 8
"""How many ways of an expression that is part of a larger one are told apart."""
_MOST_ITEMS = 64
"""How many ways of a whole expression are: the items of a list, the values of a dictionary."""
_MOST_STEPS = 4000
"""How many expressions are looked at to fold one."""
_MOST_FRAGMENTS = 20_000
_DEEPEST = 40
_LONGEST = 400
"""How many terms a chain of `+` may have."""

_PASS_RECEIVER = frozenset(
    "strip lstrip rstrip lower upper casefold encode bindparams columns execution_options as_string substitute "
    "safe_substitute expandtabs decode".split()
)
_PASS_ARGUMENT = frozenset(
    "dedent cleandoc text SQL str sql_text DDL Template Composed escape_sql format_sql minify_sql Query TextClause "
    "_text sa_text".split()
)
_TYPED = {"Identifier": "name", "Literal": "value", "Placeholder": "value", "bindparam": "value"}


class StringFolder:
    """Folds expressions of one document.

    `used` collects the string literals whose text went into some result.
    """

    def __init__(self, document: PythonDocument, imported: ImportedConstants) -> None:
        self._document = document
        self._imported = imported
        self._templates = TemplateFolder(document, self)
        self._active: set[ast.AST] = set()
        self._depth = 0
        self._inside = 0
        self._steps = 0
        self._changed: dict[ast.AST, set[str]] = {}
        self._tables: dict[ast.Dict, dict[object, ast.expr]] = {}
        self._returned: dict[ast.AST, list[ast.expr]] = {}
        self.used: set[ast.AST] = set()

    def texts(self, expression: ast.expr) -> list[Text]:
        """Give the texts an expression may be; empty when nothing of it is known."""
        self._steps = 0
        return [text for text in self._fold(expression) if known(text)]

    def fold(self, expression: ast.expr) -> list[Text]:
        """Give the texts an expression may be, the empty text too; an empty list when it is not known."""
        return self._fold(expression)

    def fold_inside(self, expression: ast.expr) -> list[Text]:
        """Give the texts of an expression that is a part of a larger one, where a default proves nothing."""
        self._inside += 1
        try:
            return self._fold(expression)
        finally:
            self._inside -= 1

    def part(self, expression: ast.expr) -> list[Text]:
        """Give the texts of an expression inside a larger one: an unknown piece where it is not known."""
        found = self.fold_inside(expression)
        if not found:
            return [(self.unknown(expression),)]
        if isinstance(expression, ast.Constant | ast.JoinedStr | ast.BinOp | ast.IfExp):
            return found
        span = self._document.span(expression)
        host = self._document.text_of(expression)
        return [stand_for(text, span, host) for text in found]

    def unknown(self, expression: ast.expr, span: Span | None = None) -> Fragment:
        """Give the unknown piece that an expression is."""
        wants = ""
        if isinstance(expression, ast.Call):
            wants = _TYPED.get(self._document.callee_name(expression), "")
        return Fragment(
            span or self._document.span(expression), None, host=self._document.text_of(expression), wants=wants
        )

    def _fold(self, expression: ast.expr) -> list[Text]:
        self._steps += 1
        if self._depth >= _DEEPEST or self._steps > _MOST_STEPS or expression in self._active:
            return []
        self._depth += 1
        self._active.add(expression)
        try:
            return self._kinds(expression)[:_MOST_ITEMS]
        finally:
            self._active.discard(expression)
            self._depth -= 1

    def _kinds(self, expression: ast.expr) -> list[Text]:
        match expression:
            case ast.Constant():
                return self._constant(expression)
            case ast.JoinedStr():
                return self._joined(expression)
            case ast.BinOp(op=ast.Add()):
                return self._sum(expression)
            case ast.BinOp(op=ast.Mod()):
                return self._templates.percent(expression)
            case ast.Name():
                return self._name(expression)
            case ast.Attribute():
                return self._attribute(expression)
            case ast.Call():
                return self._call(expression)
            case ast.IfExp():
                return [*self._fold(expression.body), *self._fold(expression.orelse)]
            case ast.BoolOp(op=ast.Or()):
                return [text for value in expression.values for text in self._fold(value)]
            case ast.NamedExpr() | ast.Await() | ast.FormattedValue():
                return self._fold(expression.value)
            case ast.Subscript():
                return self._subscript(expression)
        return []

    # Literals

    def _constant(self, literal: ast.Constant) -> list[Text]:
        document = self._document
        if isinstance(literal.value, str):
            try:
                pieces = document.pieces(literal)
            except MalformedLiteral:
                return []
            self.used.add(literal)
            return [tuple(Fragment(p.span, p.value, p.verbatim, _forbidden(p.quote, False)) for p in pieces)]
        if isinstance(literal.value, int | float) and not isinstance(literal.value, bool):
            text = str(literal.value)
            return [(Fragment(document.span(literal), text, host=document.text_of(literal), wants="number"),)]
        return []

    def _joined(self, literal: ast.JoinedStr) -> list[Text]:
        document = self._document
        try:
            pieces = document.pieces(literal)
        except MalformedLiteral:
            return []
        fields = [value for value in literal.values if isinstance(value, ast.FormattedValue)]
        if len(fields) != sum(piece.field is not None for piece in pieces):
            return []
        self.used.add(literal)
        waiting = iter(fields)
        parts: list[list[Text]] = []
        for piece in pieces:
            if piece.field is None:
                forbidden = _forbidden(piece.quote, piece.formatted)
                parts.append([(Fragment(piece.span, piece.value, piece.verbatim, forbidden),)])
                continue
            value = next(waiting).value
            found = [] if piece.spec else self.fold_inside(value)
            host = document.slice(piece.field)
            if found:
                parts.append([stand_for(text, piece.span, host) for text in found])
            else:
                parts.append([(replace(self.unknown(value, piece.span), host=host),)])
        return combined(parts)

    # Operators

    def _sum(self, expression: ast.BinOp) -> list[Text]:
        terms: list[ast.expr] = []
        at: ast.expr = expression
        while isinstance(at, ast.BinOp) and isinstance(at.op, ast.Add) and len(terms) < _LONGEST:
            terms.append(at.right)
            at = at.left
        terms.append(at)
        parts = [self.part(term) for term in reversed(terms)]
        if any(fragment.wants == "number" for part in parts for text in part for fragment in text):
            return []
        found = combined(parts)
        return found if any(known(text) for text in found) else []

    # Names

    def _name(self, name: ast.Name) -> list[Text]:
        document = self._document
        ways = document.scopes.reaching(name.id, name)
        if not ways:
            imported = self._imported.text(name)
            return [] if imported is None else [(Fragment(document.span(name), imported, host=name.id),)]
        found: list[Text] = []
        for way in ways:
            first = way[0]
            if first.kind is BindingKind.LOOP:
                starts = self._items(first.value, 1 if self._inside else _MOST_ITEMS)
            elif first.kind is BindingKind.PARAMETER and self._inside:
                starts = []
            elif first.kind in (BindingKind.ASSIGN, BindingKind.PARAMETER) and first.value is not None:
                starts = self._fold(first.value)
            elif first.kind is BindingKind.IMPORT:
                imported = self._imported.text(name)
                starts = [] if imported is None else [(Fragment(document.span(name), imported, host=name.id),)]
            else:
                starts = []
            if not starts:
                if self._inside:
                    return []
                continue
            parts = [starts, *(self.part(b.value) for b in way[1:] if b.value is not None)]
            found += combined(parts)
        return found

    def _items(self, iterable: ast.expr | None, most: int) -> list[Text]:
        """Give the texts that a loop over a literal list gives its name."""
        if iterable is None:
            return []
        value = self._document.value_of(iterable)
        if not isinstance(value, ast.List | ast.Tuple | ast.Set):
            return []
        return [text for item in value.elts[:most] for text in self._fold(item)]

    def _attribute(self, attribute: ast.Attribute) -> list[Text]:
        value = self._document.constant(attribute)
        if value is not None:
            return self._fold(value)
        if attribute.attr == "value" and isinstance(attribute.value, ast.Attribute):
            member = self._document.constant(attribute.value)
            return [] if member is None else self._fold(member)
        imported = self._imported.text(attribute)
        if imported is None:
            return []
        return [(Fragment(self._document.span(attribute), imported, host=self._document.text_of(attribute)),)]

    def _subscript(self, expression: ast.Subscript) -> list[Text]:
        holder = self._document.value_of(expression.value)
        key = self._document.literal(self._document.value_of(expression.slice))
        if isinstance(holder, ast.Dict):
            table = self._table(holder)
            if isinstance(key, str | int):
                return self._fold(table[key]) if key in table else []
            return [text for value in holder.values[:_MOST_ITEMS] for text in self._fold(value)]
        if (
            isinstance(holder, ast.List | ast.Tuple)
            and isinstance(key, int)
            and -len(holder.elts) <= key < len(holder.elts)
        ):
            return self._fold(holder.elts[key])
        return []

    # Calls

    def _call(self, call: ast.Call) -> list[Text]:
        document = self._document
        name = document.callee_name(call)
        receiver = document.receiver(call)
        if name in _PASS_ARGUMENT and call.args and not isinstance(call.args[0], ast.Starred):
            return self._fold(call.args[0])
        if receiver is not None:
            if name in ("format", "format_map"):
                return self._templates.format(call, receiver)
            if name == "join" and len(call.args) == 1:
                return self._join(receiver, call.args[0])
            if name == "replace" and len(call.args) >= 2:
                return self._replace(call, receiver)
            if name in _PASS_RECEIVER:
                return self._fold(receiver)
        return self._function(call, name, receiver)

    def _join(self, separator: ast.expr, items: ast.expr) -> list[Text]:
        glue = self._fold(separator)
        listed = self._document.value_of(items)
        if not isinstance(listed, ast.List | ast.Tuple) or len(glue) != 1 or not listed.elts:
            return []
        if any(isinstance(item, ast.Starred) for item in listed.elts) or not self._unchanged(items):
            return []
        parts: list[list[Text]] = []
        for number, item in enumerate(listed.elts):
            if number and glue[0]:
                parts.append([tuple(replace(piece, verbatim=False) for piece in glue[0])])
            parts.append(self.part(item))
        found = combined(parts)
        return found if any(known(text) for text in found) else []

    def _unchanged(self, items: ast.expr) -> bool:
        """Say whether no method call (`parts.append(…)`) changes the list that a name holds."""
        if not isinstance(items, ast.Name):
            return True
        function = self._document.function_of(items) or self._document.tree
        if function not in self._changed:
            self._changed[function] = {
                receiver.id
                for call in self._document.find_in(function, ast.Call)
                if isinstance(receiver := self._document.receiver(call), ast.Name)
            }
        return items.id not in self._changed[function]

    def _replace(self, call: ast.Call, receiver: ast.expr) -> list[Text]:
        old = [plain(text) for text in self._fold(call.args[0])]
        texts = self._fold(receiver)
        if len(old) != 1 or old[0] is None:
            return texts
        new = self._fold(call.args[1])
        if not new and not isinstance(call.args[1], ast.Constant):
            return [replaced(text, old[0], self.unknown(call.args[1])) for text in texts]
        return [replaced(text, old[0], value) for text in texts for value in new or [()]]

    def _function(self, call: ast.Call, name: str, receiver: ast.expr | None) -> list[Text]:
        """Fold what a function of this module returns."""
        document = self._document
        if receiver is None:
            function = document.module_functions.get(name)
        elif isinstance(receiver, ast.Name) and receiver.id in ("self", "cls"):
            holder = document.class_of(call)
            function = document.module_functions.get(f"{holder.name}.{name}") if holder is not None else None
        else:
            function = None
        if function is None or function in self._active:
            return []
        self._active.add(function)
        try:
            return [text for value in self._returns(function) for text in self._fold(value)]
        finally:
            self._active.discard(function)

    def _returns(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
        """Give what a function returns, as far as it is looked at."""
        if function not in self._returned:
            self._returned[function] = [
                node.value
                for node in self._document.find_in(function, ast.Return)
                if node.value is not None and self._document.function_of(node) is function
            ][:MOST_WAYS]
        return self._returned[function]

    def _table(self, holder: ast.Dict) -> dict[object, ast.expr]:
        """Give the values of a dictionary by those of its keys that are text or numbers."""
        if holder not in self._tables:
            self._tables[holder] = {
                key.value: value
                for key, value in zip(holder.keys, holder.values, strict=True)
                if isinstance(key, ast.Constant) and isinstance(key.value, str | int)
            }
        return self._tables[holder]


def combined(parts: list[list[Text]]) -> list[Text]:
    """Give the texts of parts side by side, for at most `MOST_WAYS` choices among their ways."""
    ways = 1
    narrowed: list[list[Text]] = []
    for part in parts:
        keep = part[: max(1, MOST_WAYS // ways)]
        ways *= max(1, len(keep))
        narrowed.append(keep)
    if sum(len(part[0]) for part in narrowed if part) > _MOST_FRAGMENTS:
        return []
    return [tuple(fragment for text in choice for fragment in text) for choice in product(*narrowed)]


def _forbidden(quote: str, formatted: bool) -> str:
    return quote[0] + "\\" + ("" if len(quote) == 3 else "\r\n") + ("{}" if formatted else "")
