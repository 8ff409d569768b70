"""Which declaration and which assignments a name refers to, where it stands."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import FUNCTIONS, bound_names, parameters
from leaktight.lazy import record

if TYPE_CHECKING:
    from tree_sitter import Node

    from leaktight.languages.javascript.document import JavascriptDocument


@record(frozen=True, slots=True)
class Declaration:
    """A place that gives a name its value.

    `kind` is `const`, `let`, `var`, `parameter`, `function`, `class`, `import`, `loop`, `catch`,
    `assignment` or `update` (`+=`, `++`). `value` is the expression assigned, where there is one; for a
    destructuring pattern it is the expression taken apart, and `path` leads to the part: names of
    properties, `""` where it is not known.
    """

    kind: str
    name: Node
    node: Node
    value: Node | None
    scope: Node
    path: tuple[str, ...] = ()


_BLOCKS = frozenset(
    {"program", "statement_block", "for_statement", "for_in_statement", "switch_body", "class_static_block"}
)


class Scopes:
    """All declarations and assignments of a document by name."""

    def __init__(self, document: JavascriptDocument) -> None:
        self._document = document
        self._places: dict[str, list[tuple[str, Node, Node]]] = {}
        self._declared: dict[str, dict[int, list[Declaration]]] = {}
        text_of = document.text_of
        for kind, name, node in self._collect():
            self._places.setdefault(text_of(name), []).append((kind, name, node))

    def declarations(self, name: str, at: Node) -> list[Declaration]:
        """Give what gives `name` its value as seen at a node: declarations and assignments in document order.

        Empty when nothing in the document declares or assigns it.
        """
        if name not in self._places:
            return []
        if name not in self._declared:
            self._declared[name] = self._read(name)
        declared = self._declared[name]
        return list(declared.get(self._scope_of(declared, at).id, ()))

    def _scope_of(self, scopes: Container[int], at: Node) -> Node:
        """Give the innermost node round `at` that is among `scopes`, by their ids; the root where none is."""
        inner = (outer for outer in (at, *self._document.ancestors(at)) if outer.id in scopes)
        return next(inner, self._document.root)

    def _read(self, name: str) -> dict[int, list[Declaration]]:
        """Give the declarations and assignments of a name by the id of their scope, in document order."""
        found: dict[int, list[Declaration]] = {}
        writes: list[tuple[str, Node, Node]] = []
        for kind, identifier, node in self._places[name]:
            if kind in ("assignment", "update"):
                writes.append((kind, identifier, node))
                continue
            one = self._declaration(kind, identifier, node)
            found.setdefault(one.scope.id, []).append(one)
        declared = frozenset(found)
        for kind, identifier, node in writes:
            path = self._path(identifier, node) if kind == "assignment" else ()
            value = node.child_by_field_name("right")
            scope = self._scope_of(declared, identifier)
            found.setdefault(scope.id, []).append(Declaration(kind, identifier, node, value, scope, path))
        for group in found.values():
            group.sort(key=lambda one: one.name.start_byte)
        return found

    def _declaration(self, kind: str, identifier: Node, node: Node) -> Declaration:
        value = None
        if kind in ("const", "let", "var"):
            value = node.child_by_field_name("value")
        elif kind == "parameter":
            value = node.child_by_field_name("value") or node.child_by_field_name("right")
        elif kind in ("function", "class"):
            value = node
        return Declaration(kind, identifier, node, value, self._home(kind, node), self._path(identifier, node))

    def _home(self, kind: str, node: Node) -> Node:
        wanted = _BLOCKS
        if kind == "parameter":
            wanted = FUNCTIONS
        elif kind == "var":
            wanted = FUNCTIONS | {"program"}
        elif kind in ("loop", "catch"):
            return node
        elif kind == "import":
            return self._document.root
        for outer in self._document.ancestors(node):
            if outer.type in wanted:
                return outer
        return self._document.root

    def _path(self, identifier: Node, node: Node) -> tuple[str, ...]:
        path: list[str] = []
        inner = identifier
        outer = self._document.parent(identifier)
        if identifier.type == "shorthand_property_identifier_pattern":
            path.append(self._document.text_of(identifier))
        while outer is not None and inner != node:
            if outer.type == "pair_pattern":
                key = outer.child_by_field_name("key")
                path.append(self._document.key_text(key) or "" if key is not None else "")
            elif outer.type in ("array_pattern", "rest_pattern"):
                path.append("")
            inner, outer = outer, self._document.parent(outer)
        return tuple(reversed(path))

    def _collect(self) -> Iterator[tuple[str, Node, Node]]:
        document = self._document
        for declarator in document.find("variable_declarator"):
            name, statement = declarator.child_by_field_name("name"), document.parent(declarator)
            if name is None or statement is None:
                continue
            kind = statement.child_by_field_name("kind")
            word = kind.type if kind is not None else "var"
            for identifier in bound_names(name):
                yield word, identifier, declarator
        for function in document.find(*FUNCTIONS):
            name = function.child_by_field_name("name")
            if name is not None and function.type in ("function_declaration", "generator_function_declaration"):
                yield "function", name, function
            for parameter in parameters(function):
                for identifier in bound_names(parameter):
                    yield "parameter", identifier, parameter
        for declaration in document.find("class_declaration"):
            name = declaration.child_by_field_name("name")
            if name is not None:
                yield "class", name, declaration
        for loop in document.find("for_in_statement"):
            left = loop.child_by_field_name("left")
            if left is not None:
                declared = loop.child_by_field_name("kind") is not None
                for identifier in bound_names(left):
                    yield "loop" if declared else "update", identifier, loop
        for clause in document.find("catch_clause"):
            caught = clause.child_by_field_name("parameter")
            for identifier in bound_names(caught) if caught is not None else ():
                yield "catch", identifier, clause
        yield from self._collect_writes()
        for statement in document.find("import_statement"):
            for identifier in _imported(statement):
                yield "import", identifier, statement

    def _collect_writes(self) -> Iterator[tuple[str, Node, Node]]:
        for node in self._document.find("assignment_expression"):
            left = node.child_by_field_name("left")
            for identifier in bound_names(left) if left is not None else ():
                yield "assignment", identifier, node
        for node in self._document.find("augmented_assignment_expression", "update_expression"):
            left = node.child_by_field_name("left") or node.child_by_field_name("argument")
            if left is not None and left.type == "identifier":
                yield "update", left, node


def _imported(statement: Node) -> Iterator[Node]:
    pending = [child for child in statement.named_children if child.type in ("import_clause", "import_require_clause")]
    while pending:
        node = pending.pop()
        if node.type == "identifier":
            yield node
        elif node.type == "import_specifier":
            alias = node.child_by_field_name("alias") or node.child_by_field_name("name")
            if alias is not None:
                yield alias
        else:
            pending.extend(child for child in node.named_children if child.type != "string")
