"""All nodes of one tree by type, found in one pass and shared by whoever asks."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query, Tree

_COMMON = (
    "call_expression new_expression string template_string comment import_statement export_statement "
    "variable_declarator formal_parameters arrow_function function_declaration function_expression "
    "generator_function generator_function_declaration method_definition class_declaration class object "
    "assignment_expression augmented_assignment_expression update_expression catch_clause return_statement "
    "for_statement for_in_statement while_statement do_statement member_expression await_expression"
).split()
_TYPED = ("public_field_definition", "abstract_class_declaration", "as_expression")
_PLAIN = ("field_definition",)


@cache
def _query(grammar: Language, typed: bool) -> Query:
    from tree_sitter import Query

    kinds = [*_COMMON, *(_TYPED if typed else _PLAIN)]
    return Query(grammar, "\n".join(f"({kind}) @{kind}" for kind in kinds))


class NodeIndex:
    """The nodes of a tree by type, each list in document order.

    The types that everybody asks for come from one query, which runs in tree-sitter itself; the first
    question after any other type walks the tree once.
    """

    def __init__(self, tree: Tree, *, typed: bool) -> None:
        from tree_sitter import QueryCursor

        self._tree = tree
        self._known = {*_COMMON, *(_TYPED if typed else _PLAIN)}
        self._sorted: set[str] = set()
        self._nodes: dict[str, list[Node]] = QueryCursor(_query(tree.language, typed)).captures(tree.root_node)

    def find(self, *kinds: str) -> list[Node]:
        """Give the nodes of these types in document order."""
        if not self._known.issuperset(kinds):
            self._walk()
        if len(kinds) == 1:
            kind = kinds[0]
            if kind not in self._sorted:
                self._sorted.add(kind)
                # A query gives what it captures in the order in which its matches end.
                self._nodes.get(kind, []).sort(key=_place)
            return self._nodes.get(kind, [])
        found = [node for kind in kinds for node in self._nodes.get(kind, ())]
        found.sort(key=_place)
        return found

    def _walk(self) -> None:
        nodes: dict[str, list[Node]] = {}
        cursor = self._tree.walk()
        while True:
            node = cursor.node
            assert node is not None
            if node.is_named:
                nodes.setdefault(node.type, []).append(node)
            if cursor.goto_first_child():
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    self._nodes = nodes
                    self._sorted = set(nodes)
                    self._known = _Everything()
                    return


class _Everything(set[str]):
    def issuperset(self, other: object) -> bool:
        return other is not None


def _place(node: Node) -> tuple[int, int]:
    return (node.start_byte, -node.end_byte)
