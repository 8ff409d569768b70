"""Gaps that `partition-gap` counts, and keys and unique indexes that PostgreSQL refuses on a partitioned table."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Severity
from leaktight_rules.partition.partition_gap import PartitionGap

TABLE = "create table v (id bigint, day date, primary key (id, day)) partition by range (day);"


def part(name: str, start: str, end: str) -> str:
    return f"create table {name} partition of v for values from ({start}) to ({end});"


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (
            [part("a", "'2024-01-01'", "'2024-02-01'"), part("b", "'2024-03-01'", "maxvalue")],
            "no partition of `v` takes the rows from '2024-02-01' to '2024-03-01'",
        ),
        (
            [part("a", "1", "2"), part("b", "3", "4"), part("c", "10", "maxvalue")],
            "no partition of `v` takes the rows from 2 to 3; there is 1 more gap",
        ),
        (
            [part("a", "1", "2"), part("b", "3", "4"), part("c", "5", "6"), part("d", "7", "maxvalue")],
            "no partition of `v` takes the rows from 2 to 3; there are 2 more gaps",
        ),
    ],
)
def test_gaps(check, parts: list[str], words: str) -> None:
    (found,) = check(PartitionGap(), TABLE + "".join(parts))
    assert found.message == words


@pytest.mark.parametrize(
    "parts",
    [
        [part("a", "'2024-01-01'", "'2024-02-01'"), part("b", "'2024-02-01'", "maxvalue")],
        [part("a", "'2024-01-01'", "'2024-02-01'"), part("b", "'2024-03-01'", "maxvalue"), "create table c partition of v default;"],
        [part("a", "'2024-01-01'", "'2024-02-01'"), part("b", "now()", "maxvalue")],
    ],
)  # fmt: skip
def test_no_gaps(check, parts: list[str]) -> None:
    assert check(PartitionGap(), TABLE + "".join(parts)) == []


@pytest.mark.parametrize(
    ("sql", "at", "words", "fix"),
    [
        (
            "create table v (id bigint primary key, day date) partition by range (day);",
            "primary",
            "the key `(id)` lacks `day`, by which `v` is partitioned: Postgres refuses it",
            "make it (id, day)",
        ),
        (
            "create table v (id bigint, day date) partition by range (day); create unique index u on v (id);",
            "u on v (id)",
            "the unique index `(id)` lacks `day`, by which `v` is partitioned: Postgres refuses it",
            "make it (id, day)",
        ),
        (
            "create table v (id bigint, ts timestamp, primary key (id, ts)) partition by range (date_trunc('month', ts));",
            "primary key (id, ts)",
            "the key `(id, ts)` stands on a table that is partitioned by an expression: Postgres refuses it",
            "partition by the plain column, with bounds in place of the expression",
        ),
    ],
)
def test_keys_that_are_refused(check, sql: str, at: str, words: str, fix: str) -> None:
    (found,) = check(PartitionGap(), sql)
    assert (sql[slice(*found.location.span)], found.message, found.severity) == (at, words, Severity.ERROR)
    assert found.fix is not None
    assert found.fix.title == fix


@pytest.mark.parametrize(
    "sql",
    [
        "create table v (id bigint, day date) partition by range (day); create unique index u on v (day, id);",
        "create table v (id bigint, day date) partition by range (day); create index u on v (id);",
        "create table v (id bigint, ts timestamp) partition by range (date_trunc('month', ts)); create index i on v (id);",
    ],
)
def test_indexes_that_are_taken(check, sql: str) -> None:
    assert check(PartitionGap(), sql) == []


@pytest.mark.parametrize("by", ["list (day)", "range (id, day)", "hash (id)"])
def test_only_ranges_of_one_column_have_gaps(check, by: str) -> None:
    sql = TABLE.replace("range (day)", by) + part("a", "1", "2") + part("b", "3", "maxvalue")
    assert check(PartitionGap(), sql) == []
