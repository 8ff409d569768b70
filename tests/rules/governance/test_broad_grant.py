"""What a grant opens, engine by engine, for `broad-grant`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.governance.broad_grant import BroadGrant


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("shop_owner", False),
        ("salesadmin", False),
        ("<YOUR_DBT_ROLE>", False),
        ("admins", False),
        ("administration_readers", True),
        ("reporting", True),
        ("shop", True),
        ("shop_rw", False),
        ("rwuser", False),
    ],
)
def test_who_may_do_all(role: str, told: bool) -> None:
    sql = f"grant all privileges on all tables in schema shop to {role};"
    strict = BroadGrant(strict=True)
    assert len(run(strict, {"a.sql": sql}, reported="a.sql", dialect="postgres").diagnostics) == told


@pytest.mark.parametrize(
    ("dialect", "grant", "words"),
    [
        ("postgres", "select on shop.orders to public", "public"),
        ("postgres", "create on schema shop to public", "public"),
        ("postgres", "all on database shop to public", None),
        ("snowflake", "all on database shop to role public", "public"),
        ("postgres", "create on database shop to public", None),
        ("snowflake", "create on account to role public", None),
        ("postgres", "usage on schema shop to public", None),
        ("postgres", "execute on function f() to public", None),
        ("postgres", "reporting to public", None),
        ("postgres", "all on shop.orders to dashboard", "all"),
        ("postgres", "all privileges on shop.orders to app_reader", "all privileges"),
        ("postgres", "all privileges on shop.orders to app", None),
        ("postgres", "all on shop.orders to shop_owner", None),
        ("bigquery", "`roles/bigquery.dataViewer` on schema shop to 'allUsers'", "'allUsers'"),
        ("bigquery", "`roles/bigquery.dataViewer` on schema shop to 'user:a@shop.io', 'allAuthenticatedUsers'", "'allAuthenticatedUsers'"),
        ("bigquery", "`roles/bigquery.dataViewer` on schema shop to 'user:a@shop.io'", None),
        ("bigquery", "`roles/bigquery.dataViewer` on to 'allUsers'", None),
        ("postgres", "all on to public", None),
    ],
)  # fmt: skip
def test_who_may_do_what(check, dialect: str, grant: str, words: str | None) -> None:
    sql = f"grant {grant};"
    found = check(BroadGrant(), sql, dialect=dialect)
    assert [sql[slice(*one.location.span)] for one in found] == ([words] if words else [])
