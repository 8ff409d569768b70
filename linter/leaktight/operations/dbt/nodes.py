"""What the nodes of a YAML document say in dbt's words: texts without templates, plain values of bounded size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from leaktight.diagnostics import Location, locate
from leaktight.operations.yaml_nodes import Member, shape_of, text
from leaktight.source import Source
from leaktight.text import Span

if TYPE_CHECKING:
    from yaml import Node

_MOST_VALUES = 2000
_BOOL = "tag:yaml.org,2002:bool"
_INT = "tag:yaml.org,2002:int"
_TRUE = frozenset({"true", "yes", "on"})

Members = Mapping[str, Member]


def value_of(found: Members, *names: str) -> Node | None:
    """Give the value of the first of some members that is there."""
    for name in names:
        member = found.get(name)
        if member is not None:
            return member.value
    return None


def literal_of(node: Node | None) -> str | None:
    """Give the text of a scalar that is not filled in by a template."""
    said = text(node)
    return None if said is None or "{{" in said or "{%" in said else said


def texts_of(node: Node | None) -> tuple[str, ...]:
    """Give the texts of a scalar or of a sequence of scalars, without those that a template fills in."""
    if node is None:
        return ()
    found = (literal_of(item) for item in (node.value if shape_of(node) == "sequence" else (node,)))
    return tuple(said for said in found if said)


def is_true(node: Node | None) -> bool:
    """Say whether a node is `true`."""
    return node is not None and shape_of(node) == "scalar" and node.tag == _BOOL and node.value.lower() in _TRUE


def plain(node: Node | None) -> object:
    """Give what a node says as text, number, truth, list or dict; None for null, and for all of one that is too large."""
    if node is None:
        return None
    left = [_MOST_VALUES]
    found = _plain(node, left)
    return found if left[0] > 0 else None


def _plain(node: Node, left: list[int]) -> object:
    left[0] -= 1
    if left[0] <= 0:
        return None
    if shape_of(node) == "sequence":
        return [_plain(item, left) for item in node.value if left[0] > 0]
    if shape_of(node) == "mapping":
        return {
            key.value: _plain(value, left) for key, value in node.value if shape_of(key) == "scalar" and left[0] > 0
        }
    if node.tag == _BOOL:
        return node.value.lower() in _TRUE
    if node.tag == _INT:
        try:
            return int(node.value)
        except ValueError:
            return text(node)
    return text(node)


def span_of(node: Node) -> Span:
    """Give the place of a scalar, or where any other node begins."""
    start = node.start_mark.index
    return Span(start, node.end_mark.index if shape_of(node) == "scalar" else start)


def place_of(source: Source, node: Node) -> Location:
    """Give the location of a node."""
    return locate(source, span_of(node))
