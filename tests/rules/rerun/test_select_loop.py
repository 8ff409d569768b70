"""Edge cases of `select-loop`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.rerun.select_loop import SelectLoop


def count(code: str, path: str = "app/report.py") -> int:
    return len(run(SelectLoop(), {path: code}, reported=path).diagnostics)


LOOKUP = 'cursor.execute("select name from users where id = %s", ({},))\n'


@pytest.mark.parametrize(
    "code",
    [
        "for order in orders:\n    " + LOOKUP.format("order.user_id"),
        "for user_id in ids:\n    cursor.execute(f\"select name from users where id = '{user_id}'\")\n",
        "names = []\nfor i, order in enumerate(orders):\n    " + LOOKUP.format("order.user_id"),
    ],
)
def test_fires(code: str) -> None:
    assert count(code) == 1


@pytest.mark.parametrize(
    "code",
    [
        "for order in orders:\n    " + LOOKUP.format("current"),
        "while not done:\n    " + LOOKUP.format("user_id"),
        "for table in tables:\n    cursor.execute(f\"select count(*) from {table} where id = %s\", (table,))\n",
        "for day in days:\n    " + LOOKUP.format("day"),
        "for attempt in range(5):\n    " + LOOKUP.format("attempt"),
        "for connection in connections:\n    connection.execute(\"select name from users where id = %s\", (connection.id,))\n",
        "for shop in (1, 2, 3):\n    " + LOOKUP.format("shop"),
        "for order in orders:\n    cursor.execute(\"select shop, count(*) from users where id = %s group by shop\", (order.id,))\n",
        "for order in orders:\n    cursor.execute(\"update users set seen = 1 where id = %s\", (order.id,))\n",
        "for order in orders:\n    " + LOOKUP.format("order.id") + "    break\n",
    ],
)  # fmt: skip
def test_silent(code: str) -> None:
    assert count(code) == 0


def test_silent_in_tests() -> None:
    assert count("for order in orders:\n    " + LOOKUP.format("order.user_id"), "tests/test_report.py") == 0
