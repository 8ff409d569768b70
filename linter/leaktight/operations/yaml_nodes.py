"""What the nodes of a YAML document say: members, items, texts and numbers, each left out where it is of another shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from leaktight.source import NotAnalysable
from leaktight.text import Span

if TYPE_CHECKING:
    from yaml import Node

_MOST_MERGES = 50
_MERGE = "tag:yaml.org,2002:merge"
_NULL = "tag:yaml.org,2002:null"


class Member(NamedTuple):
    """A member of a mapping: the nodes of its key and of its value."""

    key: Node
    value: Node


def shape_of(node: Node) -> str:
    """Give what a node is: `scalar`, `sequence` or `mapping`."""
    return str(getattr(node, "id", ""))  # a field that PyYAML's types do not tell of


def collected(node: Node | None) -> dict[str, Member]:
    """Give the members of a mapping by their names, as every parser has them: nothing for any other node.

    Of two of one name the last one counts. What `<<` brings in stands behind the mapping's own.
    """
    return _collected(node, [_MOST_MERGES]) if node is not None else {}


def _collected(node: Node, left: list[int]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    merged: list[Node] = []
    for key, value in node.value if shape_of(node) == "mapping" else ():
        if key.tag == _MERGE:
            merged += value.value if shape_of(value) == "sequence" else (value,)
        elif shape_of(key) == "scalar":
            found[key.value] = Member(key, value)
    for item in merged:
        left[0] -= 1
        if left[0] <= 0:
            break
        for name, member in _collected(item, left).items():
            found.setdefault(name, member)
    return found


def pairs(node: Node | None) -> list[tuple[Node, Node]]:
    """Give the keys and values of a mapping, those that it merges in (`<<: *base`) among them."""
    return [(member.key, member.value) for member in collected(node).values()]


def members(node: Node | None) -> Mapping[str, Node]:
    """Give the values of a mapping by their keys; nothing for what is no mapping."""
    return {name: member.value for name, member in collected(node).items() if text(member.key) is not None}


def items(node: Node | None) -> list[Node]:
    """Give the elements of a sequence; nothing for what is none."""
    return list(node.value) if node is not None and shape_of(node) == "sequence" else []


def text(node: Node | None) -> str | None:
    """Give a scalar as written, its quotes off; None for what is none, and for null."""
    if node is None or shape_of(node) != "scalar" or node.tag == _NULL:
        return None
    return str(node.value)


def words(node: Node | None) -> tuple[str, ...]:
    """Give the texts of a sequence of scalars, or of one scalar."""
    one = text(node)
    return (one,) if one is not None else tuple(word for item in items(node) if (word := text(item)) is not None)


def flag(node: Node | None) -> bool | None:
    """Give a truth value; None for what is none."""
    said = text(node)
    return {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}.get((said or "").lower())


def number(node: Node | None) -> int | None:
    """Give a whole number that is not negative; None for what is none."""
    said = (text(node) or "").replace("_", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None


def refuse_other_shape(node: Node | None, wanted: str, says: str) -> None:
    """Raise `NotAnalysable` where a node is there and, contrary to what `says` how it is, is no `sequence` or `mapping`."""
    if node is not None and node.value and shape_of(node) != wanted and node.tag != _NULL:
        raise NotAnalysable(f"{says}, and this is a {_WRITTEN[shape_of(node)]}", span(node))


_WRITTEN = {"scalar": "single value", "sequence": "list", "mapping": "mapping"}


def span(node: Node) -> Span:
    """Give the place of a node."""
    return Span(node.start_mark.index, node.end_mark.index)
