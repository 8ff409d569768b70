"""What a whole project does alike is told once: its readers have decided on it, or have never thought of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from leaktight.diagnostics import Diagnostic, RelatedLocation, Severity

_MOST_SHOWN = 3


def habits_once(diagnostics: Iterable[Diagnostic]) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Give the diagnostics of a run, in their order, of a habit the first alone, which counts the others; and those others.

    Those of one rule and severity are one habit.
    """
    kept: list[Diagnostic] = []
    first: dict[tuple[str, Severity], int] = {}
    others: dict[tuple[str, Severity], list[Diagnostic]] = {}
    for one in diagnostics:
        key = (one.rule, one.severity)
        if one.habit and key in first:
            others.setdefault(key, []).append(one)
            continue
        if one.habit:
            first[key] = len(kept)
        kept.append(one)
    for key, found in others.items():
        one = kept[first[key]]
        more = "1 more place" if len(found) == 1 else f"{len(found)} more places"
        elsewhere = {other.location.path: other.location for other in reversed(found)}
        elsewhere.pop(one.location.path, None)
        places = [RelatedLocation(place, "the same") for place in sorted(elsewhere.values(), key=lambda at: at.path)]
        kept[first[key]] = replace(
            one,
            message=f"{one.message}; the same is so at {more}",
            related=(*one.related, *places[:_MOST_SHOWN]),
        )
    return kept, [one for found in others.values() for one in found]
