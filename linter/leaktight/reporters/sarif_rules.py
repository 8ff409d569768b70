"""Rules and notifications as SARIF describes them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from leaktight.diagnostics import Applicability, Diagnostic, Severity

if TYPE_CHECKING:
    from leaktight.rule import Rule

_MOST_TAGS = 10
_LONGEST_DESCRIPTION = 1_000
_PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
_DANGER = {Severity.ERROR: "8.0", Severity.WARNING: "5.5", Severity.NOTE: "3.0"}
"""GitHub shows 7.0 and above as high, 4.0 as medium, less as low."""

NOTIFICATIONS: tuple[Mapping[str, Any], ...] = (
    {
        "id": "not-analysed",
        "name": "NotAnalysed",
        "shortDescription": {"text": "A file, or a stretch of one, that no rule has seen."},
    },
    {
        "id": "results-left-out",
        "name": "ResultsLeftOut",
        "shortDescription": {"text": "There are more findings than a log may hold."},
    },
)


def descriptor(rule: type[Rule] | None, example: Diagnostic) -> dict[str, Any]:
    """Describe a rule; `example` is a diagnostic of it, which tells what is needed when the rule itself is unknown."""
    if rule is None:
        return _described(example.rule, example.severity, f"Findings of `{example.rule}`.", "", example.url)
    text = inspect.cleandoc(rule.__doc__ or "")
    described = _described(rule.name, rule.severity, rule.summary(), text, example.url or rule.facts().url)
    tags = list(dict.fromkeys(_tags(rule)))[:_MOST_TAGS]
    properties = {
        "tags": tags,
        "precision": "medium" if rule.strict_only else "high",
        "problem.severity": _PROBLEM[rule.severity],
    }
    if "security" in tags:
        properties["security-severity"] = _DANGER[rule.severity]
    return {**described, "properties": properties}


def _described(name: str, severity: Severity, summary: str, text: str, url: str) -> dict[str, Any]:
    more = f"See {url}" if url else f"Run `leaktight rule {name}` for more."
    described: dict[str, Any] = {
        "id": name,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": _cut(summary)},
        "fullDescription": {"text": _cut(" ".join((text or summary).split()))},
        "help": {"text": f"{text or summary}\n\n{more}", "markdown": f"# {name}\n\n{text or summary}\n\n{more}\n"},
        "defaultConfiguration": {"level": severity.value},
    }
    if url:
        described["helpUri"] = url
    return described


def _tags(rule: type[Rule]) -> Iterator[str]:
    if "security" in rule.tags:
        yield "security"
    yield rule.category.value
    yield from rule.tags
    if rule.fixable in (Applicability.SAFE, Applicability.UNSAFE):
        yield "fixable"


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_DESCRIPTION:
        return text
    return text[: _LONGEST_DESCRIPTION - 1].rsplit(" ", 1)[0] + "…"
