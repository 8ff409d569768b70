"""What one run answers: diagnostics, what was not analysed, and how much was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from leaktight.diagnostics import Diagnostic, FileEdit, Location, Severity
from leaktight.lazy import record

HARMLESS = frozenset({"stale", "start-after"})
"""The codes of doubts after which no table is unknown for want of a source."""


@record(frozen=True, slots=True)
class NotAnalysed:
    """A file, or a stretch of one, that no rule has seen, and why.

    `code` is one of `encoding`, `size`, `unreadable`, `nesting`, `timeout`, `crash`, `syntax`, `template`, `unfolded`,
    `stale` for what describes the project as it was, `version` for a form of it that is not known, `gap` for a plan that
    names a file which there is not, `start-after` for the name of a migration that there is none of.
    `location` is None when it is the whole file.
    """

    path: str
    code: str
    reason: str
    location: Location | None = None


@record(frozen=True, slots=True)
class Summary:
    """The figures of a run. `dynamic` counts the SQL whose text is only known at run time."""

    files: int = 0
    statements: int = 0
    dynamic: int = 0
    suppressed: int = 0
    by_rule: Mapping[str, int] = field(default_factory=dict)
    not_checked: Mapping[str, int] = field(default_factory=dict)
    """In how many files each rule was silent about a table that a source which could not be read may tell of."""


@record(frozen=True, slots=True)
class Report:
    """The answer of a run, sorted by path and place.

    `sources` holds the text of each file that a diagnostic points at, by path, for frames, snippets and
    fingerprints; `boms` the paths of those whose text follows a byte-order mark.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    not_analysed: tuple[NotAnalysed, ...] = ()
    dynamic: tuple[NotAnalysed, ...] = ()
    summary: Summary = field(default_factory=Summary)
    sources: Mapping[str, str] = field(default_factory=dict)
    boms: frozenset[str] = frozenset()
    internal_errors: int = 0
    doubtful: tuple[NotAnalysed, ...] = ()
    """Sources of the catalog that could not be read, are missing (`missing`) or no longer true (`stale`)."""
    repeated: tuple[Diagnostic, ...] = ()
    """The further diagnostics of habits, of which one among `diagnostics` speaks; their fixes are made as well."""

    def worst(self) -> Severity | None:
        """Give the highest severity among the diagnostics."""
        return max((d.severity for d in self.diagnostics), key=lambda s: s.rank, default=None)


@record(frozen=True, slots=True)
class FixedFile:
    """A file that fixes have changed: its new text, and the edits that made it."""

    path: str
    before: str
    after: str
    edits: tuple[FileEdit, ...] = ()
