"""`NOT IN (SELECT …)` is one on every engine, Snowflake's among them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlglot import exp

from leaktight.languages.sql import predicates
from leaktight.languages.sql.document import SqlDocument

Parse = Callable[..., SqlDocument]


@pytest.mark.parametrize(
    ("condition", "negated"),
    [
        ("a.id not in (select b.id from b)", 1),
        ("a.id not in ((select b.id from b))", 1),
        ("not a.id in (select b.id from b)", 1),
        ("a.id in (select b.id from b)", 0),
        ("a.id not in (select b.id from b where b.x not in (select c.x from c))", 2),
        ("a.x not in (1, 2) and a.id not in (with c as (select id from b) select id from c)", 2),
        ("a.id <> all (select b.id from b)", 0),
    ],
)
def test_a_negated_in_is_found(parse: Parse, condition: str, negated: int) -> None:
    for dialect in ("snowflake", "postgres"):
        document = parse(f"select a.id from a where {condition}", dialect)
        found = [node for node in document.find(exp.In) if predicates.is_negated(node)]
        assert len(found) == negated
        assert all(document.scope(node) is not None for node in found)


def test_all_that_is_written_stays(parse: Parse) -> None:
    document = parse("select id from a where x <> all (select x from b) and y not in (select y from c)", "snowflake")
    assert len(list(document.find(exp.All))) == 2
