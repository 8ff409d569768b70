"""Judges a predicate by the facts of an engine."""

from __future__ import annotations

from leaktight.catalog.pruning.bound import Against, Bound, Form, Verdict
from leaktight.catalog.pruning.facts import FACTS, Fact
from leaktight.catalog.table import Partitioning


def verdict(dialect: str, partitioning: Partitioning, bound: Bound) -> Verdict:
    """Say whether the engine of `dialect` skips partitions by a predicate on a partition column."""
    if dialect not in FACTS:
        sure = not bound.around and bound.against not in (Against.QUERY, Against.VOLATILE)
        return Verdict(True if sure else None)
    fact = fact_for(dialect, partitioning, bound)
    if fact is None or fact.prunes is None:
        return Verdict(None)
    return Verdict(fact.prunes, fact.reason, fact.source)


def fact_for(dialect: str, partitioning: Partitioning, bound: Bound) -> Fact | None:
    """Give the fact that decides of a predicate, None where the engine's manual is silent."""
    elements = _elements(partitioning.expression)
    form = _form(elements, bound)
    for fact in FACTS.get(dialect, ()):
        if _speaks_of(fact, partitioning, bound, form, elements):
            return fact
    return None


def _form(elements: list[str], bound: Bound) -> Form:
    if not bound.around:
        return Form.BARE
    written = _plain(bound.expression)
    return Form.KEY if written in elements else Form.WRAPPED


def _speaks_of(fact: Fact, partitioning: Partitioning, bound: Bound, form: Form, elements: list[str]) -> bool:
    around = bound.around if form is Form.WRAPPED else ()
    if (
        (fact.kinds and partitioning.kind not in fact.kinds)
        or (fact.forms and form not in fact.forms)
        or (fact.against and bound.against not in fact.against)
        or (fact.around and not (around and fact.around.issuperset(around)))
        or (fact.inmost and not (around and around[0] in fact.inmost))
        or (fact.equality is not None and fact.equality is not bound.equality)
        or (fact.says and not any(text in written for text in fact.says for written in _forms(bound)))
    ):
        return False
    if fact.leading is not None:
        plain = elements and all(_function(element) == "" for element in elements)
        if not plain or fact.leading is not (bound.column.lower() == elements[0]):
            return False
    return not fact.by or _function(_key_of(elements, bound.column)) in fact.by


def _forms(bound: Bound) -> tuple[str, str]:
    """Give the text of an expression as it is written, and without what is of no account in it."""
    return bound.expression, _plain(bound.expression)


def _key_of(elements: list[str], column: str) -> str:
    """Give the element of a key that a column stands in."""
    name = column.lower()
    return name if name in elements else next((element for element in elements if name in element), name)


def _function(element: str) -> str:
    """Give the outermost function of a key's element, empty for a bare column, `?` for any other expression."""
    name, bracket, rest = element.partition("(")
    if name.replace("_", "").isalnum():
        if not bracket:
            return ""
        return name.upper() if rest.endswith(")") and _is_bracketed(element[len(name) :]) else "?"
    return "?"


# Texts of expressions


def _elements(expression: str) -> list[str]:
    """Give the elements of a partition clause, each as `_plain` gives it."""
    text = expression.strip()
    head, bracket, rest = text.partition("(")
    words = head.lower().split()
    if bracket and rest.endswith(")") and words and words[0] in _STRATEGIES and len(words) < 3:
        text = rest[:-1]
    while _is_bracketed(text):
        text = text[1:-1].strip()
    parts = [""]
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [_plain(part) for part in parts]


_STRATEGIES = frozenset({"range", "list", "hash", "key"})


def _plain(text: str) -> str:
    """Give an expression's text without case, needless blanks, quotes, outer brackets and the table's alias."""
    words = " ".join(text.lower().replace("`", "").replace('"', "").split()).split(" ")
    text = words[0]
    for word in words[1:]:
        apart = _is_of_word(text[-1:]) and _is_of_word(word[:1])
        text += f" {word}" if apart else word
    while _is_bracketed(text):
        text = text[1:-1]
    column, cast, kind = text.partition("::")
    if cast and all(part.replace("_", "").isalnum() for part in (*column.split("."), kind)):
        text = f"cast({column} as {kind})"
    pieces: list[str] = []
    word = ""
    for character in text:
        if _is_of_word(character):
            word += character
        elif character == ".":
            word = ""
        else:
            pieces += [word, character]
            word = ""
    return "".join([*pieces, word])


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_bracketed(text: str) -> bool:
    """Say whether one pair of brackets stands round a whole text."""
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return index > 0 and index == len(text) - 1
    return False
