"""Every example of every installed rule, in every host."""

from __future__ import annotations

import pytest

from leaktight.registry import load_rules
from leaktight.testing import Case, check_example, examples_of

CASES = [case for rule in load_rules().values() for case in examples_of(rule)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_example(case: Case) -> None:
    check_example(case)
