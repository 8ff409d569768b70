"""What every parsed region answers, whatever its language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self, TypeVar

from leaktight.diagnostics import Location, locate
from leaktight.source import Region, Source
from leaktight.text import Edit, Span

Made = TypeVar("Made")

_COMMENT_MARKS = ("#", "--", "//", "*", "/*")
_FAR = 4
"""How many lines above a place its comment may begin, without a blank one between."""


class Document:
    """A region of a file. Spans are in the region; only the engine carries them to the file."""

    def __init__(self, region: Region, source: Source) -> None:
        self.region = region
        self.source = source
        self._remembered: dict[Callable[..., Any], Any] = {}

    def remembered(self, make: Callable[[Self], Made]) -> Made:
        """Give what a function makes of the document, which is asked once; what it gave goes when the document does."""
        if make not in self._remembered:
            self._remembered[make] = make(self)
        found: Made = self._remembered[make]
        return found

    def remembers(self, make: Callable[[Self], Any]) -> bool:
        """Say whether `remembered` has what a function makes."""
        return make in self._remembered

    @property
    def text(self) -> str:
        """The region's text."""
        return self.region.text

    @property
    def document(self) -> Document:
        """The document that spans of this subject refer to: itself."""
        return self

    def location(self, span: Span) -> Location:
        """Give the place in the file of a span of this region."""
        return locate(self.source, self.region.map.to_file(span))

    def slice(self, span: Span) -> str:
        """Give the characters of a span."""
        return self.region.text[span.start : span.end]

    def said_above(self, span: Span) -> list[str]:
        """Give the comments on lines of their own above a place, in the same paragraph of the file, marks taken off.

        The nearest comes first. Of code in a host these are the host's own comments too.
        """
        start = self.region.map.to_file(span).start
        lines = self.source.text[max(start - 1000, 0) : start].split("\n")[:-1]
        said: list[str] = []
        for line in lines[: -_FAR - 1 : -1]:
            text = line.strip()
            if not text:
                break
            if text.startswith(_COMMENT_MARKS):
                said.append(text.strip("#-/* \t"))
        return said

    def said_behind(self, span: Span) -> list[str]:
        """Give the comment that ends the line on which a place ends, its mark taken off; of code in a host the host's own too."""
        end = self.region.map.to_file(span).end
        rest = self.source.text[end : end + 400].partition("\n")[0].lstrip(" ;,)\"'\t")
        return [rest.strip("#-/* \t")] if rest.startswith(_COMMENT_MARKS) else []

    def replace(self, span: Span, content: str) -> Edit:
        """Give the edit that puts `content` in the place of a span."""
        return Edit(span, content)

    def insert(self, offset: int, content: str) -> Edit:
        """Give the edit that puts `content` before an offset."""
        return Edit(Span(offset, offset), content)

    def delete(self, spans: Iterable[Span]) -> tuple[Edit, ...]:
        """Give the edits that take spans out."""
        return tuple(Edit(span, "") for span in spans)
