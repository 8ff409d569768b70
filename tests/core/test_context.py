"""What a path says of its file."""

from __future__ import annotations

import pytest

from leaktight.context import path_context


@pytest.mark.parametrize(
    "path",
    ["src/test-configs/database.ts", "src/test_helpers/clean.py", "tests/a.py", "api/orders.spec.ts", "test_a.py"],
)
def test_tests(path: str) -> None:
    assert path_context(path).test


@pytest.mark.parametrize("path", ["src/latest-configs/database.ts", "ab_test_results/load.py", "src/testify.py"])
def test_no_tests(path: str) -> None:
    assert not path_context(path).test
