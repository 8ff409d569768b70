"""From an expression to the node that gives it its value, where there is exactly one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import CLASSES, FUNCTIONS, unwrapped

if TYPE_CHECKING:
    from tree_sitter import Node

    from leaktight.languages.javascript.document import JavascriptDocument
    from leaktight.languages.javascript.scopes import Declaration

_HOPS = 6
_NAMES = frozenset({"identifier", "shorthand_property_identifier"})


class Resolver:
    """Follows names, members of constant objects and fields of classes to their one value."""

    def __init__(self, document: JavascriptDocument) -> None:
        self._document = document
        self._fields: dict[tuple[int, str], list[Node | None]] | None = None
        self._busy: set[int] = set()

    def resolve(self, node: Node) -> Node:
        """Give the node that `node` gets its value from; `node` itself, unwrapped, where that is not known."""
        node = unwrapped(node)
        for _ in range(_HOPS):
            if node.id in self._busy:
                return node
            self._busy.add(node.id)
            try:
                value = self._next(node)
            finally:
                self._busy.discard(node.id)
            if value is None:
                return node
            node = unwrapped(value)
        return node

    def _next(self, node: Node) -> Node | None:
        if node.type in _NAMES:
            declaration = self.sole_declaration(node)
            if declaration is None or declaration.value is None:
                return None
            return self._descend(declaration.value, declaration.path)
        if node.type == "member_expression":
            holder, key = node.child_by_field_name("object"), node.child_by_field_name("property")
            if holder is None or key is None:
                return None
            holder = unwrapped(holder)
            name = self._document.text_of(key)
            if holder.type == "this":
                return self._field(node, name)
            owned = self._static(holder, name)
            return owned if owned is not None else self._descend(holder, (name,))
        if node.type == "subscript_expression":
            holder, index = node.child_by_field_name("object"), node.child_by_field_name("index")
            part = self._document.string_value(index) if index is not None else None
            if holder is not None and part is not None:
                return self._descend(holder, (part,))
        return None

    def sole_declaration(self, identifier: Node) -> Declaration | None:
        """Give the one place that gives a name its value: an initialiser or a single assignment."""
        found = self._document.declarations(self._document.text_of(identifier), identifier)
        valued = [one for one in found if one.value is not None or one.kind not in ("let", "var")]
        if len(valued) != 1 or valued[0].kind in ("parameter", "loop", "catch", "import", "update"):
            return None
        return valued[0]

    def _descend(self, node: Node, path: tuple[str, ...]) -> Node | None:
        value: Node | None = node
        for name in path:
            view = self._document.object_literal(value) if value is not None and name else None
            found = view.get(name) if view is not None else None
            if view is None or found is None or found.maybe or not view.complete:
                return None
            value = found.value
        return value

    def _field(self, node: Node, name: str) -> Node | None:
        owner = self._class_of(node)
        values = self._all_fields().get((owner.id, name), []) if owner is not None else []
        return values[0] if len(values) == 1 else None

    def _static(self, holder: Node, name: str) -> Node | None:
        if holder.type != "identifier":
            return None
        declaration = self.sole_declaration(holder)
        if declaration is None or declaration.kind != "class":
            return None
        values = self._all_fields().get((declaration.node.id, name), [])
        return values[0] if len(values) == 1 else None

    def _class_of(self, node: Node) -> Node | None:
        for outer in self._document.ancestors(node):
            if outer.type in CLASSES:
                return outer
            if outer.type in FUNCTIONS and outer.type not in ("arrow_function", "method_definition"):
                return None
        return None

    def _all_fields(self) -> dict[tuple[int, str], list[Node | None]]:
        if self._fields is not None:
            return self._fields
        fields: dict[tuple[int, str], list[Node | None]] = {}
        document = self._document
        kind = "public_field_definition" if document.typed else "field_definition"
        for field in document.find(kind):
            name = field.child_by_field_name("name") or field.child_by_field_name("property")
            value = field.child_by_field_name("value")
            owner = self._class_of(field)
            if name is not None and value is not None and owner is not None:
                fields.setdefault((owner.id, document.text_of(name)), []).append(value)
        for write in document.find("assignment_expression", "augmented_assignment_expression"):
            left = write.child_by_field_name("left")
            if left is None or left.type != "member_expression":
                continue
            holder, key = left.child_by_field_name("object"), left.child_by_field_name("property")
            if holder is None or key is None or holder.type != "this":
                continue
            owner = self._class_of(write)
            if owner is not None:
                value = write.child_by_field_name("right") if write.type == "assignment_expression" else None
                fields.setdefault((owner.id, document.text_of(key)), []).append(value)
        self._fields = fields
        return fields
