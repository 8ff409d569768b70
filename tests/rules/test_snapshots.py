"""What rules say of tables that only a snapshot of a database declares."""

from __future__ import annotations

import pytest

from leaktight.registry import load_rules, make_rule
from leaktight.testing import run

SNAPSHOT = "catalog/shop.yaml"
QUERIES = "\n".join(
    f"select {column} from shop.events where visitor_id = 7;" for column in ("event_id", "kind", "seen_at")
)
EVENTS = """leaktight-catalog: 1
engine: postgres
tables:
  shop.visitors:
    columns:
      visitor_id: {type: BIGINT, nullable: false}
    keys:
      - {kind: primary, columns: [visitor_id]}
  shop.events:{remark}
    statistics: {rows: 2400000000, bytes: 736000000000}
    columns:
      event_id: {type: BIGINT, nullable: false}
      visitor_id: {type: BIGINT, nullable: false}
      kind: {type: TEXT, nullable: false}
      occurred_at: {type: TIMESTAMPTZ, nullable: false}
      seen_at: {type: TIMESTAMP, nullable: false}
      price: {type: DOUBLE PRECISION, nullable: false}
    keys:
      - {kind: foreign, columns: [visitor_id], references: shop.visitors, referenced-columns: [visitor_id]}
    indexes:
      - {name: events_kind, columns: [kind]}
      - {name: events_kind_at, columns: [kind, occurred_at]}
  shop.days:
    statistics: {rows: 39000, bytes: 3993600, partitions: 3900}
    partitioning: {kind: range, columns: [day], expression: RANGE (day)}
    columns:
      day: {type: DATE, nullable: false}
    keys:
      - {kind: primary, columns: [day]}
"""
TOLD = {
    "unpartitioned-table": "shop.events",
    "no-primary-key": "shop.events",
    "missing-index": "shop.events",
    "foreign-key-without-index": "{kind: foreign",
    "redundant-index": "{name: events_kind,",
    "partition-too-fine": "{kind: range",
    "naive-timestamp": "seen_at: {",
    "float-money": "price: {",
}


def places(rule: str, text: str, **more: str) -> list[str]:
    report = run(
        make_rule(load_rules()[rule], {}),
        {SNAPSHOT: text, "api/q.sql": QUERIES, **more},
        reported=SNAPSHOT,
        advises=True,
    )
    assert not any(one.fix is not None and one.fix.edits for one in report.diagnostics)
    return [text[one.location.span.start :] for one in report.diagnostics]


def written(text: str, remark: str = "") -> str:
    return text.replace("{remark}", remark)


@pytest.mark.parametrize("rule", TOLD)
def test_rules_speak_of_tables_at_their_lines_in_the_snapshot(rule: str) -> None:
    (place,) = places(rule, written(EVENTS))
    assert place.startswith(TOLD[rule])


@pytest.mark.parametrize("rule", TOLD)
def test_a_table_that_code_creates_is_looked_at_there(rule: str) -> None:
    ddl = (
        "create table shop.events (event_id bigint, visitor_id bigint, kind text, occurred_at timestamptz);"
        "create table shop.days (day date primary key);"
    )
    assert places(rule, written(EVENTS), **{"ddl/events.sql": ddl}) == []


def test_a_comment_silences_a_finding() -> None:
    said = written(EVENTS, "  # leaktight: ignore[unpartitioned-table] -- it is moved next month")
    assert places("unpartitioned-table", said) == []


@pytest.mark.parametrize("rule", ["no-primary-key", "missing-index"])
def test_a_snapshot_of_columns_alone_does_not_say_that_there_are_no_keys(rule: str) -> None:
    lines = written(EVENTS).splitlines(keepends=True)
    plain = "".join(line for line in lines if not line.lstrip().startswith(("keys:", "indexes:", "- ")))
    assert places(rule, plain) == []


def test_other_data_is_left_alone() -> None:
    dbt = (
        "sources:\n  - {name: shop, tables: [{name: events, columns: [{name: occurred_at, data_type: timestamptz}]}]}\n"
    )
    assert places("no-primary-key", dbt) == []


@pytest.mark.parametrize("rule", TOLD)
def test_a_check_says_nothing_of_what_no_change_of_the_code_would_mend(rule: str) -> None:
    files = {SNAPSHOT: written(EVENTS), "api/q.sql": QUERIES}
    assert run(make_rule(load_rules()[rule], {}), files, reported=SNAPSHOT).diagnostics == ()
