"""From the parts of a string to a region of SQL: text copied, escapes read, holes typed by their place."""

from __future__ import annotations

from collections.abc import Sequence

from leaktight.embedding.javascript.parts import Part
from leaktight.embedding.javascript.placement import Placement
from leaktight.languages.javascript import JavascriptDocument
from leaktight.source import HoleKind, Language, Region, RegionBuilder

_LOOK_AHEAD = 200


def text_of(parts: Sequence[Part]) -> str:
    """Give the text of parts with a blank for each that is unknown: enough to see whether it is SQL."""
    return "".join(part.text if part.expression is None else " ? " for part in parts)


def fold(
    document: JavascriptDocument,
    base: Region,
    parts: Sequence[Part],
    *,
    dialect: str | None,
    prefix: Part | None = None,
) -> Region:
    """Build the region of SQL that parts say.

    `prefix` is text that the called method stands for: ` WHERE ` for `whereRaw`.
    """
    builder = RegionBuilder(base)
    placement = Placement()
    if prefix is not None:
        builder.hole(prefix.span, prefix.text, HoleKind.ESCAPE)
        placement.feed(prefix.text)
    for index, part in enumerate(parts):
        if part.expression is not None:
            kind, stand_in = placement.fill(
                document.text_of(part.expression), _ahead(parts, index + 1), bound=part.bound
            )
            builder.hole(part.span, stand_in, kind, host=document.text_of(part.expression))
        elif part.verbatim:
            _copy(builder, placement, part)
        else:
            builder.hole(part.span, part.text, HoleKind.ESCAPE)
            placement.feed(part.text)
    return builder.build(Language.SQL, dialect=dialect)


def _copy(builder: RegionBuilder, placement: Placement, part: Part) -> None:
    """Copy text; `??`, which knex and mysql fill with a quoted name, becomes a name."""
    start = 0
    text = part.text
    while True:
        at = text.find("??", start)
        stop = at if at >= 0 else len(text)
        here = part.span._replace(start=part.span.start + start, end=part.span.start + stop)
        builder.copy(here, forbidden=part.forbidden)
        placement.feed(text[start:stop])
        if at < 0:
            return
        mark = part.span._replace(start=part.span.start + at, end=part.span.start + at + 2)
        if placement.quote:
            builder.copy(mark, forbidden=part.forbidden)
            placement.feed("??")
        else:
            builder.hole(mark, "__name", HoleKind.IDENTIFIER)
            placement.feed("__name")
        start = at + 2


def _ahead(parts: Sequence[Part], index: int) -> str:
    text = ""
    for part in parts[index:]:
        text += part.text if part.expression is None else "?"
        if len(text) >= _LOOK_AHEAD or text.strip():
            break
    return text[:_LOOK_AHEAD]
