"""What a whole project does or says alike is told once: its readers have decided on it, or have never thought of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from leaktight.diagnostics import Diagnostic, RelatedLocation, Severity

_MOST_SHOWN = 3
_FEW_TABLES = 4
"""How many tables may be claimed to be otherwise before their declarations are doubted as such."""


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

    One speaks for all where many tables are claimed to be otherwise: nobody keeps their declarations up to date. A fix of the
    others would write what the declaration says.
    """
    told = list(diagnostics)
    claims: dict[tuple[str, str], list[Diagnostic]] = {}
    for one in told:
        if one.claim:
            claims.setdefault((one.rule, one.claim), []).append(one)
    many = {rule: _tables(claims, rule) for rule, _ in claims}
    of_rule: dict[str, list[Diagnostic]] = {}
    for (rule, _), found in claims.items():
        of_rule.setdefault(rule, []).extend(found)
    kept, others = [], []
    for one in told:
        agreeing = claims.get((one.rule, one.claim), [])
        if one.claim and many[one.rule] > _FEW_TABLES:
            agreeing = of_rule[one.rule]
        elif len({other.location.path for other in agreeing}) < 2:
            agreeing = []
        if not agreeing:
            kept.append(one)
        elif one is min(agreeing, key=lambda found: found.sort_key):
            kept.append(_agreed(one, [other for other in agreeing if other is not one], many[one.rule] - 1))
        else:
            others.append(replace(one, fix=None))
    return kept, others


def _tables(claims: Iterable[tuple[str, str]], rule: str) -> int:
    return len({claim.rpartition(".")[0] for of, claim in claims if of == rule})


def _agreed(one: Diagnostic, others: list[Diagnostic], tables: int) -> Diagnostic:
    files = {other.location.path for other in others} - {one.location.path}
    more = "1 more file says" if len(files) == 1 else f"{len(files)} more files say"
    said = f"{more} that it is there: the declaration may be out of date"
    if tables >= _FEW_TABLES:
        said = f"so it is with {tables} more tables, whose declarations may be out of date"
    elsewhere = {other.location.path: other.location for other in reversed(others)}
    elsewhere.pop(one.location.path, None)
    places = sorted(elsewhere.values(), key=lambda at: at.path)
    return replace(
        one,
        severity=Severity.WARNING if one.severity is Severity.ERROR else one.severity,
        message=f"{one.message.partition('; did you mean ')[0]}; {said}",
        related=(*one.related, *(RelatedLocation(place, "the same") for place in places[:_MOST_SHOWN])),
        fix=None,
    )
