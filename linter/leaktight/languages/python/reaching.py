"""Bindings of one name in one scope, and which of them hold at a place of that scope."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise

from leaktight.languages.python.index import TreeIndex
from leaktight.lazy import record

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SCOPES = (ast.Module, ast.ClassDef, *FUNCTIONS, *COMPREHENSIONS)


class BindingKind(StrEnum):
    """How a name comes by its value."""

    ASSIGN = "assign"
    AUGMENT = "augment"
    """`name += value`."""
    LOOP = "loop"
    """The target of a `for` or a comprehension; `value` is what is walked over."""
    WITH = "with"
    """`with value as name`."""
    PARAMETER = "parameter"
    """A parameter; `value` is its default."""
    IMPORT = "import"
    DEFINITION = "definition"
    """A `def` or `class`."""
    OPAQUE = "opaque"
    """Unpacking, `except … as`, `del`, a pattern: nothing to read."""


@record(frozen=True, slots=True)
class Binding:
    """One place that binds a name. `node` is the statement (or the parameter, the comprehension)."""

    kind: BindingKind
    node: ast.AST
    value: ast.expr | None


def reaching_bindings(
    index: TreeIndex, bindings: Sequence[Binding], places: Sequence[int], at: ast.AST
) -> list[list[Binding]]:
    """Give the bindings of a scope that may hold at a node of it: for each way one that sets, then its `+=`.

    An empty list says that it is not known. Branches give alternatives, at most eight. A `+=` under an
    `if` is taken as run, under its `else` as not; one in a loop that the place stands behind is not known.
    `places` holds the place of each binding in the index.
    """
    return _Reach(index, bindings, places, at).alternatives()


_CONDITIONAL = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_MOST = 8
_FARTHEST = 64
"""How many bindings are looked through for one that is run on each way."""


class _Reach:
    """One question: where, and among which bindings."""

    def __init__(self, index: TreeIndex, bindings: Sequence[Binding], places: Sequence[int], at: ast.AST) -> None:
        self._index = index
        self._place = index.number[at]
        self._around = set(self._up(at))
        self._bindings = bindings
        self._places = places

    def _up(self, node: ast.AST) -> Iterator[ast.AST]:
        at: ast.AST | None = node
        while at is not None:
            yield at
            at = self._index.parent(at)

    def _blocks(self, node: ast.AST) -> Iterator[tuple[ast.AST, list[ast.AST]]]:
        """Yield each conditional statement that holds `node` in this scope, with the block of it that does."""
        for child, parent in pairwise(self._up(node)):
            if isinstance(parent, SCOPES):
                return
            if isinstance(parent, _CONDITIONAL):
                for field in ("body", "orelse"):
                    block = getattr(parent, field, None)
                    if isinstance(block, list) and child in block:
                        yield parent, block

    def _meets(self, block: list[ast.AST], nodes: set[ast.AST]) -> bool:
        return not nodes.isdisjoint(block)

    def alternatives(self) -> list[list[Binding]]:
        """Give the ways in the order of the source."""
        before, certain = self._before()
        if self._changes_in_loop(before, certain):
            return []
        ways = [i for i, b in enumerate(before) if b.kind is not BindingKind.AUGMENT]
        if certain and self._both_arms([before[i] for i in ways[1:]]):
            ways = ways[1:]
        found: list[list[Binding]] = []
        for way in ways[:_MOST]:
            begun = set(self._up(before[way].node))
            augments = [b for b in before[way + 1 :] if b.kind is BindingKind.AUGMENT and self._same_way(b, begun)]
            if any(self._repeats(b, begun) for b in augments):
                return []
            found.append([before[way], *augments])
        return found

    def _before(self) -> tuple[list[Binding], bool]:
        """Give the bindings that may reach the place, and whether the first of them is run on each way."""
        found: list[Binding] = []
        for at in range(bisect_left(self._places, self._place) - 1, -1, -1):
            binding = self._bindings[at]
            if binding.node in self._around and binding.kind in (BindingKind.ASSIGN, BindingKind.AUGMENT):
                continue
            if self._excluded(binding):
                continue
            found.append(binding)
            if binding.kind is not BindingKind.AUGMENT and self._dominates(binding):
                return found[::-1], True
            if len(found) >= _FARTHEST:
                return [], False
        return found[::-1], False

    def _excluded(self, binding: Binding) -> bool:
        """Say whether the binding stands in another arm of an `if` than the place."""
        return any(
            isinstance(owner, ast.If) and owner in self._around and not self._meets(block, self._around)
            for owner, block in self._blocks(binding.node)
        )

    def _dominates(self, binding: Binding) -> bool:
        """Say whether each way to the place runs through the binding."""
        node = binding.node
        if binding.kind is BindingKind.LOOP and not (
            isinstance(node, ast.comprehension) or self._meets(list(getattr(node, "body", ())), self._around)
        ):
            return False
        return all(self._meets(block, self._around) for _, block in self._blocks(node))

    def _both_arms(self, bindings: list[Binding]) -> bool:
        """Say whether assignments in both arms of one `if` leave nothing of what was before it."""
        arms: dict[ast.AST, list[list[ast.AST]]] = {}
        for binding in bindings:
            for owner, block in list(self._blocks(binding.node))[:1]:
                if isinstance(owner, ast.If) and block not in arms.setdefault(owner, []):
                    arms[owner].append(block)
        return any(len(blocks) == 2 for blocks in arms.values())

    def _same_way(self, augment: Binding, begun: set[ast.AST]) -> bool:
        """Say whether a `+=` belongs to the way that begins in the statements `begun`."""
        for owner, block in self._blocks(augment.node):
            if not isinstance(owner, ast.If) or self._meets(block, self._around):
                continue
            if owner in begun:
                if not self._meets(block, begun):
                    return False
            elif block is owner.orelse:
                return False
        return True

    def _repeats(self, augment: Binding, begun: set[ast.AST]) -> bool:
        return any(
            isinstance(node, _LOOPS) and node not in self._around and node not in begun
            for node in self._up(augment.node)
        )

    def _changes_in_loop(self, before: list[Binding], certain: bool) -> bool:
        """Say whether a loop around the place binds the name after it, for the next round to see."""
        index = self._index
        loops = [node for node in self._around if isinstance(node, _LOOPS)]
        if certain:
            # Set anew in the same round, before the place: what a later line binds is not seen.
            start = set(self._up(before[0].node))
            loops = [loop for loop in loops if loop not in start]
        if not loops:
            return False
        end = max(index.end(loop) for loop in loops)
        for at in range(bisect_left(self._places, self._place), bisect_left(self._places, end)):
            if not self._excluded(self._bindings[at]):
                return True
        # `name = name + …` or `name += …` around the place itself.
        return any(binding.node in self._around for binding in self._bindings[-_FARTHEST:] if binding not in before)
