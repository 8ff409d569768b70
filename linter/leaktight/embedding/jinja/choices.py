"""Chooses what stands for an unknown output: whatever its place in the SQL wants."""

from __future__ import annotations

import re

from leaktight.embedding.jinja.outputs import Output
from leaktight.embedding.jinja.place import HOLE, OPERAND, QUOTED_NAME, STRING, Context
from leaktight.embedding.jinja.stand_ins import Glue, blank, fill, room
from leaktight.embedding.jinja.words import (
    CLAUSE_STARTS,
    COMPARES,
    OPERAND_AFTER,
    QUERY_STARTS,
    RELATION_AFTER,
    SET_OPERATORS,
    SIZED_TYPES,
    STATEMENT_VERBS,
)
from leaktight.lazy import regex
from leaktight.source import HoleKind

_ENDS = frozenset(("", ")", ";", ",", "]", "}"))
_QUERY_ENDS = frozenset(("", ")", ";", "order", "limit", *SET_OPERATORS))
_QUERY_OWNERS = frozenset(
    ("as", "from", "join", "exists", "materialized", "all", "distinct", "using", "(", *SET_OPERATORS)
)
_CLAUSE = regex(r"\b(?:select|from|join|where|on|having|by|set|when|values)\b")
_OBJECTS = frozenset("table view function temp temporary or external materialized schema database procedure".split())
_EXPRESSION_WORDS = frozenset("case cast safe_cast try_cast not exists null true false distinct interval".split())
_TYPED = frozenset(("cast", "safe_cast", "try_cast", "try_convert"))
_SAID = {"join": "join", ",": ",", "=": "=", "union": "union", "union all": "union", "table": "table"}
_OPERAND_SIGNS = frozenset("= < > <= >= <> != + - / % | || & ^ ~ ( , [ { : :: ? @ => ->".split())


class Chooser:
    """Fills the unknown outputs of one view from left to right."""

    def __init__(self, source: str, context: Context) -> None:
        self.source = source
        self.context = context

    def write(self, output: Output) -> tuple[str, HoleKind]:
        """Give the text for an output, as long as it, and the kind of hole that it makes."""
        context = self.context
        start, end = output.start, output.end
        host = self.source[start:end]
        around = context.around(start)
        if around == "-":
            return blank(host), HoleKind.BLANK
        if around:
            return self._inside(host, output, around)
        content, kind, glue = self._choose(output)
        written = fill(host, content, glue) if content else blank(host)
        if written is None:
            written = fill(host, content[: room(host, glue)] if content.isidentifier() else "x", glue) or blank(host)
        context.settle(start, end, _SAID.get(content, OPERAND) if content else "")
        return written, kind

    def _inside(self, host: str, output: Output, around: str) -> tuple[str, HoleKind]:
        """Write inside a string or a quoted name."""
        kind = HoleKind.VALUE if around in "'$" else HoleKind.IDENTIFIER
        width = room(host)
        if output.content is not None and not set(output.content) & set("'\"`\\"):
            # Blanks at the end of a quoted name are left out when it is read; before more of the name they would cut it.
            ends = self.source[output.end : output.end + 1] in (around, ".")
            written = fill(host, output.content, padding=" " if ends or kind is HoleKind.VALUE else "_")
            if written is not None:
                known = output.kind if output.kind is HoleKind.RELATION else HoleKind.ESCAPE
                return written, known if output.content else HoleKind.BLANK
        return fill(host, output.name[:width], padding="_") or blank(host), kind

    def _choose(self, output: Output) -> tuple[str, HoleKind, Glue]:
        context = self.context
        prev, prev_start = context.before(output.start)
        nxt, next_end = context.after(output.end)
        name = output.name
        glue = self._glue(output, prev, nxt)
        kind = HoleKind.VALUE if output.value else HoleKind.IDENTIFIER
        if glue is not Glue.NONE:
            return name, HoleKind.IDENTIFIER, glue
        if prev == "." or nxt == ".":
            return name, HoleKind.IDENTIFIER, glue
        if prev == "::" or (prev == "as" and context.owner(output.start)[0] in _TYPED):
            return "int", kind, glue
        if prev in ("", ";"):
            return (*self._at_start(nxt), glue)
        if prev == "(":
            found = self._after_bracket(output, prev_start, nxt, next_end)
            if found is not None:
                return found, kind if found.isidentifier() else HoleKind.VALUE, glue
        if self._expects(prev, prev_start):
            text, kind = self._operand(output, prev, nxt, next_end, kind)
            return text, kind, glue
        return self._continuation(output, prev, nxt), HoleKind.VALUE, glue

    def _glue(self, output: Output, prev: str, nxt: str) -> Glue:
        text, start, end = self.context.text, output.start, output.end
        left = start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_$")
        right = end < len(text) and (text[end].isalnum() or text[end] in "_$")
        if prev not in RELATION_AFTER and not left and not right:
            return Glue.NONE
        if not right and text.startswith("-", end) and nxt == "-":
            right = end + 1 < len(text) and (text[end + 1].isalnum() or text[end + 1] == self.context.mark)
        if left and right:
            return Glue.BOTH
        return Glue.LEFT if left else Glue.RIGHT if right else Glue.NONE

    def _expects(self, prev: str, prev_start: int) -> bool:
        """Say whether an operand must follow `prev`."""
        if prev == "*":
            return self.context.before(prev_start)[0] not in ("select", "distinct", "all", ",", ".", "(")
        return prev in OPERAND_AFTER or prev in _OPERAND_SIGNS

    def _query(self, output: Output) -> str:
        """Give the longest query that there is room for; in brackets, a relation alone is one."""
        width = room(self.source[output.start : output.end])
        return "select 1" if width >= 8 else "from x" if width >= 6 else "x"

    def _at_start(self, nxt: str) -> tuple[str, HoleKind]:
        if nxt in SET_OPERATORS or nxt in ("from", "where", "join", "group", "having"):
            return "select 1", HoleKind.VALUE
        if nxt == "as":
            return "with x", HoleKind.VALUE
        if nxt == ",":
            return "with x as(x)", HoleKind.VALUE
        return "", HoleKind.VALUE

    def _after_bracket(self, output: Output, bracket: int, nxt: str, next_end: int) -> str | None:
        owner, owner_start = self.context.before(bracket)
        if nxt in QUERY_STARTS or nxt in ("partition", "order"):
            return ""
        if owner in _QUERY_OWNERS and nxt in _QUERY_ENDS and self._holds_query(owner, owner_start, bracket):
            return self._query(output)
        if owner == "replace" and self.context.before(owner_start)[0] == "*":
            return "1 as x"
        if owner == "options":
            return "x=1" if nxt in _ENDS else ""
        if owner in SIZED_TYPES and nxt in _ENDS | {"percent", "rows"}:
            return "1"
        if nxt == ",":
            after = self.context.after(next_end)[0]
            if owner == "values" and after == "":
                return "1"
        return None

    def _holds_query(self, owner: str, owner_start: int, bracket: int) -> bool:
        """Tell the bracket of a subquery from the ones of `* except (…)`, `using (…)`, `count(distinct (…))`."""
        if owner == "using":
            return self.context.statement(bracket).startswith("merge")
        if owner == "except":
            return self.context.before(owner_start)[0] != "*"
        if owner in ("all", "distinct"):
            return self.context.before(owner_start)[0] in SET_OPERATORS
        return True

    def _begins_table(self, offset: int) -> bool:
        """Say whether `name as (` follows: the next common table expression."""
        context = self.context
        word, end = context.after(offset)
        if not (word in (HOLE, QUOTED_NAME) or self._starts_operand(word)):
            return False
        word, end = context.after(end)
        while word == HOLE:
            word, end = context.after(end)
        return word == "as" and context.after(end)[0] == "("

    def _joined_on(self, offset: int) -> bool:
        """Say whether `name [[as] alias] on|using` follows: the right side of a join."""
        word, end = self.context.after(offset)
        for _ in range(5):
            if word in CLAUSE_STARTS and word != "as":
                return word in ("on", "using")
            if not (word in (HOLE, QUOTED_NAME, ".", "as") or self._starts_operand(word)):
                return False
            word, end = self.context.after(end)
        return word in ("on", "using")

    def _within_query(self, offset: int, prev: str, statement: str) -> bool:
        """Say whether a query ends at `offset`, so that another one can only be joined to it."""
        _, bracket = self.context.owner(offset)
        if bracket >= 0:
            return self.context.after(bracket + 1)[0] in QUERY_STARTS
        return statement.startswith("select") or (statement.startswith("with") and prev != ")")

    def _operand(self, output: Output, prev: str, nxt: str, next_end: int, kind: HoleKind) -> tuple[str, HoleKind]:
        context, name = self.context, output.name
        if prev in SET_OPERATORS or (prev in ("all", "distinct") and self._joins_queries(output)):
            return ("" if nxt in QUERY_STARTS or nxt == "(" else self._query(output)), HoleKind.VALUE
        if prev == "as" and nxt in ("", ";") and context.statement(output.start).startswith(("create", "replace")):
            return self._query(output), HoleKind.VALUE
        if prev in ("with", "recursive") or (prev == "," and nxt in STATEMENT_VERBS and nxt not in CLAUSE_STARTS):
            if nxt in ("as", "(") or (nxt == HOLE and context.after(next_end)[0] in ("as", "(")):
                return name, kind
            return "x as(x)", HoleKind.VALUE
        if prev == "," and nxt == "," and self._begins_table(next_end):
            return "x as(x)", HoleKind.VALUE
        if prev == "," and nxt not in ("as", "(", ",") and self._begins_table(output.end):
            return "", HoleKind.VALUE
        if prev == "interval" and nxt in _ENDS:
            return "1 day", HoleKind.VALUE
        if prev == "<" and context.before(context.before(output.start)[1])[0] in ("struct", "array", "map"):
            return "int", kind
        if prev == "values" and nxt != "(":
            return "(1)", HoleKind.VALUE
        if prev in ("limit", "offset", "top", "fetch"):
            return "1", HoleKind.VALUE
        if prev == "is":
            return "null", HoleKind.VALUE
        if prev in ("create", "drop", "alter") or (prev == "replace" and self._creates(output)):
            return ("" if nxt in _OBJECTS else "table"), HoleKind.VALUE
        if prev in RELATION_AFTER:
            return ("" if nxt in QUERY_STARTS and prev == "exists" else name), HoleKind.IDENTIFIER
        if prev in COMPARES or prev == "between":
            kind = HoleKind.VALUE
        if self._starts_operand(nxt):
            after = context.after(next_end)[0]
            alias = nxt.isidentifier() and nxt not in _EXPRESSION_WORDS and after not in (".", "(", STRING)
            if not alias or prev in ("where", "and", "or", "on", "having", "when"):
                return "", HoleKind.VALUE
        return name, kind

    def _joins_queries(self, output: Output) -> bool:
        words = self.context.statement(output.start).split()[-3:]
        return any(word in SET_OPERATORS for word in words)

    def _creates(self, output: Output) -> bool:
        return self.context.statement(output.start).split()[-3:] == ["create", "or", "replace"]

    def _starts_operand(self, nxt: str) -> bool:
        if nxt in (STRING, QUOTED_NAME):
            return True
        return (nxt[:1].isalnum() or nxt[:1] == "_") and nxt not in CLAUSE_STARTS and nxt not in STATEMENT_VERBS

    def _continuation(self, output: Output, prev: str, nxt: str) -> str:
        """Give what may follow an operand: nothing, unless the next word would then stand alone."""
        if self.context.before(self.context.before(output.start)[1])[0] == "interval":
            return "day"
        statement = self.context.statement(output.start)
        if nxt in ("", ";") and statement.startswith("insert") and not re.search(r"\b(?:select|values)\b", statement):
            return self._query(output)
        if nxt in QUERY_STARTS and self._within_query(output.start, prev, statement):
            return "union all" if room(self.source[output.start : output.end]) >= 9 else "union"
        clauses = _CLAUSE.findall(statement[-600:])
        last = clauses[-1] if clauses else ""
        if nxt == "(" and last in ("where", "on", "having", "when"):
            return "="
        if prev not in (OPERAND, ")", STRING, QUOTED_NAME) and prev in CLAUSE_STARTS:
            return ""
        if last in ("from", "join") and nxt not in _ENDS and self._joined_on(output.end):
            return "join" if room(self.source[output.start : output.end]) >= 4 else ","
        if not self._starts_operand(nxt) or nxt in (HOLE, OPERAND):
            return ""
        if last in ("from", "join"):
            return ","
        return "=" if last else ""
