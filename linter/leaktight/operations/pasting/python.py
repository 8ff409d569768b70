"""Where the values come from that Python puts into SQL text."""

from __future__ import annotations

import ast
from bisect import bisect_left

from leaktight.embedding.call import SqlCall
from leaktight.languages.python.document import FunctionNode, PythonDocument
from leaktight.languages.python.reaching import BindingKind
from leaktight.operations.pasting.origin import (
    AIRFLOWS,
    COMMAND_LINE,
    DEEPEST,
    MOST_BINDINGS,
    NUMBER_WORDS,
    PLACEHOLDER_WORDS,
    SAFE,
    SERVER_PARTS,
    SETTING_WORDS,
    TYPED_IN,
    UNKNOWN,
    WIDGET,
    Doubt,
    Origin,
    is_escaper,
    is_outside,
    of_calls,
    of_parameter,
    of_part,
    outside,
    worst,
)
from leaktight.operations.pasting.python_checks import checked_at
from leaktight.text import Span, words_of

_EXPRESSIONS = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp, ast.IfExp, ast.JoinedStr, ast.Constant, ast.Await,
    ast.BoolOp, ast.UnaryOp, ast.ListComp, ast.GeneratorExp, ast.Tuple, ast.List,
)  # fmt: skip
_NUMBERS = frozenset(
    "int float len bool abs round sum Decimal UUID uuid1 uuid4 uuid5 date datetime timedelta now today utcnow strftime "
    "isoformat timestamp total_seconds time hexdigest range max min date_range current_date execution_date ds_add ds_format "
    "getenv nextval hash count index toordinal weekday add subtract start_of end_of to_date_string".split()
)
_PASSED_ON = frozenset(
    "str repr format strip lstrip rstrip lower upper title get join replace split encode decode tuple list set sorted map "
    "pop dict loads filter items values keys next iter reversed unquote".split()
)
_PLAIN_TYPES = (
    "int",
    "float",
    "bool",
    "date",
    "datetime",
    "Decimal",
    "UUID",
    "timedelta",
    "Timestamp",
    "Enum",
    "Literal",
)
_REQUESTS = frozenset({"flask.request", "quart.request", "bottle.request", "cherrypy.request", "sanic.request"})
"""Requests that a framework gives as a module's name."""
_CONTEXTS = frozenset({"context", "kwargs", "ctx"})
"""What tasks call what Airflow gives them."""
_OWN = frozenset({"self", "cls"})


def origin_in_python(document: PythonDocument, call: SqlCall, host: str) -> Origin | None:
    """Give the origin of an expression by its text; None when the text is no expression of the call's function."""
    expression = _expression(document, call, host.strip())
    return None if expression is None else _Origins(document).of(expression, DEEPEST)


def _expression(document: PythonDocument, call: SqlCall, text: str) -> ast.expr | None:
    """Find the last expression of this text up to the call, in its function or outside of any."""
    found = document.remembered(_expressions).get(text, ())
    before = bisect_left(found, call.span.end, key=lambda item: item[0].start)
    for span, node in reversed(found[:before]):
        if call.function is None or call.function.span.contains(span) or document.function_of(node) is None:
            return node
    return None


_LONGEST = 200


def _expressions(document: PythonDocument) -> dict[str, list[tuple[Span, ast.expr]]]:
    """Give the expressions of a document by their text, in order; long ones are nobody's hole."""
    found: dict[str, list[tuple[Span, ast.expr]]] = {}
    for node in document.find(*_EXPRESSIONS):
        span = document.span(node)
        if span.length <= _LONGEST:
            found.setdefault(document.slice(span), []).append((span, node))
    return found


class _Origins:
    """Follows a value backwards through one module."""

    def __init__(self, document: PythonDocument) -> None:
        self._document = document

    def of(self, node: ast.expr, depth: int) -> Origin:
        """Give the origin of an expression, some steps deep."""
        if depth <= 0:
            return UNKNOWN
        match node:
            case ast.Constant() | ast.Compare():
                return SAFE
            case ast.Name():
                return self._name(node, depth)
            case ast.Attribute():
                return self._attribute(node, depth)
            case ast.Subscript():
                return self._subscript(node, depth)
            case ast.Call():
                return self._call(node, depth)
            case ast.BinOp():
                return self._operation(node, depth)
            case ast.IfExp():
                return worst(self.of(node.body, depth - 1), self.of(node.orelse, depth - 1))
            case ast.BoolOp() | ast.JoinedStr():
                return worst(*(self.of(item, depth - 1) for item in node.values))
            case ast.FormattedValue():
                spec = node.format_spec
                if isinstance(spec, ast.JoinedStr) and self._document.text_of(spec).strip(":\"'")[-1:] in "dfgeExXob%":
                    return SAFE
                return self.of(node.value, depth - 1)
            case ast.Tuple() | ast.List() | ast.Set():
                return worst(*(self.of(item, depth - 1) for item in node.elts))
            case ast.Dict():
                return worst(*(self.of(item, depth - 1) for item in node.values))
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self.of(node.elt, depth - 1)
            case ast.Await() | ast.Starred() | ast.NamedExpr():
                return self.of(node.value, depth - 1)
            case ast.UnaryOp():
                return SAFE if isinstance(node.op, ast.Not) else self.of(node.operand, depth - 1)
        return UNKNOWN

    def _operation(self, node: ast.BinOp, depth: int) -> Origin:
        if isinstance(node.op, ast.Mult) and (isinstance(node.left, ast.Constant | ast.List)):
            return self.of(node.left, depth - 1)
        if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Pow):
            return SAFE
        return worst(self.of(node.left, depth - 1), self.of(node.right, depth - 1))

    # Names

    def _name(self, node: ast.Name, depth: int) -> Origin:
        document = self._document
        found = document.scopes.resolve(node.id, node)
        if found is None or node.id in _OWN:
            return SAFE
        scope, bindings = found
        if document.qualified_name(node) in _REQUESTS:
            return outside(node.id)
        if isinstance(scope, ast.Module) and (node.id.isupper() or all(b.kind is BindingKind.IMPORT for b in bindings)):
            return SAFE
        ways = document.scopes.reaching(node.id, node)
        reaching = [binding for way in ways for binding in way] or list(bindings)
        checked = checked_at(document, node)
        if checked is not None:
            # What is bound between the check and the use is not what was checked.
            here = document.span(node).start
            reaching = [one for one in reaching if checked < document.span(one.node).start < here]
        origins: list[Origin] = []
        for binding in reaching[:MOST_BINDINGS]:
            match binding.kind:
                case BindingKind.PARAMETER if isinstance(binding.node, ast.arg):
                    origins.append(self._parameter(binding.node, binding.value, depth))
                case BindingKind.ASSIGN | BindingKind.AUGMENT if binding.value is not None:
                    origins.append(self.of(binding.value, depth - 1))
                case BindingKind.LOOP if binding.value is not None:
                    origins.append(self.of(binding.value, depth - 1))
                case BindingKind.IMPORT | BindingKind.DEFINITION:
                    origins.append(SAFE)
                case _:
                    origins.append(self._unpacked(binding.node, depth))
        return worst(*origins)

    def _unpacked(self, node: ast.AST, depth: int) -> Origin:
        """Give the origin of what an unpacking takes apart: `for a, b in rows`."""
        match node:
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                return self.of(node.iter, depth - 1)
            case ast.Assign():
                return self.of(node.value, depth - 1)
        return UNKNOWN

    def _parameter(self, node: ast.arg, default: ast.expr | None, depth: int) -> Origin:
        document = self._document
        kind = document.text_of(node.annotation) if node.annotation is not None else ""
        words = set(words_of(node.arg))
        if (
            any(name in kind for name in _PLAIN_TYPES)
            or (not kind and words & NUMBER_WORDS)
            or words & PLACEHOLDER_WORDS
        ):
            return SAFE
        if isinstance(default, ast.Constant) and isinstance(default.value, int | float):
            return SAFE
        function = document.function_of(node)
        name = "" if function is None or isinstance(function, ast.Lambda) else function.name
        if is_outside(node.arg):
            return outside(node.arg)
        given = self._given(function, node.arg, depth)
        told = of_calls(given)
        if told is not None:
            return told
        if words & SETTING_WORDS or (node.arg in AIRFLOWS and "airflow" in document.modules):
            return SAFE
        return of_parameter(
            node.arg,
            name,
            chosen=default is not None and self.of(default, depth - 1).doubt is Doubt.SAFE,
            computed=bool(given) and all(origin.doubt <= Doubt.UNKNOWN for origin in given),
        )

    def _given(self, function: FunctionNode | None, parameter: str, depth: int) -> list[Origin]:
        """Give the origins of what the module's own calls of a function hand over; none where one does not."""
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or depth <= 1:
            return []
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        offset = 1 if names[:1] and names[0] in _OWN else 0
        if parameter not in names:
            return []
        position = names.index(parameter) - offset
        found: list[Origin] = []
        for call in self._document.calls_of(function.name)[:6]:
            value = self._document.argument(call, position, parameter)
            if value is None:
                return []
            found.append(self.of(value, min(depth - 2, 3)))
        return found

    # Parts of values

    def _attribute(self, node: ast.Attribute, depth: int) -> Origin:
        if node.attr.isupper() or node.attr in (
            "year",
            "month",
            "day",
            "hour",
            "__name__",
            "__tablename__",
            "__table__",
        ):
            return SAFE
        if node.attr in ("name", "value") and self._is_enum_member(node.value):
            return SAFE
        constant = self._document.constant(node)
        if constant is not None:
            found = self.of(constant, depth - 1)
            return UNKNOWN if found.doubt is Doubt.ARGUMENT else found
        if self._document.qualified_name(node) == "sys.argv":
            return COMMAND_LINE
        return self._part(node, node.value, depth)

    def _is_enum_member(self, node: ast.expr) -> bool:
        """Say whether an expression is a member of an Enum, which the program itself names: `Status.PAID`."""
        if not isinstance(node, ast.Attribute) or not node.attr.isupper():
            return False
        owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        return bool(owner[:1].isupper() and not owner.isupper())

    def _subscript(self, node: ast.Subscript, depth: int) -> Origin:
        if (self._document.qualified_name(node.value) or "").startswith(("os.environ", "airflow")):
            return SAFE
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        of_task = isinstance(node.value, ast.Name) and node.value.id in _CONTEXTS
        if of_task and key in AIRFLOWS and "airflow" in self._document.modules:
            return SAFE
        return self._part(node, node.value, depth)

    def _part(self, node: ast.expr, owner: ast.expr, depth: int) -> Origin:
        """Give the origin of a part by its owner's; a part of the object itself is not known."""
        root: ast.expr = owner
        while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
            root = root.func if isinstance(root, ast.Call) else root.value
        names = {part for item in ast.walk(node) if isinstance(item, ast.Attribute) for part in words_of(item.attr)}
        names |= set(words_of(root.id)) if isinstance(root, ast.Name) else set()
        if names & SETTING_WORDS or checked_at(self._document, node) is not None:
            return SAFE
        parts = {item.attr for item in ast.walk(node) if isinstance(item, ast.Attribute)}
        if (isinstance(root, ast.Name) and root.id in _OWN) or not parts.isdisjoint(SERVER_PARTS):
            return UNKNOWN
        found = self.of(owner, depth - 1)
        passes = isinstance(owner, ast.Call) and self._document.callee_name(owner) in _PASSED_ON
        if (
            found.doubt is Doubt.SAFE
            and not passes
            and not isinstance(owner, ast.Constant | ast.Dict | ast.List | ast.Tuple | ast.Name)
        ):
            return UNKNOWN
        return of_part(found)

    def _call(self, node: ast.Call, depth: int) -> Origin:
        document = self._document
        name = document.callee_name(node)
        if name in _NUMBERS or is_escaper(name):
            return SAFE
        if name == "input" and document.qualified_name(node.func) == "input":
            return WIDGET if document.source.is_notebook else TYPED_IN
        if name in ("parse_args", "getResolvedOptions"):
            return COMMAND_LINE
        receiver = document.receiver(node)
        if receiver is not None and document.text_of(receiver).endswith("dbutils.widgets"):
            return WIDGET
        if name == "replace" and node.args and document.literal(node.args[0]) == "'":
            return SAFE
        if name in _PASSED_ON:
            parts = [self.of(item, depth - 1) for item in node.args]
            if receiver is not None and not (name == "join" and isinstance(receiver, ast.Constant)):
                parts.append(self.of(receiver, depth - 1))
            return worst(*parts)
        if receiver is not None:
            origin = self.of(receiver, depth - 1)
            return origin if origin.doubt is Doubt.OUTSIDE else UNKNOWN
        return UNKNOWN
