"""Makes statements of what macros, block sets and calls hold, so that they do not run into the text around them.

The tags of a block that is kept become `;`. A body that is only a piece of a statement (an expression, a
clause, a list of columns) gets the words that it lacks, written over the tag before it.
"""

from __future__ import annotations

import re

from leaktight.embedding.jinja.place import HOLE, QUOTED_NAME, Context
from leaktight.embedding.jinja.stand_ins import Glue, blank, fill
from leaktight.embedding.jinja.views import Block
from leaktight.embedding.jinja.words import CLAUSE_STARTS, OPERAND_AFTER, STATEMENT_VERBS
from leaktight.lazy import regex

_CLAUSES = frozenset("where join left right inner full cross group order having qualify limit lateral union".split())
_CONTINUES = frozenset("and or = < > <= >= <> != + - / || between in is as like , over :: ilike desc asc".split())
_LOST = frozenset(("", ";", ")", "when", "end", "then", "else", "]", "}", ".", "%", "$"))
_BEFORE_OPERANDS = frozenset("case cast interval distinct all date timestamp".split())
_AFTER_NAME = frozenset(("from", "as", "over", "and", "or"))
_AFTER_WITH = regex(r"\b(?:select|insert|update|delete|merge|from)\b")


class Blocks:
    """The blocks of one view; tells what became of them."""

    def __init__(self, source: str, context: Context) -> None:
        self.source = source
        self.context = context
        self.written: list[tuple[int, str]] = []
        """Texts written over tags: where, and what."""
        self.erased: list[tuple[int, int]] = []
        """Stretches that were left out."""
        self._edges: list[tuple[int, int, bool]] = []

    def separate(self, blocks: list[Block]) -> None:
        """Cut the blocks out of their surroundings, outer ones first."""
        dropped = -1
        depth_ends: list[int] = []
        for block in blocks:
            if block.open[0] < dropped:
                continue
            if self._within_statement(block.open[0]):
                self._erase(block.open[1], block.close[0])
                dropped = block.close[1]
                continue
            while depth_ends and depth_ends[-1] <= block.open[0]:
                depth_ends.pop()
            self._edges.append((*block.open, True))
            self._edges.append((*block.close, bool(depth_ends)))
            depth_ends.append(block.close[1])
            self._write(block.open[0], ";")
            self._write(block.close[0], ";")
        self._edges.sort()
        for index, (start, end, inside) in enumerate(self._edges):
            if inside:
                stop = self._edges[index + 1] if index + 1 < len(self._edges) else (len(self.source), len(self.source))
                self._complete((start, end), (stop[0], stop[1]))

    def _within_statement(self, offset: int) -> bool:
        word, start = self.context.before(offset)
        while word == HOLE:
            word, start = self.context.before(start)
        return word not in ("", ";")

    def _erase(self, start: int, end: int) -> None:
        if start < end:
            self.context.put(start, blank(self.source[start:end]))
            self.erased.append((start, end))

    def _write(self, start: int, text: str) -> None:
        self.context.put(start, text)
        self.written.append((start, text))

    def _complete(self, tag: tuple[int, int], stop: tuple[int, int]) -> None:
        """Give the stretch between two tags the words that it lacks."""
        word, after = self.context.after(tag[1])
        holes = 0
        while word == HOLE and after <= stop[0]:
            holes += 1
            word, after = self.context.after(after)
        if after > stop[0] or word in ("", ";"):
            return
        if word in _LOST:
            self._erase(tag[1], stop[0])
        elif word == "with":
            self._end_with(tag[1], stop)
        elif word == "(" and not holes and self.context.after(after)[0] in ("select", "with"):
            return
        elif word not in STATEMENT_VERBS:
            following, bracket = self.context.after(after)
            if not holes and self._is_prose(word, following, bracket):
                self._erase(tag[1], stop[0])
                return
            named = not holes and following == "as" and self.context.after(bracket)[0] == "("
            self._begin(tag, stop, self._beginnings(word, holes, named))
            if named:
                self._end_with(tag[1], stop)

    def _is_prose(self, word: str, following: str, offset: int) -> bool:
        """Tell a message to people from SQL: three words in a row that mean nothing to SQL."""
        if word in CLAUSE_STARTS or word in _BEFORE_OPERANDS or not word.isidentifier():
            return False
        while following == HOLE:
            following, offset = self.context.after(offset)
        if following in CLAUSE_STARTS or following in OPERAND_AFTER:
            return False
        third = self.context.after(offset)[0]
        return (
            (following.isidentifier() or following == QUOTED_NAME) and third.isidentifier() and third not in _AFTER_NAME
        )

    def _beginnings(self, word: str, holes: int, named: bool) -> tuple[str, ...]:
        if named:
            return ("with ",)
        if holes:
            return ("select ",)
        if word in _CLAUSES:
            return ("select 1 from x ", "from x ")
        return ("select x ",) if word in _CONTINUES else ("select ",)

    def _begin(self, tag: tuple[int, int], stop: tuple[int, int], beginnings: tuple[str, ...]) -> None:
        host = self.source[tag[0] + 1 : tag[1]]
        for beginning in beginnings:
            written = fill(host, beginning, Glue.RIGHT) or fill(host, beginning)
            if written is not None:
                self._write(tag[0] + 1, written)
                return
        self._erase(tag[1], stop[0])

    def _end_with(self, start: int, stop: tuple[int, int]) -> None:
        """Give common table expressions that no statement follows a statement."""
        depth = 0
        outer: list[str] = []
        done = start
        text = self.context.text
        for match in re.finditer(r"[()]", text[start : stop[0]]):
            at = start + match.start()
            if match.group() == "(":
                if not depth:
                    outer.append(text[done:at])
                depth += 1
            else:
                depth -= 1
                done = at + 1
        outer.append(text[done : stop[0]])
        if depth == 0 and not _AFTER_WITH.search(" ".join(outer).lower()) and stop[1] > stop[0]:
            written = fill(self.source[stop[0] : stop[1]], "select 1;")
            if written is not None:
                self._write(stop[0], written)
