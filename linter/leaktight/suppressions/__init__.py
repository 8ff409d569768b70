"""Comments that silence a rule, and what is said when they silence nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from leaktight.suppressions.directives import MARK

if TYPE_CHECKING:
    from leaktight.diagnostics import Diagnostic
    from leaktight.operations.file import FileView

__all__ = ["apply_suppressions"]


def apply_suppressions(
    view: FileView, diagnostics: Iterable[Diagnostic], running: set[str], known: frozenset[str]
) -> tuple[list[Diagnostic], int]:
    """Give the diagnostics that no comment silences, those about the comments themselves among them, and how many were.

    `running` are the rules that were run on the file, `known` all that there are. A file without `leaktight:` in it
    costs one search of its text.
    """
    given = list(diagnostics)
    if MARK not in view.source.text:
        return given, 0
    from leaktight.suppressions.apply import apply

    return apply(view, given, running, known)
