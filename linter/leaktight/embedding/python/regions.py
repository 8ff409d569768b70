"""From folded text to the region that the SQL parser sees."""

from __future__ import annotations

from leaktight.embedding.python.fragments import Fragment, Text, known, parameters
from leaktight.embedding.python.placing import Placing
from leaktight.source import HoleKind, Language, Region, RegionBuilder


def build_region(text: Text, base: Region, *, dialect: str | None, pyformat: bool) -> Region | None:
    """Build the region of a SQL text over `base`; None when nothing of it is known.

    With `pyformat`, `%s` and `%(name)s` are parameters.
    """
    if not known(text):
        return None
    if pyformat:
        text = parameters(text)
    builder = RegionBuilder(base)
    placing = Placing()
    for number, fragment in enumerate(text):
        if fragment.value is None:
            stand_in, kind = placing.place(fragment.host, _after(text, number), fragment.wants)
            builder.hole(fragment.span, stand_in, kind, host=fragment.host)
        elif fragment.verbatim:
            builder.copy(fragment.span, forbidden=fragment.forbidden)
            placing.read(fragment.value)
        else:
            builder.hole(fragment.span, fragment.value, HoleKind.ESCAPE, host=fragment.host)
            placing.read(fragment.value)
    return builder.build(Language.SQL, dialect=dialect)


def _after(text: tuple[Fragment, ...], number: int) -> str:
    """Give the known text right behind a fragment; a letter where another unknown piece follows."""
    parts: list[str] = []
    for at in range(number + 1, len(text)):
        fragment = text[at]
        if fragment.value is None:
            if not parts:
                return "?"
            break
        parts.append(fragment.value)
        if fragment.value.strip():
            break
    return "".join(parts)
