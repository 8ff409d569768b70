"""What was read of a file in the first pass and is the same in the second: its text, and its SQL as far as it was parsed.

What it says does not depend on the project, so that nothing need be read twice where one process does both passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from leaktight.embedding.dialect import detect
from leaktight.lazy import record

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument
    from leaktight.languages.sql.statements import Cut
    from leaktight.source import Region, Source

_MOST_KEPT = 2_500_000
"""How many characters of SQL a process keeps parsed; their trees take some fifty bytes each."""


class Reading:
    """One file: its source, the dialects that its texts show, the views of its template, and statements with their trees."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._dialects: dict[str, str] = {}
        self._views: dict[tuple[str, str], Sequence[Region]] = {}
        self._cut: dict[tuple[str, str], Cut] = {}

    @property
    def size(self) -> int:
        """How many characters of SQL are kept."""
        return sum(len(text) for text, _ in self._cut)

    def dialect_of(self, text: str) -> str:
        """Give the dialect that a text of the file shows, `""` for none."""
        found = self._dialects.get(text)
        if found is None:
            found = self._dialects[text] = detect(text, self.source.path)
        return found

    def views_of(self, region: Region, dialect: str) -> Sequence[Region]:
        """Give what a region shows to a parser: itself, or the views of the template that stands in it."""
        if "{" not in region.text:
            return (region,)
        known = self._views.get((region.text, dialect))
        if known is not None:
            return known
        from leaktight.embedding.jinja import mask

        found = mask(replace(region, dialect=dialect))
        if region.cell is None and not region.embedded:  # others of the same text stand elsewhere
            self._views[region.text, dialect] = found
        return found

    def keep(self, document: SqlDocument) -> None:
        """Keep what a document was cut into."""
        from leaktight.languages.sql.statements import Cut

        self._cut[document.text, document.dialect] = Cut(document.tokens, document.statements)

    def take(self, text: str, dialect: str) -> Cut | None:
        """Give what a text was cut into, if it is kept; once, for two documents must not share their trees."""
        return self._cut.pop((text, dialect), None)


@record(slots=True)
class Readings:
    """The readings of files that one process keeps, by path: as many as there is room for."""

    kept: dict[str, Reading] = field(default_factory=dict)
    size: int = 0

    def keep(self, reading: Reading) -> None:
        """Keep a reading, unless there is nothing in it or no room for it."""
        size = reading.size
        if 0 < size <= _MOST_KEPT - self.size:
            self.kept[reading.source.path] = reading
            self.size += size

    def take(self, path: str) -> Reading | None:
        """Give the reading of a file, if it is kept, and keep it no longer."""
        reading = self.kept.pop(path, None)
        if reading is not None:
            self.size -= reading.size
        return reading
