"""What the expressions of a DynamoDB request name: `#st = :live AND begins_with(sk, :p)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leaktight.lazy import record

_FUNCTIONS = frozenset(
    {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size",
     "if_not_exists", "list_append"}
)  # fmt: skip
_WORDS = frozenset({"and", "or", "not", "between", "in", "set", "remove", "add", "delete"})


@record(frozen=True, slots=True)
class Token:
    """A word of an expression. `kind` is `name`, `#` or `:` for placeholders, `function`, `word`, or `mark`.

    `nested` says that it stands behind a dot: it is a part of another attribute.
    """

    kind: str
    text: str
    start: int
    nested: bool = False


def tokens(expression: str) -> Iterator[Token]:
    """Yield the tokens of an expression; what is no name or placeholder is a mark."""
    at, size = 0, len(expression)
    nested = False
    while at < size:
        character = expression[at]
        if character.isspace():
            at += 1
            continue
        start = at
        at += 1
        if character in "#:" or character.isalpha() or character == "_":
            while at < size and (expression[at].isalnum() or expression[at] == "_"):
                at += 1
            text = expression[start:at]
            yield Token(_kind(text, expression, at, nested=nested), text, start, nested)
            nested = False
            continue
        if character.isdigit():
            while at < size and expression[at].isdigit():
                at += 1
        nested = character == "."
        yield Token("mark", expression[start:at], start)


def _kind(text: str, expression: str, end: int, *, nested: bool) -> str:
    if text[0] in "#:":
        return text[0]
    if not nested:
        if text in _FUNCTIONS and expression[end:].lstrip().startswith("("):
            return "function"
        if text.lower() in _WORDS:
            return "word"
    return "name"


def attributes_of(expression: str, names: Mapping[str, str]) -> frozenset[str]:
    """Give the top-level attributes that an expression names; `names` says what each `#placeholder` stands for."""
    found: set[str] = set()
    for token in tokens(expression):
        if token.nested:
            continue
        if token.kind == "name":
            found.add(token.text)
        elif token.kind == "#" and token.text in names:
            found.add(names[token.text])
    return frozenset(found)


def equalities(expression: str, names: Mapping[str, str]) -> frozenset[str]:
    """Give the attributes that a conjunction binds to one value: `pk = :p AND sk = :s`; none of one with OR or NOT.

    A part of an attribute (`profile.id = :v`, `ids[0] = :v`) binds none.
    """
    found: set[str] = set()
    listed = list(tokens(expression))
    if any(token.kind == "word" and token.text.lower() in ("or", "not") for token in listed):
        return frozenset()
    nothing = Token("mark", "", len(expression))
    for before, sign, after, further in zip(listed, listed[1:], listed[2:], [*listed[3:], nothing], strict=False):
        if sign.text != "=" or sign.kind != "mark":
            continue
        for side, other in ((before, after), (after, before)):
            if other.kind != ":" or side.nested or (side is after and further.text in (".", "[")):
                continue
            if side.kind == "name":
                found.add(side.text)
            elif side.kind == "#":
                found.add(names.get(side.text, side.text))
    return frozenset(found)


def plain(attribute: str) -> bool:
    """Say whether an attribute's name may stand in an expression as far as its letters go."""
    letters = attribute.replace("_", "")
    return attribute[:1].isalpha() and attribute.isascii() and letters.isalnum()


def folded(name: str) -> str:
    """Give a name in the form that `channelId`, `channel_id` and `CHANNEL-ID` share."""
    return name.replace("_", "").replace("-", "").lower()
