"""Which of the places that give a name its value may be the one that a use sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import FUNCTIONS, LOOPS, holds

if TYPE_CHECKING:
    from tree_sitter import Node

    from leaktight.languages.javascript.document import JavascriptDocument
    from leaktight.languages.javascript.scopes import Declaration


def reaching(document: JavascriptDocument, identifier: Node) -> list[Declaration]:
    """Give the declarations and assignments whose value a name may have where it stands, in document order.

    What an assignment in a block round the name surely replaced is left out; a later one counts where a loop leads
    back to the name, or where the name stands in a function that may run later.
    """
    found = document.declarations(document.text_of(identifier), identifier)
    if len(found) < 2:
        return found
    around = list(document.ancestors(identifier))
    ids = {outer.id for outer in around}
    kept: list[Declaration] = []
    for one in found:
        if one.value is not None and holds(one.value, identifier) and one.kind not in ("function", "class"):
            continue
        if one.name.start_byte < identifier.start_byte:
            if one.kind != "update" and _is_sure(document, one, ids):
                kept.clear()
            kept.append(one)
        elif _comes_back(one, around):
            kept.append(one)
    return kept or found


def _is_sure(document: JavascriptDocument, one: Declaration, ids: set[int]) -> bool:
    """Say whether a declaration or assignment is a statement of a block that the use stands in as well."""
    if one.value is None and one.kind in ("let", "var"):
        return False
    statement = document.parent(one.node)
    block = document.parent(statement) if statement is not None else None
    return block is not None and block.id in ids


def _comes_back(one: Declaration, around: list[Node]) -> bool:
    """Say whether control may lead from a write to a use that stands before it."""
    for outer in around:
        if outer.type in LOOPS or outer.type in FUNCTIONS:
            inside = holds(outer, one.node)
            if inside == (outer.type in LOOPS):
                return True
    return False
