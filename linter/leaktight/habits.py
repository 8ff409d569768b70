"""What a whole project does or says alike is told once: its readers have decided on it, or have never thought of it."""

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
    diagnostics, agreed = _claims_once(diagnostics)
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
    return kept, [*(one for found in others.values() for one in found), *agreed]


def _claims_once(diagnostics: Iterable[Diagnostic]) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Give the diagnostics with one, a warning, for each claim that several files make; and the others, without their fixes.

    A fix of them would write what the declaration says, which is what may be out of date.
    """
    told = list(diagnostics)
    claims: dict[tuple[str, str], list[Diagnostic]] = {}
    for one in told:
        if one.claim:
            claims.setdefault((one.rule, one.claim), []).append(one)
    shared = {key: found for key, found in claims.items() if len({one.location.path for one in found}) > 1}
    if not shared:
        return told, []
    kept, others = [], []
    for one in told:
        found = shared.get((one.rule, one.claim), [])
        if not found:
            kept.append(one)
        elif one is found[0]:
            kept.append(_agreed(one, found[1:]))
        else:
            others.append(replace(one, fix=None))
    return kept, others


def _agreed(one: Diagnostic, others: list[Diagnostic]) -> Diagnostic:
    files = {other.location.path for other in others} - {one.location.path}
    more = "1 more file says" if len(files) == 1 else f"{len(files)} more files say"
    elsewhere = {other.location.path: other.location for other in reversed(others)}
    elsewhere.pop(one.location.path, None)
    places = sorted(elsewhere.values(), key=lambda at: at.path)
    return replace(
        one,
        severity=Severity.WARNING if one.severity is Severity.ERROR else one.severity,
        message=f"{one.message.partition('; did you mean ')[0]}; {more} that it is there: the declaration may be out of date",
        related=(*one.related, *(RelatedLocation(place, "the same") for place in places[:_MOST_SHOWN])),
        fix=None,
    )
