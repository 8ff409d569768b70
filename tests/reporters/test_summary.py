"""What the summary says of the bytes that queries read in vain."""

from __future__ import annotations

import json

import pytest
from report_sample import at, found

from leaktight.diagnostics import Cost, Diagnostic, Severity
from leaktight.report import Report, Summary
from leaktight.reporters import ReportOptions, reporter_for
from leaktight.text import in_bytes

GB = 10**9


def told(costs: list[Cost | None], *, statistics: bool = True, **prices: float) -> list[str]:
    place = at("etl/bom.sql", "*")
    diagnostics: list[Diagnostic] = []
    for cost in costs:
        plain = found("missing-partition-filter", Severity.WARNING, "m", place)
        diagnostics.append(Diagnostic(plain.rule, plain.severity, plain.category, "m", place, cost=cost))
    text = reporter_for("text")(
        Report(diagnostics=tuple(diagnostics)), ReportOptions(statistics=statistics, prices=prices)
    )
    return [line for line in text.splitlines() if line.startswith("read in vain")]


@pytest.mark.parametrize(
    ("costs", "prices", "wanted"),
    [
        ([None], {}, []),
        ([Cost("bigquery", 500 * GB)], {}, ["read in vain: up to 500 GB by 1 query"]),
        # The same table read twice costs twice.
        ([Cost("bigquery", 500 * GB)] * 2, {}, ["read in vain: up to 1 TB by 2 queries"]),
        ([Cost("bigquery", 500 * GB)] * 2, {"bigquery": 6.25}, ["read in vain: up to 1 TB by 2 queries, 6.25 at the configured price"]),
        ([Cost("bigquery", 500 * GB), Cost("athena", 500 * GB)], {"bigquery": 6.0, "default": 5.0}, ["read in vain: up to 1 TB by 2 queries, 5.50 at the configured price"]),
        ([Cost("bigquery", 500 * GB), Cost("athena", 500 * GB)], {"bigquery": 6.0}, ["read in vain: up to 1 TB by 2 queries, 3.00 at the configured price of 1 of them"]),
        ([Cost("bigquery"), None], {}, ["read in vain: not known of 1 query"]),
        (
            [Cost("bigquery", 500 * GB), Cost("bigquery"), Cost("postgres")],
            {},
            ["read in vain: up to 500 GB by 1 query", "read in vain: not known of 2 more queries"],
        ),
    ],
)  # fmt: skip
def test_read_in_vain(costs: list[Cost | None], prices: dict[str, float], wanted: list[str]) -> None:
    assert told(costs, **prices) == wanted
    assert told(costs, statistics=False, **prices) == []


def test_programs_are_told_the_same() -> None:
    place = at("etl/bom.sql", "*")
    costs = [Cost("bigquery", 500 * GB), Cost("athena", 250 * GB), Cost("postgres"), None]
    report = Report(
        diagnostics=tuple(Diagnostic("r", Severity.WARNING, "cost", "m", place, cost=cost) for cost in costs),
        summary=Summary(not_checked={"b": 1, "a": 3}),
    )
    figures = {
        "read_in_vain": {
            "bytes": 750 * GB, "queries": 2, "unknown_queries": 1, "price": 3.0, "priced_queries": 1,
        },
        "not_checked": [{"rule": "a", "files": 3}, {"rule": "b", "files": 1}],
    }  # fmt: skip
    options = ReportOptions(prices={"bigquery": 6.0})
    summary = json.loads(reporter_for("json")(report, options))["summary"]
    assert list(summary) == ["files", "statements", "findings", "not_analysed", "read_in_vain", "not_checked"]
    assert {key: summary[key] for key in figures} == figures
    (run,) = json.loads(reporter_for("sarif")(report, options))["runs"]
    assert run["properties"]["leaktight"] == figures
    nothing = json.loads(reporter_for("json")(Report(), ReportOptions()))["summary"]
    assert (nothing["read_in_vain"]["price"], nothing["not_checked"]) == (None, [])


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (138_000_000, "138 MB"),
        (999_600_000, "1 GB"),
        (1_400_000_000_000, "1.4 TB"),
        (5 * 10**18, "5,000 PB"),
    ],
)
def test_bytes_in_words(number: int, text: str) -> None:
    assert in_bytes(number) == text
