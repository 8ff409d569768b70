"""What the tests of rules about stars share: a dimension that keeps versions, and a way to run a rule on SQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leaktight.rule import Rule
from leaktight.testing import run

DDL = """
create table dim_client (
    client_key bigint generated always as identity primary key, client_id bigint not null, city text, segment text, email text,
    updated_at timestamptz, valid_from timestamptz not null, valid_to timestamptz, is_current boolean not null
);
create table stg_clients (client_id bigint, city text, segment text, email text);
"""

Check = Callable[..., list[str]]


@pytest.fixture
def check() -> Check:
    """Give the words that a rule finds fault with in SQL beside the DDL of a dimension, or in a file of another kind."""

    def found(
        rule: Rule, sql: str, *, dialect: str = "postgres", path: str = "load/a.sql", ddl: str = DDL, **facts: object
    ) -> list[str]:
        files = facts.pop("files", {})
        assert isinstance(files, dict)
        everything = {"ddl/tables.sql": ddl, **files, path: sql}
        report = run(rule, everything, reported=path, dialect=dialect, **facts)
        assert report.internal_errors == 0, report.diagnostics
        return [sql[slice(*item.location.span)] for item in report.diagnostics]

    return found
