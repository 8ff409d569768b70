"""Where in its file a stretch of a document stands."""

from __future__ import annotations

from leaktight.diagnostics import Location
from leaktight.languages.document import Document
from leaktight.text import Span


def place_in(document: Document, span: Span) -> Location:
    """Give the location of a span of a document's region."""
    return document.location(span)
