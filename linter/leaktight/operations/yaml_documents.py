"""The documents of a YAML file as nodes. Nothing of a file is ever constructed: a tag is but a word, an alias the node it names.

What would cost a reader of the nodes its stack or its day is refused here, so that each of them may follow them as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from leaktight.source import NotAnalysable, Source
from leaktight.text import Span

if TYPE_CHECKING:
    from yaml import Node

DEEPEST = 200
"""How many levels a document may nest."""
MOST_REPEATED = 200_000
"""How many nodes the aliases of a document may stand for beyond those that are written."""


def documents(source: Source) -> Iterator[Node]:
    """Yield the root of each document in a file.

    Raises `NotAnalysable` with the place where it is no YAML, and where it nests too deeply or its aliases make too much of it.
    """
    import yaml

    text = source.text
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for root in yaml.compose_all(text, Loader=loader):
            if "*" in text and "&" in text:
                _refuse_grown(root)
            else:
                _refuse_deep(root)
            yield root
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        at = min(mark.index, len(text)) if mark is not None else 0
        said = " ".join((problem.problem or problem.context or "it is malformed").split())
        if "nesting depth" in said:  # libyaml's own limit of a thousand levels
            raise _too_deep(at) from None
        raise NotAnalysable(f"not valid YAML: {said}", Span(at, at)) from None
    except yaml.reader.ReaderError as problem:
        raise NotAnalysable(f"not valid YAML: {problem.reason}") from None
    except (yaml.YAMLError, ValueError) as problem:
        raise NotAnalysable(f"not valid YAML: {' '.join(str(problem).split())}") from None
    except RecursionError:
        raise _too_deep(0) from None


def only_document(source: Source) -> Node | None:
    """Give the root of the one document in a file, None where it is empty. Raises `NotAnalysable` as `documents` does."""
    found: Node | None = None
    for root in documents(source):
        if found is not None:
            at = root.start_mark.index
            raise NotAnalysable("not valid here: a second document begins", Span(at, at))
        found = root
    return found


def _too_deep(at: int) -> NotAnalysable:
    return NotAnalysable(f"nests deeper than {DEEPEST} levels", Span(at, at), code="nesting")


def _refuse_deep(root: Node) -> None:
    """Refuse a document without aliases that nests too deeply."""
    level = _holding([root])
    for _ in range(DEEPEST):
        if not level:
            return
        level = _holding(child for node in level for child in _below(node))
    if level:
        raise _too_deep(level[0].start_mark.index)


def _holding(nodes: Iterable[Node]) -> list[Node]:
    """Give those of some nodes that hold others, or may."""
    return [node for node in nodes if isinstance(node.value, list)]


def _refuse_grown(root: Node) -> None:
    """Refuse a document whose aliases, written out, nest too deeply or make many times as much as stands there."""
    sizes: dict[int, int] = {}
    levels: dict[int, int] = {}
    entered: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting[-1]
        key = id(node)
        if key in sizes:
            waiting.pop()
            continue
        below = _below(node)
        if key not in entered:
            entered.add(key)
            for child in below:
                if id(child) in entered and id(child) not in sizes:
                    at = child.start_mark.index
                    raise NotAnalysable("holds itself by an alias", Span(at, at), code="nesting")
            waiting += [child for child in below if id(child) not in sizes]
            continue
        waiting.pop()
        sizes[key] = 1 + sum(sizes[id(child)] for child in below)
        levels[key] = 1 + max((levels[id(child)] for child in below), default=0)
        at = node.start_mark.index
        if levels[key] > DEEPEST:
            raise _too_deep(at)
        if sizes[key] - len(sizes) > MOST_REPEATED:
            reason = f"its aliases stand for more than {MOST_REPEATED:,} values"
            raise NotAnalysable(reason, Span(at, at), code="nesting")


def _below(node: Node) -> list[Node]:
    import yaml

    if isinstance(node, yaml.MappingNode):
        return [half for pair in node.value for half in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
