"""Tables that a file makes where no statement of it can be read: in strings of routines, by calls, under names with holes.

What is looked at is text, for none of it is a tree: `EXECUTE format('CREATE TABLE %I …')`, `"create table lab.prep_%s"`,
`ALTER TABLE … SET SCHEMA` inside a DO block, `schema.createTable('orders')`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leaktight.catalog.change import CreateTable, RenameTable, TableChange, TypeChange
from leaktight.catalog.openings import ANY, Opening
from leaktight.lazy import regex

_KINDS = "or\\s+replace|or\\s+refresh|external|transient|unlogged|foreign|materialized|secure|iceberg|hybrid|dynamic|snapshot"
_CREATES = regex(rf"create\s+(?:(?:{_KINDS})\s+){{0,4}}(?:table|view)\s+(?:if\s+not\s+exists\s+)?")
_ALTERS = regex(r"alter\s+(?:table|(?:materialized\s+)?view)\s+(?:if\s+exists\s+)?(?:only\s+)?")
_INTO = regex(r"\s+(rename\s+to|set\s+schema)\s+")
_CALLS = regex(r"(?:\.to_sql|\bcreatetable|\bsaveastable)\(\s*(?=[\w'\"`])")
CALLS = (b".to_sql(", b"createtable(", b"saveastable(")
"""What stands, in lower case, in every file that makes tables by a call."""
_HOLE = (
    r"\$?\{\{?[^{}\n]{0,200}\}?\}"  # {name}, ${name}, {{ name }}
    r"|%(?:\d{1,2}\$|\(\w{1,80}\))?[sil](?![a-z0-9])"  # %s, %I, %(name)s, %1$I
    r"|[:@&]{1,2}['\"]?[a-z_]\w*['\"]?"  # :name, :"name", @name, &name
    r"|\$\(\w{1,80}\)"
)
_PIECE = regex(
    rf"(?P<hole>{_HOLE})"
    r"|(?P<word>[a-z0-9_#$]+(?:-[a-z0-9_]+)*)"
    rf"|\"(?P<double>(?:{_HOLE}|[\w.$#-]){{1,120}})\""
    rf"|`(?P<back>(?:{_HOLE}|[\w.$#-]){{1,120}})`"
    r"|\[(?P<bracket>[^\]\n]{1,120})\]"
)
_ONE_HOLE = regex(_HOLE)
_ENDS_STRING = frozenset("'\"`+|")
_MOST = 2_000


def openings(text: str, changes: Iterable[TableChange | TypeChange]) -> Iterator[Opening]:
    """Yield the names under which a file makes tables, those left out that its `changes` say.

    Temporary tables are left out too. A table that comes from another schema, of which the catalog may know nothing, stays in.
    """
    seen: set[tuple[str, ...]] = set()
    for change in changes:
        if isinstance(change, CreateTable):
            seen.update(_ends(change.table.name.folded))
        elif isinstance(change, RenameTable) and change.name.folded[:-1] == change.to.folded[:-1]:
            seen.update(_ends(change.to.folded))
    most = len(seen) + _MOST
    for parts in _made(text.lower()):
        if parts not in seen and len(seen) < most:
            seen.add(parts)
            yield Opening(parts)


def _ends(name: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield a name and all that it ends with."""
    return (name[at:] for at in range(len(name)))


def _made(text: str) -> Iterator[tuple[str, ...]]:
    for match in _CREATES.finditer(text):
        parts, _ = _name(text, match.end())
        if parts:
            yield parts
    for match in _ALTERS.finditer(text):
        parts, end = _name(text, match.end())
        into = _INTO.match(text, end) if parts else None
        to = _name(text, into.end())[0] if into is not None else ()
        if into is not None and to:
            yield (*to, parts[-1]) if into[1].startswith("set") else (*parts[:-1], *to)
    for match in _CALLS.finditer(text):
        at = match.end()
        literal = text[at] in "'\"`"
        parts = _name(text, at + 1)[0] if literal else (ANY,)
        if parts:
            # The quote that ends the name is no sign of more to come.
            yield (*parts[:-1], parts[-1].removesuffix(ANY)) if literal and parts[-1] != ANY else parts


def _name(text: str, at: int) -> tuple[tuple[str, ...], int]:
    """Give the parts of the name that begins at an offset, stretches that are not known as `ANY`, and where it ends."""
    parts: list[str] = []
    while True:
        part, at = _part(text, at)
        if not part:
            return (), at
        parts += part
        if text[at : at + 1] != "." or len(parts) > _DEEPEST:
            break
        at += 1
    while len(parts) > 1 and parts[0] == ANY:
        parts.pop(0)
    return tuple(parts), at


_DEEPEST = 4


def _part(text: str, at: int) -> tuple[list[str], int]:
    pieces: list[str] = []
    while (match := _PIECE.match(text, at)) is not None:
        at = match.end()
        kind = match.lastgroup
        inside = ANY if kind == "hole" else match[kind or 0]
        if kind in {"double", "back"}:
            inside = _ONE_HOLE.sub(ANY, inside)
        pieces.append(inside)
        if kind == "back" and "." in inside:
            return [_plain(part) for part in inside.split(".") if part], at
    if text[at : at + 1] in _ENDS_STRING:
        pieces.append(ANY)
    return ([_plain("".join(pieces))] if pieces else []), at


def _plain(part: str) -> str:
    return _MANY.sub(ANY, part)


_MANY = regex(r"\*{2,}")
