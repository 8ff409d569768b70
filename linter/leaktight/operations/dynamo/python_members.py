"""The members that a boto3 call is given: keyword arguments, `**kwargs` of a dict built in the same function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field, replace

from leaktight.languages.python.document import PythonDocument
from leaktight.languages.python.reaching import BindingKind
from leaktight.lazy import record
from leaktight.operations.dynamodb import Inlet, Parameter, line_break
from leaktight.text import Span, names_in

_DEEPEST, _LONGEST_SUM = 5, 50
_READING = frozenset({"get", "keys", "items", "values", "copy", "print", "len", "dict", "info", "debug"})


@record(slots=True)
class Members:
    """What was found: parameters by name, the values' nodes, and whether others may be there."""

    parameters: dict[str, Parameter] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    complete: bool = True


class MemberReader:
    """Reads the members of calls of one document."""

    def __init__(self, document: PythonDocument) -> None:
        self._document = document
        text = document.text
        self.quote = "'" if text.count("'") > text.count('"') else '"'

    def of(self, call: ast.Call) -> Members:
        """Give the members of a call."""
        found = Members(complete=not call.args)
        for keyword in call.keywords:
            if keyword.arg is None:
                self._merge(found, keyword.value, keyword.value, 0)
            else:
                name = self._document.keyword_name_span(keyword)
                self._add(found, keyword.arg, name, keyword.value)
        return found

    def dict_of(self, value: ast.expr) -> Members:
        """Give the entries of the dict that an expression stands for, with what is written into it later."""
        found = Members()
        self._merge(found, value, value, 0)
        return found

    def inlet(self, call: ast.Call) -> Inlet:
        """Give the place for further keyword arguments."""
        if not call.keywords and not call.args:
            end = self._document.span(call).end - 1
            opening = self._document.text.rfind("(", self._document.span(call.func).end, end + 1)
            return Inlet(opening + 1, "keywords", empty=True, quote=self.quote)
        value = max(self._document.span(item).end for item in (*call.args, *call.keywords))
        last = self._behind(value, self._document.span(call).end - 1)
        first = self._document.span(call.keywords[-1] if call.keywords else call.args[-1]).start
        return Inlet(last, "keywords", line=line_break(self._document.text, first), quote=self.quote)

    def dict_inlet(self, literal: ast.Dict) -> Inlet:
        """Give the place for further entries of a dict."""
        span = self._document.span(literal)
        if not literal.values:
            return Inlet(span.start + 1, "dict", empty=True, quote=self.quote)
        last = self._behind(self._document.span(literal.values[-1]).end, span.end - 1)
        key = literal.keys[-1] or literal.values[-1]
        return Inlet(
            last, "dict", line=line_break(self._document.text, self._document.span(key).start), quote=self.quote
        )

    def _behind(self, value: int, end: int) -> int:
        """Give where the last member of a literal that closes at `end` is over: behind the brackets around its value."""
        text, at = self._document.text, value
        while at < end and (text[at].isspace() or text[at] in ")#\\"):
            if text[at] == "#":
                line = text.find("\n", at, end)
                at = line if line >= 0 else end
            elif text[at] == ")":
                value = at + 1
            at += 1
        return value

    def entries(self, literal: ast.expr) -> Iterator[tuple[str | None, ast.expr, ast.expr]]:
        """Yield the name, the key's node and the value's node of each entry of a dict; no name for a `**`."""
        if isinstance(literal, ast.Dict):
            for key, value in zip(literal.keys, literal.values, strict=True):
                said = self.string(key) if key is not None else None
                yield said, key if key is not None else value, value
        elif isinstance(literal, ast.Call):
            for keyword in literal.keywords:
                yield keyword.arg, keyword.value, keyword.value

    def string(self, expression: ast.expr, depth: int = 0) -> str | None:
        """Give the string that an expression is: a literal, a name for one, a join of both by `+`."""
        found = self._document.value_of(expression)
        if found is not expression and isinstance(found, ast.Name | ast.Attribute):
            found = self._document.value_of(found)
        said = self._document.literal(found)
        if isinstance(said, str):
            return said
        if isinstance(found, ast.BinOp) and isinstance(found.op, ast.Add) and depth < _LONGEST_SUM:
            left, right = self.string(found.left, depth + 1), self.string(found.right, depth + 1)
            return left + right if left is not None and right is not None else None
        return None

    def _add(self, found: Members, name: str, place: Span, value: ast.expr, *, maybe: bool = False) -> None:
        earlier = found.parameters.get(name)
        if earlier is not None and maybe:
            return
        found.parameters[name] = replace(self.parameter(name, place, value), maybe=maybe)
        found.values[name] = value

    def parameter(self, name: str, place: Span, value: ast.expr) -> Parameter:
        """Read one member."""
        document = self._document
        resolved = document.value_of(value)
        attributes, equal = self._conditions(resolved)
        entries = inlet = None
        if isinstance(resolved, ast.Dict):
            read = {key: self.string(item) for key, _, item in self.entries(resolved) if key is not None}
            whole = len(read) == len(resolved.keys) and all(item is not None for item in read.values())
            entries = {key: item for key, item in read.items() if item is not None} if whole else None
            inlet = self.dict_inlet(resolved) if resolved is value else None
        words = names_in(document.text_of(value))
        if resolved is not value:
            words |= names_in(document.text_of(resolved))
        for inner in document.find_in(value, ast.Name):
            behind = document.value_of(inner)
            if behind is not inner and not isinstance(behind, ast.Lambda):
                words |= names_in(document.text_of(behind)[:2000])
        return Parameter(name, place, self.string(value), words, attributes, equal, entries, inlet)

    def _conditions(self, value: ast.expr) -> tuple[frozenset[str] | None, frozenset[str]]:
        """Give the attributes that `Key("a").eq(x) & Attr("b").gt(y)` names, and those it binds by a plain `and`."""
        found: set[str] = set()
        equal: set[str] = set()
        plain = known = True
        pending: list[tuple[ast.expr, int]] = [(value, 0)]
        while pending:
            node, depth = pending.pop()
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
                plain &= isinstance(node.op, ast.BitAnd)
                pending += [(node.left, depth), (node.right, depth)]
            elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
                plain = False
                pending.append((node.operand, depth))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                condition = node.func.value
                name = self._document.callee_name(condition) if isinstance(condition, ast.Call) else ""
                if not isinstance(condition, ast.Call) or name not in ("Key", "Attr") or not condition.args:
                    known = False
                    continue
                said = self.string(condition.args[0])
                if said is None:
                    known = False
                    continue
                found.add(said.split(".")[0].split("[")[0])
                if node.func.attr == "eq":
                    equal.add(said)
            elif isinstance(node, ast.Name) and depth < _DEEPEST:
                behind = self._document.value_of(node)
                known &= behind is not node
                if behind is not node:
                    pending.append((behind, depth + 1))
            else:
                known = False
        return (frozenset(found) if known and found else None), (frozenset(equal) if plain and known else frozenset())

    # Dicts that are built before the call

    def _merge(self, found: Members, value: ast.expr, at: ast.expr, depth: int, *, maybe: bool = False) -> None:
        if depth > _DEEPEST:
            found.complete = False
        elif isinstance(value, ast.Dict) or (
            isinstance(value, ast.Call) and self._document.callee_name(value) == "dict" and not value.args
        ):
            for name, key, item in self.entries(value):
                if name is not None:
                    self._add(found, name, self._document.span(key), item, maybe=maybe)
                else:
                    self._merge(found, item, at, depth + 1, maybe=maybe)
        elif isinstance(value, ast.IfExp):
            self._merge(found, value.body, at, depth + 1, maybe=True)
            self._merge(found, value.orelse, at, depth + 1, maybe=True)
        elif isinstance(value, ast.BoolOp):
            for item in value.values:
                self._merge(found, item, at, depth + 1, maybe=True)
        elif isinstance(value, ast.Name):
            self._merge_name(found, value, depth)
        else:
            found.complete = False

    def _merge_name(self, found: Members, name: ast.Name, depth: int) -> None:
        scopes = self._document.scopes
        resolved = scopes.resolve(name.id, name)
        if resolved is None:
            found.complete = False
            return
        scope, bindings = resolved
        assigned = [one for one in bindings if one.kind is BindingKind.ASSIGN and one.value is not None]
        if len(assigned) != len(bindings) or not assigned:
            found.complete = False
        for binding in assigned:
            if binding.value is not None:
                self._merge(found, binding.value, name, depth + 1, maybe=len(assigned) > 1)
        if isinstance(scope, ast.Module) and self._document.function_of(name) is not None:
            found.complete &= not assigned or len(assigned) == 1
        for use in self._document.find_in(scope, ast.Name):
            if use.id == name.id and use is not name and isinstance(use.ctx, ast.Load):
                self._apply(found, use, name)

    def _apply(self, found: Members, use: ast.Name, call_use: ast.Name) -> None:
        """Add what one use of the dict's name writes into it."""
        document = self._document
        holder = document.parent(use)
        certain = document.statement_of(use) is not None and self._before(use, call_use)
        if isinstance(holder, ast.Subscript) and isinstance(holder.ctx, ast.Store):
            name, statement = self.string(holder.slice), document.parent(holder)
            if name is None or not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
                found.complete = False
                return
            self._add(found, name, document.span(holder.slice), statement.value, maybe=not certain)
        elif isinstance(holder, ast.Attribute):
            call = document.parent(holder)
            if isinstance(call, ast.Call) and call.func is holder and holder.attr == "update":
                for argument in call.args:
                    self._merge(found, argument, argument, 1, maybe=not certain)
                for keyword in call.keywords:
                    if keyword.arg is not None:
                        self._add(found, keyword.arg, document.span(keyword), keyword.value, maybe=not certain)
            elif holder.attr == "setdefault" and isinstance(call, ast.Call) and len(call.args) == 2:
                name = self.string(call.args[0])
                if name is not None:
                    self._add(found, name, document.span(call.args[0]), call.args[1], maybe=True)
        elif isinstance(holder, ast.Call) and use in holder.args and document.callee_name(holder) not in _READING:
            found.complete = False

    def _before(self, use: ast.Name, call_use: ast.Name) -> bool:
        """Say whether a write surely ran before the call: it stands before it, under no condition of its own."""
        document = self._document
        if document.span(use).start > document.span(call_use).start:
            return False
        around = set(document.ancestors(call_use))
        return not any(
            isinstance(one, ast.If | ast.For | ast.While | ast.Try | ast.FunctionDef) and one not in around
            for one in document.ancestors(use)
        )
