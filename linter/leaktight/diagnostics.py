"""What a rule finds, and how that becomes what a user reads: findings, fixes, diagnostics.

A `Finding` has places in its document's region; a `Diagnostic` has places in files. `carry_over`
is the only way from the one to the other. Everything here is frozen and picklable; nothing holds
a tree or an open file.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum, StrEnum

from leaktight.lazy import record
from leaktight.source import Language, Region, Source
from leaktight.text import Edit, Position, Span


class Severity(StrEnum):
    """How bad a finding is: what the reports and the exit code go by."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for a note, 2 for an error."""
        return ("note", "warning", "error").index(self.value)


class Applicability(IntEnum):
    """Who may apply a fix."""

    DISPLAY = 0
    """Shown as help, never applied."""
    UNSAFE = 1
    """Intended, but it may change behaviour or relies on something outside the file."""
    SAFE = 2
    """The result is the same, always."""

    @property
    def label(self) -> str:
        """The word that the reports use."""
        return ("display", "unsafe", "safe")[self.value]


@record(frozen=True, slots=True)
class Location:
    """A stretch of a file. `path` is relative to the project's root, with slashes.

    `cell` is, in a notebook, the cell from 1, and `cell_line` the line in it from 1.
    """

    path: str
    span: Span
    start: Position
    end: Position
    cell: int | None = None
    cell_line: int | None = None

    @property
    def label(self) -> str:
        """`path:line`, for messages."""
        return f"{self.path}:{self.start.line}"


@record(frozen=True, slots=True)
class Related:
    """A further place that a finding rests on, with what it shows.

    `place` is a span of the finding's own region, or a `Location` anywhere in the project.
    """

    place: Span | Location
    message: str


@record(frozen=True, slots=True)
class Fix:
    """A titled set of edits, made together or not at all; without edits it is help in words.

    A finding's edits have spans of its region. `statements` are SQL that would mend the database itself: shown, never run.
    """

    title: str
    applicability: Applicability
    edits: tuple[Edit, ...] = ()
    statements: tuple[str, ...] = ()

    @classmethod
    def safe(cls, title: str, *edits: Edit) -> Fix:
        """Give a fix whose result is the same, always."""
        return cls(title, Applicability.SAFE, edits)

    @classmethod
    def unsafe(cls, title: str, *edits: Edit) -> Fix:
        """Give a fix that is intended but may change behaviour."""
        return cls(title, Applicability.UNSAFE, edits)

    @classmethod
    def hint(cls, title: str, *edits: Edit) -> Fix:
        """Give help that is shown and never applied."""
        return cls(title, Applicability.DISPLAY, edits)

    @classmethod
    def ddl(cls, *statements: str, otherwise: str = "", title: str = "") -> Fix:
        """Give statements for the database, which are their own title unless one is given; `otherwise` where there are none."""
        shown = title or "; ".join(statements)
        return cls(shown if statements else otherwise, Applicability.DISPLAY, (), statements)


@record(frozen=True, slots=True)
class Cost:
    """What a query reads in vain: bytes that it need not read at most, None where nobody knows; `engine` is a dialect."""

    engine: str
    avoidable: int | None = None


@record(frozen=True, slots=True)
class Finding:
    """A fault in a document: the characters that are wrong, and what is wrong with them.

    `span` is in the document's region. `severity` overrides the rule's own. `covers` are further places that it speaks of:
    what the rule finds there in another view of a template is not told again. `cost` is what a query that reads too much
    reads in vain. `habit` says that the whole project does so: of all such findings of a rule a run tells the first, and at how
    many places the others stand. `claim` is what the code says and a declaration denies, `orders.tier`: where several files
    claim the same, a run tells it once, as a warning, for then it is the declaration that may be out of date.
    """

    span: Span
    message: str
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    severity: Severity | None = None
    covers: tuple[Span, ...] = ()
    cost: Cost | None = None
    habit: bool = False
    claim: str = ""


@record(frozen=True, slots=True)
class RelatedLocation:
    """A further place of a diagnostic, with what it shows."""

    location: Location
    message: str


@record(frozen=True, slots=True)
class FileEdit:
    """Replace the text at `location` by `content`."""

    location: Location
    content: str


@record(frozen=True, slots=True)
class FileFix:
    """A fix whose edits have places in files. Without edits it is help in words; `statements` are as in `Fix`."""

    title: str
    applicability: Applicability
    edits: tuple[FileEdit, ...] = ()
    statements: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Diagnostic:
    """A fault in a file, ready for a report. `url` leads to the rule's page; `habit` and `claim` are as in `Finding`."""

    rule: str
    severity: Severity
    category: str
    message: str
    location: Location
    related: tuple[RelatedLocation, ...] = ()
    fix: FileFix | None = None
    url: str = ""
    cost: Cost | None = None
    habit: bool = False
    claim: str = ""

    @property
    def sort_key(self) -> tuple[str, Span, str, str]:
        """Order of a report: by place, then rule, then words."""
        return (self.location.path, self.location.span, self.rule, self.message)


def locate(source: Source, span: Span) -> Location:
    """Give the location of a file span, with the notebook cell it stands in."""
    lines = source.lines
    start, end = lines.position(span.start), lines.position(span.end)
    cell = source.cell_at(span.start)
    if cell is None:
        return Location(source.path, span, start, end)
    number, place = cell
    if source.language is Language.NOTEBOOK:
        # A notebook is JSON: a line of a cell ends with the two characters `\\n`, on whatever line of the file.
        line = source.text.count("\\n", place.start, span.start) + 1
    else:
        line = start.line - lines.position(place.start).line + 1
    return Location(source.path, span, start, end, number, line)


def carry_over(finding: Finding, region: Region, source: Source, rule: RuleFacts) -> Diagnostic:
    """Carry a finding from its region to its file.

    A fix one of whose edits does not stand verbatim in the file, or would be read otherwise by the
    host's literal, becomes a hint: its title stays, its edits go.
    """
    related = tuple(
        RelatedLocation(
            item.place if isinstance(item.place, Location) else locate(source, region.map.to_file(item.place)),
            item.message,
        )
        for item in finding.related
    )
    fix = None
    if finding.fix is not None:
        fix = FileFix(finding.fix.title, Applicability.DISPLAY, statements=finding.fix.statements)
        if all(region.map.editable(edit.span, edit.content) for edit in finding.fix.edits):
            edits = tuple(
                FileEdit(locate(source, region.map.edit_span(edit.span)), edit.content) for edit in finding.fix.edits
            )
            fix = replace(fix, edits=edits, applicability=finding.fix.applicability if edits else fix.applicability)
    return Diagnostic(
        rule=rule.name,
        severity=finding.severity or rule.severity,
        category=rule.category,
        message=finding.message,
        location=locate(source, region.map.to_file(finding.span)),
        related=related,
        fix=fix,
        url=rule.url,
        cost=finding.cost,
        habit=finding.habit,
        claim=finding.claim,
    )


@record(frozen=True, slots=True)
class RuleFacts:
    """What a diagnostic says of its rule."""

    name: str
    severity: Severity
    category: str
    url: str = ""
