"""From text to its tree: which grammar, what is refused, and what is masked before the parse."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leaktight.lazy import regex
from leaktight.source import Language, NotAnalysable

if TYPE_CHECKING:
    import tree_sitter

_LONGEST_LINE = 100_000
_DEEPEST = 1_000
_MOST_ERRORS = 0.5
_STEPS = 5_000
_BYTES_A_STEP = 10


def tree_of(text: str, language: Language) -> tree_sitter.Tree:
    """Parse JavaScript, TypeScript or TSX; raises `NotAnalysable` as `parse_javascript` says."""
    if len(text) >= _LONGEST_LINE and _longest_line(text) >= _LONGEST_LINE:
        raise NotAnalysable(f"minified: a line of {_longest_line(text):,} characters")
    data = text.encode("utf-8", "surrogatepass")
    if b"\0" in data:
        data = data.replace(b"\0", b" ")
    if language in (Language.TYPESCRIPT, Language.TSX):
        data = _without_tag_types(data)
    tree = _parse(_parser(language), data)
    _refuse_deep(tree)
    _refuse_errors(tree, len(data))
    return tree


def _parse(parser: tree_sitter.Parser, data: bytes) -> tree_sitter.Tree:
    """Parse, and give up on a text whose errors send the parser through ever more ways to mend them.

    tree-sitter reports every hundred steps or so; the worst real file needs one report for 50 bytes.
    """
    left = _STEPS + len(data) // _BYTES_A_STEP

    def enough(_offset: int, _errors: bool) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    try:
        return parser.parse(lambda offset, _point: data[offset:], progress_callback=enough)
    except ValueError as problem:
        parser.reset()
        raise NotAnalysable("not JavaScript: the parser finds no way through its errors") from problem


def _longest_line(text: str) -> int:
    return max(map(len, text.split("\n")))


@cache
def _grammar(language: Language) -> tree_sitter.Language:
    """Give the tree-sitter grammar of a language; loads it at the first call."""
    from tree_sitter import Language as Grammar

    if language is Language.TYPESCRIPT:
        import tree_sitter_typescript

        return Grammar(tree_sitter_typescript.language_typescript())
    if language is Language.TSX:
        import tree_sitter_typescript

        return Grammar(tree_sitter_typescript.language_tsx())
    import tree_sitter_javascript

    return Grammar(tree_sitter_javascript.language())


@cache
def _parser(language: Language) -> tree_sitter.Parser:
    from tree_sitter import Parser

    return Parser(_grammar(language))


def _refuse_deep(tree: tree_sitter.Tree) -> None:
    # Between the node at depth 1,000 and the one at depth 2,000 of one branch lie 1,000 nodes and more, all of
    # them deeper than 1,000: a sample of every 1,000th node in document order cannot miss a branch of 2,000.
    count = tree.root_node.descendant_count
    if count <= _DEEPEST:
        return
    cursor = tree.walk()
    for index in range(_DEEPEST, count, _DEEPEST):
        cursor.goto_descendant(index)
        if cursor.depth > _DEEPEST:
            raise NotAnalysable(f"nested more than {_DEEPEST:,} deep", code="nesting")


def _refuse_errors(tree: tree_sitter.Tree, length: int) -> None:
    root = tree.root_node
    if not root.has_error:
        return
    wrong = 0
    understood = 0
    pending = list(root.children)
    while pending:
        node = pending.pop()
        if not node.has_error:
            understood += (node.end_byte - node.start_byte) if node.is_named and node.child_count else 0
        elif node.is_error:
            wrong += node.end_byte - node.start_byte
        else:
            pending.extend(node.children)
    if root.is_error:
        wrong = length - understood
    if wrong > length * _MOST_ERRORS:
        raise NotAnalysable(f"not JavaScript: {wrong * 100 // max(length, 1)} % of it does not parse")


_TYPED_TEMPLATE = regex(rb">[ \t\r\n]*`")
_TYPE_WIDEST = 500
_TYPE_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$ \t\r\n.,|&[]{}():;?<>'\"=-")
_NAME_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")


def _without_tag_types(data: bytes) -> bytes:
    """Blank the type arguments of tagged templates, length for length.

    The grammar reads the tag of ``sql<User>`…` `` as two comparisons; `tag`, blanks and the template
    read as what it is.
    """
    masked: bytearray | None = None
    for match in _TYPED_TEMPLATE.finditer(data):
        start = _opening_angle(data, match.start())
        if start is None:
            continue
        masked = masked or bytearray(data)
        stretch = data[start : match.start() + 1]
        masked[start : match.start() + 1] = bytes(byte if byte in b"\r\n" else 0x20 for byte in stretch)
    return data if masked is None else bytes(masked)


def _opening_angle(data: bytes, close: int) -> int | None:
    depth = 0
    for at in range(close, max(close - _TYPE_WIDEST, -1), -1):
        byte = data[at]
        if byte not in _TYPE_BYTES:
            return None
        if byte == 0x3E and data[at - 1 : at] != b"=":
            depth += 1
        elif byte == 0x7B and data[at - 1 : at] == b"$":
            return None
        elif byte == 0x3C:
            depth -= 1
            if depth == 0:
                return at if at and data[at - 1] in _NAME_BYTES else None
    return None
