"""What the queries that were found read in vain, in bytes and at the configured prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from leaktight.report import Report


class ReadInVain(NamedTuple):
    """The bytes that some queries need not read, at most: each query counts. Of `unknown` more nobody knows how many.

    `price` is what those of the `priced` queries cost, None where no price is configured for any.
    """

    bytes: int = 0
    queries: int = 0
    unknown: int = 0
    price: float | None = None
    priced: int = 0


def read_in_vain(report: Report, prices: Mapping[str, float]) -> ReadInVain:
    """Add up a report; `prices` are those of 10^12 bytes, by dialect, `default` for the rest."""
    costs = [diagnostic.cost for diagnostic in report.diagnostics if diagnostic.cost is not None]
    known = [(cost.engine, cost.avoidable) for cost in costs if cost.avoidable is not None]
    at_price = [(size, prices.get(engine, prices.get("default"))) for engine, size in known]
    priced = [(size, price) for size, price in at_price if price is not None]
    return ReadInVain(
        sum(size for _, size in known),
        len(known),
        len(costs) - len(known),
        sum(size * price for size, price in priced) / 1e12 if priced else None,
        len(priced),
    )


def figures_of(report: Report, prices: Mapping[str, float]) -> dict[str, object]:
    """Give what a run read in vain and what it did not check, in the shape that programs read."""
    found = read_in_vain(report, prices)
    return {
        "read_in_vain": {
            "bytes": found.bytes,
            "queries": found.queries,
            "unknown_queries": found.unknown,
            "price": found.price,
            "priced_queries": found.priced,
        },
        "not_checked": [{"rule": rule, "files": files} for rule, files in sorted(report.summary.not_checked.items())],
    }
