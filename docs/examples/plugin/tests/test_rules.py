"""Every example of every rule of this package, as a file and inside Python and TypeScript."""

import pytest
import shop_rules
from leaktight.registry import rules_in
from leaktight.testing import Case, check_example, examples_of, run
from shop_rules.counts_test_orders import CountsTestOrders

CASES = [case for rule in rules_in(shop_rules) for case in examples_of(rule)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_example(case: Case) -> None:
    check_example(case)


def test_the_column_is_shown_as_evidence() -> None:
    files = {
        "ddl/orders.sql": "create table orders (\n  id bigint primary key,\n  status text,\n  total numeric\n);\n",
        "reports/revenue.sql": "select sum(total) from orders;\n",
    }
    report = run(CountsTestOrders(), files, reported="reports/revenue.sql")
    (found,) = report.diagnostics
    assert found.related[0].location.label == "ddl/orders.sql:3"
