"""What the nodes of a YAML document say: members, items, texts and numbers, each left out where it is of another shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from leaktight.text import Span

if TYPE_CHECKING:
    from yaml import Node

_MERGES = 8


def pairs(node: Node | None) -> list[tuple[Node, Node]]:
    """Give the keys and values of a mapping, with those that it merges in (`<<: *base`) behind its own."""
    import yaml

    if not isinstance(node, yaml.MappingNode):
        return []
    found: list[tuple[Node, Node]] = []
    waiting: list[Node] = [node]
    for _ in range(_MERGES):
        if not waiting:
            break
        current = waiting.pop(0)
        for key, value in current.value if isinstance(current, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode) and key.value == "<<" and key.style is None:
                waiting += [value, *items(value)][:_MERGES]
            else:
                found.append((key, value))
    return found


def members(node: Node | None) -> Mapping[str, Node]:
    """Give the values of a mapping by their keys, the first of each; nothing for what is no mapping."""
    found: dict[str, Node] = {}
    for key, value in pairs(node):
        name = text(key)
        if name is not None:
            found.setdefault(name, value)
    return found


def items(node: Node | None) -> list[Node]:
    """Give the elements of a sequence; nothing for what is none."""
    import yaml

    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def text(node: Node | None) -> str | None:
    """Give a scalar as written, its quotes off; None for what is none, and for null."""
    import yaml

    if not isinstance(node, yaml.ScalarNode):
        return None
    if node.style is None and node.value in _NULL:
        return None
    return str(node.value)


_NULL = frozenset({"", "~", "null", "Null", "NULL"})


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


def span(node: Node) -> Span:
    """Give the place of a node."""
    return Span(node.start_mark.index, node.end_mark.index)
