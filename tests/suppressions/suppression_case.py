"""A text with findings in it, its suppressions applied."""

from __future__ import annotations

from leaktight.diagnostics import Diagnostic, FileFix, Severity, locate
from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.source import Language, Source
from leaktight.suppressions import apply_suppressions
from leaktight.text import Edit, Span, apply_edits

KNOWN = frozenset({"select-star", "missing-where", "unused-suppression", "unknown-suppression"})
SUFFIX = {
    Language.SQL: "sql",
    Language.PYTHON: "py",
    Language.TYPESCRIPT: "ts",
    Language.NOTEBOOK: "ipynb",
    Language.YAML: "yaml",
}


class Checked:
    """A text whose every `*` is a finding of `select-star`, its suppressions applied."""

    def __init__(self, text: str, language: Language = Language.SQL, *, running: frozenset[str] = KNOWN) -> None:
        self.source = Source(f"a.{SUFFIX[language]}", text, language)
        stars = [
            Diagnostic("select-star", Severity.NOTE, "query", "a star", locate(self.source, Span(at, at + 1)))
            for at, character in enumerate(text)
            if character == "*" and "/" not in text[max(at - 1, 0) : at + 2]
        ]
        view = FileView(self.source, Project())
        self.kept, self.count = apply_suppressions(view, stars, set(running), KNOWN)

    @property
    def star_lines(self) -> list[int]:
        """The lines of the stars that are left."""
        return [d.location.start.line for d in self.kept if d.rule == "select-star"]

    @property
    def said(self) -> list[str]:
        """What is said of the suppressions."""
        return [d.message for d in self.kept if d.rule != "select-star"]

    def fixed(self) -> str:
        """The text with the first fix made."""
        fix = next(d.fix for d in self.kept if d.fix is not None)
        return self._made(fix)

    def _made(self, fix: FileFix) -> str:
        return apply_edits(self.source.text, [Edit(edit.location.span, edit.content) for edit in fix.edits])
