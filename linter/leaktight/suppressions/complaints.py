"""What is said of a suppression that silences nothing or cannot be understood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leaktight.diagnostics import Applicability, Diagnostic, FileEdit, FileFix, RuleFacts, Severity, locate
from leaktight.registry import groups, near
from leaktight.retired import RETIRED
from leaktight.rule import DOCS_URL, Category
from leaktight.source import Source
from leaktight.suppressions.comments import Found, Lines
from leaktight.suppressions.directives import END, KINDS, MARK, START, Directive, Name
from leaktight.text import Span

UNUSED = "unused-suppression"
UNKNOWN = "unknown-suppression"
"""The names of the two rules under which this module speaks; their pages are rules like any other."""

_FACTS = {
    name: RuleFacts(name, Severity.WARNING, Category.ENGINE.value, f"{DOCS_URL}{name}.md") for name in (UNUSED, UNKNOWN)
}


class Complaints:
    """Makes the diagnostics about suppressions of one file."""

    def __init__(self, source: Source, lines: Lines, known: frozenset[str]) -> None:
        self._source = source
        self._lines = lines
        self._known = known

    def unreadable(self, found: Found, firing: Iterable[str]) -> Diagnostic:
        """Complain of a suppression that does not say what to silence; `firing` are the rules it would silence."""
        directive = found.directive
        names = ", ".join(sorted(set(firing)))
        fix = None
        if directive.kind not in KINDS:
            word = directive.kind
            message = f"`{MARK} {word}` is no suppression{near(word, KINDS)}" if word else f"`{MARK}` needs a word"
            message += "" if "did you mean" in message else f"; write `{MARK} ignore[{names or 'rule-name'}] reason`"
        elif not directive.closed:
            message = f"the `[` of this `{directive.kind}` is never closed; write `]` behind the names"
        else:
            example = f"{MARK} {directive.kind}[{names or 'rule-name'}]" + (" reason" if directive.kind != END else "")
            message = f"`{directive.kind}` must name the rules that it silences; write `{example}`"
            if names and directive.kind in KINDS:
                place = directive.brackets or Span(directive.head.end, directive.head.end)
                fix = self._fix("name what fires here", Applicability.UNSAFE, found, place, f"[{names}]")
        return self._diagnostic(UNKNOWN, directive.head, message, fix)

    def unknown(self, found: Found) -> list[Diagnostic]:
        """Complain of each name that is no rule."""
        return [
            self._unknown(found, name) for name in found.directive.names if self._known and name.text not in self._known
        ]

    def _unknown(self, found: Found, name: Name) -> Diagnostic:
        fix = None
        if name.text in RETIRED:
            message = f"rule `{name.text}` is no more: {RETIRED[name.text]}"
        elif name.text in groups():
            message = f"`{name.text}` is a group of rules; a suppression names the rules themselves"
        else:
            hint = near(name.text, self._known)
            message = f"there is no rule `{name.text}`{hint}"
            if hint:
                nearest = hint.split("`")[1]
                fix = self._fix(f"write `{nearest}`", Applicability.UNSAFE, found, name.span, nearest)
        return self._diagnostic(UNKNOWN, name.span, message, fix)

    def unpaired(self, found: Found, name: Name) -> Diagnostic:
        """Complain of a start without an end, or an end without a start."""
        if found.directive.kind == START:
            message = (
                f"no `ignore-end[{name.text}]` follows; write it, or `ignore-file[{name.text}]` for the whole file"
            )
        else:
            message = f"no `ignore-start[{name.text}]` stands before this"
        return self._diagnostic(UNKNOWN, name.span, message, None)

    def unused(self, found: Found, names: Sequence[Name]) -> list[Diagnostic]:
        """Complain of the names of a suppression that silence nothing; each fix takes out all of them."""
        directive = found.directive
        kept = [name.text for name in directive.names if name not in names]
        title = "delete the name" if len(names) == 1 else "delete the names"
        if kept and directive.brackets is not None:
            fix = self._fix(title, Applicability.SAFE, found, directive.brackets, f"[{', '.join(kept)}]")
        else:
            span, content = self._without(found)
            fix = self._fix("delete the suppression", Applicability.SAFE, found, span, content)
        where = {"ignore-file": "in this file", START: "up to its end"}.get(directive.kind, "here")
        return [
            self._diagnostic(UNUSED, name.span, f"`{name.text}` finds nothing {where} that needs silencing", fix)
            for name in names
        ]

    def _without(self, found: Found) -> tuple[Span, str]:
        """Give the stretch to delete so that a suppression goes and everything else stays, and what replaces it."""
        text, comment = self._source.text, found.comment.span
        if not _alone(text, found.directive, comment):
            return _part(text, found.directive.span, comment), ""
        whole = self._lines.whole(comment)
        if whole is not None:
            return whole, ""
        start = comment.start
        if not text[comment.end : comment.end + 1].strip():
            while start > 0 and text[start - 1] in " \t":
                start -= 1
        between = text[start - 1 : start].strip() and text[comment.end : comment.end + 1].strip()
        return Span(start, comment.end), " " if between else ""

    def _fix(self, title: str, how: Applicability, found: Found, span: Span, content: str) -> FileFix:
        region = found.comment.region
        if region is not None and region.embedded:
            pieces = (segment.file for segment in region.map.segments if segment.verbatim)
            if not any(piece.contains(span) for piece in pieces):
                return FileFix(title, Applicability.DISPLAY)
        return FileFix(title, how, (FileEdit(locate(self._source, span), content),))

    def _diagnostic(self, rule: str, span: Span, message: str, fix: FileFix | None) -> Diagnostic:
        facts = _FACTS[rule]
        place = locate(self._source, span)
        return Diagnostic(rule, facts.severity, facts.category, message, place, fix=fix, url=facts.url)


def _part(text: str, directive: Span, comment: Span) -> Span:
    """Give the stretch of a comment that is one suppression, with one of the marks beside it."""
    before = text[comment.start : directive.start].rstrip()
    after = text[directive.end : comment.end]
    first = not before.strip("-/*#{")
    for mark in ("#", "--", "//"):
        if first and after.lstrip().startswith(mark):
            rest = after.lstrip().removeprefix(mark).lstrip(" \t")
            return Span(directive.start, comment.end - len(rest))
        if not first and before.endswith(mark):
            return Span(comment.start + len(before.removesuffix(mark).rstrip()), directive.end)
    return directive


def _alone(text: str, directive: Directive, comment: Span) -> bool:
    """Say whether a comment holds nothing but this one suppression."""
    before = text[comment.start : directive.span.start].strip()
    after = text[directive.span.end : comment.end].strip()
    return not before.strip("-/*#{") and not after.strip("*/#-}")
