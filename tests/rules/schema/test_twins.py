"""Tables that two files declare alike: what is wrong with them is told once."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.index.redundant_index import RedundantIndex
from leaktight_rules.schema.naive_timestamp import NaiveTimestamp
from leaktight_rules.schema.no_primary_key import NoPrimaryKey
from leaktight_rules.schema.unchecked_status import UncheckedStatus

MADE = "create table orders (id int, status text, seen_at timestamp); create index a on orders (id); create index b on orders (id);"
MIGRATION = "db/migrations/20240101000000_orders.sql"
DUMP = "--\n-- PostgreSQL database dump\n--\n"
RULES = [UncheckedStatus, NaiveTimestamp, NoPrimaryKey, RedundantIndex]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("path", "text", "other", "found"),
    [
        ("db/schema.sql", DUMP + MADE, {MIGRATION: MADE}, 0),
        ("db/schema.sql", DUMP + MADE, {}, 1),
        ("db/schema.sql", MADE, {MIGRATION: MADE}, 1),
        ("db/schema.sql", DUMP + MADE, {MIGRATION: MADE.replace("id int", "id int, note text")}, 1),
        ("db/schema.sql", DUMP + MADE, {"tests/migrations/001.sql": MADE}, 1),
        (MIGRATION, MADE, {"db/schema.sql": DUMP + MADE}, 1),
        (MIGRATION, MADE, {"db/tables/orders.sql": MADE}, 0),
        ("db/tables/orders.sql", MADE, {MIGRATION: MADE}, 1),
    ],
)
def test_where_it_is_told(rule, path: str, text: str, other: dict[str, str], found: int) -> None:
    report = run(rule(), {path: text, **other}, reported=path, dialect="postgres")
    assert len(report.diagnostics) == found
