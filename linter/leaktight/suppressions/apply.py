"""Silences what a comment names, and tells of comments that name nothing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from leaktight.diagnostics import Diagnostic
from leaktight.suppressions.comments import Comment, Found, Lines, comments_of, find_directives
from leaktight.suppressions.complaints import UNKNOWN, UNUSED, Complaints
from leaktight.suppressions.directives import END, FILE, LINE, START, Name
from leaktight.suppressions.holders import Holders
from leaktight.text import Span

if TYPE_CHECKING:
    from leaktight.operations.file import FileView


def apply(
    view: FileView, given: list[Diagnostic], running: set[str], known: frozenset[str]
) -> tuple[list[Diagnostic], int]:
    """Give what `apply_suppressions` says, for a file in which the mark of a suppression stands somewhere."""
    comments = comments_of(view)
    found = find_directives(view, comments)
    if not found:
        return given, 0
    file = _File(view, comments, found, given, running, known)
    file.silence(given)
    told = file.complaints()
    file.silence(told)
    kept = [d for d in (*given, *told) if id(d) not in file.silenced]
    return kept, len(file.silenced)


class _File:
    def __init__(
        self,
        view: FileView,
        comments: list[Comment],
        found: list[Found],
        given: list[Diagnostic],
        running: set[str],
        known: frozenset[str],
    ) -> None:
        self._view = view
        self._given = given
        self._running = running
        self._holders = Holders(view)
        self._lines = Lines(view, comments)
        self._tell = Complaints(view.source, self._lines, known)
        self._found = found
        self._valid = [item for item in found if item.directive.valid]
        self._targets = {id(item): self._target(item) for item in found}
        self._blocks, self._unpaired = _pair(self._valid)
        self._by_place = self._sorted_by_place()
        self._used: set[Name] = set()
        self.silenced: set[int] = set()

    def _sorted_by_place(self) -> dict[tuple[str, bool | None, int], list[tuple[Found, Name]]]:
        """Give the names by rule and by line, above or behind; those of files and blocks by rule alone."""
        places: dict[tuple[str, bool | None, int], list[tuple[Found, Name]]] = {}
        for item in self._valid:
            above, line = self._targets[id(item)] if item.directive.kind == LINE else (None, 0)
            for name in item.directive.names:
                places.setdefault((name.text, above, line), []).append((item, name))
                if name.text in (UNUSED, UNKNOWN) and above:
                    # Such a name also speaks of the comment that it stands in.
                    own = self._lines.number(item.directive.head.start)
                    places.setdefault((name.text, False, own), []).append((item, name))
        return places

    def silence(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Note which diagnostics are silenced, and by which names."""
        named = {name.text for item in self._valid for name in item.directive.names}
        for diagnostic in diagnostics:
            if diagnostic.rule not in named:
                continue
            span = diagnostic.location.span
            keys = [(diagnostic.rule, above, line) for above, line in self._places(span)]
            names = [found for key in keys for found in self._by_place.get(key, ())]
            names += [
                (item, name)
                for item, name in self._by_place.get((diagnostic.rule, None, 0), ())
                if item.directive.kind == FILE or (item.directive.kind == START and self._in_block(name, span))
            ]
            if names:
                self._used.update(name for _, name in names)
                self.silenced.add(id(diagnostic))

    def _in_block(self, name: Name, span: Span) -> bool:
        return self._blocks[name].start <= span.start < self._blocks[name].end

    def _places(self, span: Span) -> set[tuple[bool, int]]:
        """Give where a suppression silences what stands at `span`: above a line (True) or behind it (False)."""
        number = self._lines.number
        first, last = number(span.start), number(max(span.end - 1, span.start))
        places = {(True, first), (False, first), (False, last)}
        for holder in self._holders.around(span):
            line = number(holder.span.start)
            places |= {(True, line), (False, line)}
            if holder.ends:
                places.add((False, number(max(holder.span.end - 1, holder.span.start))))
        return places

    def _target(self, item: Found) -> tuple[bool, int]:
        """Give whether a suppression stands alone above what it silences, and the line that it is for."""
        comment = item.comment.span
        if self._lines.starts_alone(comment):
            return True, self._lines.after(comment)
        return False, self._lines.number(item.directive.head.start)

    def complaints(self) -> list[Diagnostic]:
        """Give what there is to say of the suppressions, of the rules that are running."""
        told: list[Diagnostic] = []
        if UNKNOWN in self._running:
            for item in self._found:
                told += self._tell.unknown(item) if item.directive.valid else [self._unreadable(item)]
            told += [self._tell.unpaired(item, name) for item, name in self._unpaired]
        # A rule that failed has perhaps not come to what is silenced.
        if UNUSED in self._running and not any(d.rule == "internal-error" for d in self._given):
            for item in self._valid:
                names = [name for name in item.directive.names if self._is_unused(item, name)]
                told += self._tell.unused(item, names) if names else ()
        return told

    def _unreadable(self, item: Found) -> Diagnostic:
        directive = item.directive
        if directive.kind == FILE:
            return self._tell.unreadable(item, {d.rule for d in self._given if id(d) not in self.silenced})
        return self._tell.unreadable(item, self._firing.get(self._targets[id(item)], ()))

    @cached_property
    def _firing(self) -> dict[tuple[bool, int], set[str]]:
        """The rules whose diagnostics a suppression at a place would silence."""
        firing: dict[tuple[bool, int], set[str]] = {}
        for diagnostic in self._given:
            if id(diagnostic) not in self.silenced:
                for place in self._places(diagnostic.location.span):
                    firing.setdefault(place, set()).add(diagnostic.rule)
        return firing

    def _is_unused(self, item: Found, name: Name) -> bool:
        if name in self._used or name.text not in self._running or name.text in (UNUSED, UNKNOWN):
            return False
        return item.directive.kind != END and not self._blind(item, name)

    def _blind(self, item: Found, name: Name) -> bool:
        """Say whether part of what a suppression is for was not read, so that nobody knows if it is needed."""
        spans = self._holders.not_understood
        kind = item.directive.kind
        if kind == FILE:
            return bool(spans)
        if kind == START:
            return any(self._blocks[name].overlaps(span) for span in spans)
        line = self._targets[id(item)][1]
        number = self._lines.number
        return any(number(span.start) <= line <= number(max(span.end - 1, span.start)) for span in spans)


def _pair(found: list[Found]) -> tuple[dict[Name, Span], list[tuple[Found, Name]]]:
    """Give the stretch of each name of an `ignore-start`, and the names whose start or end is missing."""
    blocks: dict[Name, Span] = {}
    unpaired: list[tuple[Found, Name]] = []
    opened: dict[str, list[tuple[Found, Name]]] = {}
    for item in found:
        start = item.directive.head.start
        for name in item.directive.names:
            if item.directive.kind == START:
                opened.setdefault(name.text, []).append((item, name))
            elif item.directive.kind == END:
                starts = opened.pop(name.text, [])
                blocks.update({begun: Span(begun.span.start, start) for _, begun in starts})
                if not starts:
                    unpaired.append((item, name))
    for starts in opened.values():
        blocks.update({begun: Span(begun.span.start, 1 << 60) for _, begun in starts})
        unpaired += starts
    return blocks, unpaired
