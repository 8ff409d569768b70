"""What a `{{ … }}` says without being run: a relation, a literal, nothing, or a name for what is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leaktight.embedding.jinja.conditions import Known, condition_of
from leaktight.embedding.jinja.expressions import (
    NotLiteral,
    Token,
    arguments_of,
    closing_of,
    read_literal,
    string_value,
    tokens_of,
    whole_literal,
)
from leaktight.embedding.jinja.words import RESERVED
from leaktight.languages.sql.identifiers import BACKTICKS
from leaktight.lazy import record, regex
from leaktight.source import HoleKind

_SILENT = frozenset(("config", "log", "print", "return", "exceptions", "set_sql_header", "depends_on"))
_UNKNOWN_VALUES = frozenset(("var", "env_var"))
_NOT_WORD = regex(r"\W+")
_PLAIN_NAME = regex(r"[^\W\d]\w*")


@record(slots=True)
class Output:
    """A place where the template writes text.

    `content` is that text where it is known, and None where the place must decide; `name` is an identifier
    made of the expression's own words; `code` tells two expressions of one name apart.
    """

    start: int
    end: int
    name: str
    code: str
    content: str | None = None
    kind: HoleKind = HoleKind.IDENTIFIER
    value: bool = False


class OutputReader:
    """Reads the outputs of one view: knows the variables set so far, and what its conditions settled."""

    def __init__(self, dialect: str | None) -> None:
        self.quote = "`" if dialect in BACKTICKS else '"'
        self.variables: dict[str, object] = {}
        self._spellings: dict[str, list[str]] = {}

    def read(self, start: int, end: int, code: str, known: Known) -> Output:
        """Say what the expression `code` at `start` writes."""
        tokens = _chosen(tokens_of(code), known)
        output = Output(start, end, "x", "".join(code.split()))
        if not tokens:
            output.content, output.kind = "", HoleKind.BLANK
            return output
        first = tokens[0].text
        called = len(tokens) > 1 and tokens[1].text == "("
        if first in _SILENT and len(tokens) > 1:
            output.content, output.kind = "", HoleKind.BLANK
            return output
        relation = self._relation(tokens, first, called)
        if relation is not None:
            output.content, output.kind = relation, HoleKind.RELATION
            output.name = relation
            return output
        text = _text_of(tokens, self.variables)
        if text is not None:
            output.content = text
            output.kind = HoleKind.ESCAPE if text.strip() else HoleKind.BLANK
        output.value = called and first in _UNKNOWN_VALUES
        output.name = self._distinct(_name_of(tokens, output.value), output.code)
        return output

    def _relation(self, tokens: Sequence[Token], first: str, called: bool) -> str | None:
        if first == "this" and len(tokens) == 1:
            return "this"
        if not called or first not in ("ref", "source"):
            return None
        end = closing_of(tokens, 1)
        if end + 1 < len(tokens) and tokens[end + 1].text not in (".", "|"):
            return None
        names = relation_names(tokens, 1)
        if not names:
            return None
        if first == "ref":
            return self._quoted(names[-1])
        return ".".join(self._quoted(name) for name in names[-2:])

    def _quoted(self, name: str) -> str:
        if _PLAIN_NAME.fullmatch(name) and name.lower() not in RESERVED:
            return name
        if any(character in name for character in "`\"'\\\r\n\t"):
            return _NOT_WORD.sub("_", name) or "x"
        return f"{self.quote}{name}{self.quote}"

    def _distinct(self, name: str, code: str) -> str:
        spellings = self._spellings.setdefault(name, [])
        if code not in spellings:
            spellings.append(code)
        index = spellings.index(code)
        return f"{name}_{index + 1}" if index else name


def relation_names(tokens: Sequence[Token], bracket: int) -> tuple[str, ...]:
    """Give the names that a `ref` or `source` call is given, or nothing when one is not a literal."""
    names: list[str] = []
    version = ""
    for keyword, value in arguments_of(tokens, bracket):
        if keyword in ("v", "version"):
            if len(value) != 1 or value[0].kind not in ("string", "number"):
                return ()
            version = string_value(value[0]) if value[0].kind == "string" else value[0].text
        if keyword is not None:
            continue
        if len(value) != 1 or value[0].kind != "string":
            return ()
        names.append(string_value(value[0]))
    if not 1 <= len(names) <= 2 or not all(names):
        return ()
    # A version has a file and a relation of its own, called after both.
    return (*names[:-1], f"{names[-1]}_v{version}") if version else tuple(names)


def _chosen(tokens: Sequence[Token], known: Known) -> Sequence[Token]:
    """Follow an inline `a if b else c` to the arm that the view takes."""
    question, other = _top_level(tokens, "if"), _top_level(tokens, "else")
    if question <= 0:
        return tokens
    condition = condition_of(tokens[question + 1 : other if other > question else len(tokens)])
    if known.truth(condition) is False:
        return tokens[other + 1 :] if other > question else ()
    return tokens[:question]


def _top_level(tokens: Sequence[Token], word: str) -> int:
    index = 0
    while index < len(tokens):
        if tokens[index].text in ("(", "[", "{"):
            index = closing_of(tokens, index)
        elif tokens[index].text == word and tokens[index].kind == "name":
            return index
        index += 1
    return -1


def _text_of(tokens: Sequence[Token], variables: Mapping[str, object]) -> str | None:
    value: object = None
    try:
        value = whole_literal(tokens)
    except NotLiteral:
        if len(tokens) == 1:
            value = variables.get(tokens[0].text)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value)
    return None if "{{" in text or "{%" in text or "{#" in text else text


def _name_of(tokens: Sequence[Token], value: bool) -> str:
    if value and len(tokens) > 2 and tokens[2].kind == "string":
        words = [string_value(tokens[2])]
    elif tokens[0].kind == "name":
        words = [tokens[0].text]
        index = 1
        while index + 1 < len(tokens) and tokens[index].text == "." and tokens[index + 1].kind == "name":
            words.append(tokens[index + 1].text)
            index += 2
        if index < len(tokens) and tokens[index].text == "(":
            words = words[-1:]
    else:
        words = []
    name = _NOT_WORD.sub("_", "_".join(words)).strip("_")
    if not name or name[0].isdigit():
        name = f"x{name}"
    return f"{name}_" if name.lower() in RESERVED else name


def assigned(code: str) -> tuple[list[str], Sequence[Token]]:
    """Read `set a, b = value`: the names, and the tokens of the value; empty for a block."""
    tokens = tokens_of(code)[1:]
    equals = next((index for index, token in enumerate(tokens) if token.text == "="), -1)
    if equals < 0:
        return [token.text for token in tokens[:1]], ()
    return [token.text for token in tokens[:equals] if token.kind == "name"], tokens[equals + 1 :]


def literal_or_none(tokens: Sequence[Token]) -> object:
    """Give the value of tokens that are one literal, else None."""
    try:
        return whole_literal(tokens)
    except NotLiteral:
        return None


def first_item(tokens: Sequence[Token], variables: Mapping[str, object]) -> object:
    """Give the first item of a literal list, or of a variable that holds one, else None."""
    try:
        items, _ = read_literal(tokens, 0)
    except NotLiteral:
        items = variables.get(tokens[0].text) if len(tokens) == 1 else None
    if isinstance(items, list | tuple | dict) and items:
        return next(iter(items))
    return None
