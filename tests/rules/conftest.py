"""What the tests of rules share: a way to run one on DDL and to see all that it finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leaktight.diagnostics import Diagnostic
from leaktight.rule import Rule
from leaktight.testing import run

Check = Callable[..., list[Diagnostic]]


@pytest.fixture
def check() -> Check:
    """Give what a rule finds in a file of DDL, beside the other files of the project."""

    def found(
        rule: Rule, sql: str, *, dialect: str = "postgres", path: str = "ddl/a.sql", **files: str
    ) -> list[Diagnostic]:
        everything = {name.replace("__", "/"): text for name, text in files.items()}
        report = run(rule, {**everything, path: sql}, reported=path, dialect=dialect)
        assert report.internal_errors == 0, report.diagnostics
        return list(report.diagnostics)

    return found
