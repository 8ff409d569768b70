"""What an `if` asks, and what is known about it in one view of a template.

Three-valued: a condition is true, false, or free to be chosen. Two tags that ask the same get the
same answer, so that no view mixes arms that could never meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from leaktight.embedding.jinja.expressions import Token, closing_of
from leaktight.lazy import record, regex

_LOOP_EDGE = regex(r"\w*loop \. (?:last|first)|\w*loop \. index == 1|\w*loop \. index0 == 0")
_LOOP_MIDDLE = regex(
    r"\w*loop \. index (?:> 1|< \w*loop \. length|!= \w*loop \. length|< \( .* \| length \))|\w*loop \. index0 > 0"
)
_DEEPEST = 30


@record(frozen=True, slots=True)
class Condition:
    """A condition: `kind` is `atom`, `not`, `and`, `or`, `true` or `false`; `key` is its text."""

    kind: str
    key: str
    parts: tuple[Condition, ...] = ()


def condition_of(tokens: Sequence[Token], depth: int = 0) -> Condition:
    """Read the tokens after `if`."""
    for _ in range(_DEEPEST):
        if len(tokens) < 3 or tokens[0].text != "(" or closing_of(tokens, 0) != len(tokens) - 1:
            break
        tokens = tokens[1:-1]
    key = " ".join(token.text for token in tokens)
    if depth < _DEEPEST:
        for word in ("or", "and"):
            parts = _split(tokens, word)
            if len(parts) > 1:
                return Condition(word, key, tuple(condition_of(part, depth + 1) for part in parts))
        if tokens and tokens[0].text == "not":
            return Condition("not", key, (condition_of(tokens[1:], depth + 1),))
        if len(tokens) > 2 and tokens[-2].text == "!=" and tokens[-1].kind in ("string", "number"):
            equal = " ".join([*(token.text for token in tokens[:-2]), "==", tokens[-1].text])
            return Condition("not", key, (_atom(equal),))
    return _atom(key)


def _atom(key: str) -> Condition:
    if _LOOP_EDGE.fullmatch(key) or key in ("true", "True", "execute"):
        return Condition("true", key)
    if _LOOP_MIDDLE.fullmatch(key) or key in ("false", "False"):
        return Condition("false", key)
    return Condition("atom", key)


def _split(tokens: Sequence[Token], word: str) -> list[Sequence[Token]]:
    parts: list[Sequence[Token]] = []
    first = index = 0
    while index < len(tokens):
        text = tokens[index].text
        if text in ("(", "[", "{"):
            index = closing_of(tokens, index)
        elif text == word and tokens[index].kind == "name":
            parts.append(tokens[first:index])
            first = index + 1
        index += 1
    parts.append(tokens[first:])
    return parts


@record(slots=True)
class Known:
    """What one view has settled."""

    answers: dict[str, bool] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    def truth(self, condition: Condition) -> bool | None:
        """Give the answer to a condition, or None while it is free."""
        if condition.kind in ("true", "false"):
            return condition.kind == "true"
        if condition.key in self.answers:
            return self.answers[condition.key]
        if condition.kind == "not":
            inner = self.truth(condition.parts[0])
            return None if inner is None else not inner
        if condition.kind in ("and", "or"):
            decides = condition.kind == "or"
            answers = [self.truth(part) for part in condition.parts]
            if decides in answers:
                return decides
            return None if None in answers else not decides
        left, equal, right = condition.key.rpartition(" == ")
        if equal and left in self.values:
            return self.values[left] == _plain(right)
        return None

    def assume(self, condition: Condition, answer: bool) -> None:
        """Settle a condition that is free."""
        if condition.kind in ("true", "false"):
            return
        self.answers.setdefault(condition.key, answer)
        if condition.kind == "not":
            self.assume(condition.parts[0], not answer)
        elif condition.kind in ("and", "or") and answer == (condition.kind == "and"):
            for part in condition.parts:
                self.assume(part, answer)
        elif condition.kind == "atom" and answer:
            left, equal, right = condition.key.rpartition(" == ")
            if equal and right[:1] in "\"'0123456789":
                self.values.setdefault(left, _plain(right))


def _plain(text: str) -> str:
    return text[1:-1] if text[:1] in ("'", '"') else text
