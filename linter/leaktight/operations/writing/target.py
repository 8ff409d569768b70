"""Which table a write means: its name as far as known, comparable within a file, and whether it lasts."""

from __future__ import annotations

from sqlglot import exp

from leaktight.catalog.table import TableName, same_end
from leaktight.catalog.wording import STAGING, has_word
from leaktight.languages.sql import clauses
from leaktight.languages.sql.document import SqlDocument
from leaktight.lazy import record
from leaktight.source import HoleKind
from leaktight.text import words_of


@record(frozen=True, slots=True)
class Target:
    """A table as a write names it.

    `key` holds its parts in lower case, a part that is only known at run time as `{expression}`. `name` is None where
    the last part is such. `written` is the name as the file has it. `called` is what the host calls the name, where it is put
    together: `{destination}` for `destination = f"{dataset}.orders"`.
    """

    key: tuple[str, ...]
    name: TableName | None
    written: str
    called: str = ""

    def same(self, other: Target) -> bool:
        """Say whether two names of one file mean the same table."""
        return bool(self.key) and bool(other.key) and same_end(self.key, other.key)

    def within(self, schema: str, known: bool) -> Target:
        """Give the table in a schema; of one that is only known at run time (`STAGING`) no more counts than what it says."""
        if not schema or len(self.key) > 1:
            return self
        if not known:
            says = has_word((schema,), STAGING)
            return Target(("{" + schema + "}", *self.key), self.name, self.written) if says else self
        name = TableName((schema, *self.name.parts), (False, *self.name.quoted)) if self.name is not None else None
        return Target((schema.lower(), *self.key), name, f"{schema}.{self.written}")

    @property
    def is_staging(self) -> bool:
        """Whether its name says that it does not last: `stg_orders`, `staging.orders`, `#orders`, `{tmp_table}`."""
        return has_word((*self.key, self.called), STAGING)

    @property
    def as_called(self) -> Target | None:
        """The table by what the host calls it, which is all that another function may know of it."""
        return Target((self.called,), None, self.called) if self.called else None


def target_of(document: SqlDocument, node: exp.Expr | None) -> Target | None:
    """Give the target that a Table node names; None for a function, a subquery, or no table."""
    name = clauses.table_name(node)
    if name is None or node is None:
        return None
    span = document.span(node)
    stand_ins = [
        (document.slice(hole.region).strip(), "{" + unquoted(hole.host.strip().lstrip("$").strip("{}").strip()) + "}")
        for hole in (document.holes(span) if document.region.templated else ())
        if hole.hole is not HoleKind.RELATION
    ]
    parts = [_filled(part, stand_ins) for part in name.parts]
    unknown = "{" in parts[-1]
    return Target(tuple(part.lower() for part in parts), None if unknown else name, ".".join(parts))


def _filled(part: str, stand_ins: list[tuple[str, str]]) -> str:
    for stand_in, host in stand_ins:
        if stand_in:
            part = part.replace(stand_in, host)
    return part


_QUOTING = frozenset(
    "quote quoted quoting qi escape escaped sanitize sanitized identifier ident validate validated format formatted".split()
)
"""Words of functions that write the name of a table as SQL takes it."""


def unquoted(expression: str) -> str:
    """Give the name that a host's call only quotes or formats: `table` for `quote_identifier(table)`."""
    function, bracket, rest = expression.partition("(")
    argument = rest.removesuffix(")").strip()
    if not bracket or not rest.endswith(")") or not all(part.isidentifier() for part in argument.split(".")):
        return expression
    words = words_of(function.strip().rpartition(".")[2])
    return argument if not _QUOTING.isdisjoint(words) else expression


def target_of_text(text: str, *, literal: bool) -> Target:
    """Give the target that a host expression names: the value of a string, or the text of an expression."""
    if not literal:
        text = unquoted(text)
        return Target(("{" + text + "}",), None, "{" + text + "}")
    parts = [part.strip('`"[] ') for part in text.replace(":", ".").split(".") if part.strip('`"[] ')]
    if not parts or "/" in text:
        return Target((text.lower(),), TableName((text,), (False,)), text)
    parts[-1] = parts[-1].split("$", 1)[0] or parts[-1]
    return Target(tuple(part.lower() for part in parts), TableName(tuple(parts), (False,) * len(parts)), text)
