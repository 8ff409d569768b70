"""Which tables `VACUUM FULL` and `CLUSTER` write anew, and what to write instead."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.migration.rebuild_under_lock import RebuildUnderLock

PATH = "migrations/0002_more.sql"


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("vacuum full orders, carts;", ["orders", "carts"]),
        ("vacuum full verbose analyze orders;", ["orders"]),
        ("vacuum (full true, verbose) orders;", ["orders"]),
        ("vacuum (full off, verbose) orders;", []),
        ("vacuum (verbose, full false) orders;", []),
        ("vacuum (verbose off, full) orders;", ["orders"]),
        ("cluster verbose orders;", ["orders"]),
        ("cluster orders_day on orders;", ["orders"]),
    ],
)
def test_the_tables_are_named(check, sql: str, tables: list[str]) -> None:
    told = check(RebuildUnderLock(), sql, path=PATH)
    assert [sql[one.location.span.start : one.location.span.end] for one in told] == tables
    assert all(f"while all of `{table}` is" in one.message for one, table in zip(told, tables, strict=True))


@pytest.mark.parametrize(
    ("sql", "version", "title"),
    [
        ("vacuum full orders;", (18,), "plain `VACUUM`, or `pg_repack` where its file must shrink"),
        ("vacuum full orders;", (19,), "plain `VACUUM`, or `REPACK (CONCURRENTLY)` where its file must shrink"),
        ("cluster orders;", (18,), "`pg_repack` sorts its rows while others read and write"),
        ("cluster orders;", (19, 1), "`REPACK (CONCURRENTLY)` sorts its rows while others read and write"),
    ],
)
def test_what_does_it_beside_the_others(sql: str, version: tuple[int, ...], title: str) -> None:
    report = run(
        RebuildUnderLock(), {PATH: sql}, reported=PATH, dialect="postgres", engine_versions={"postgres": version}
    )
    (found,) = report.diagnostics
    assert found.fix is not None
    assert found.fix.title == title
