"""The example project: every rule finds its fault in it, and nothing is found once it is mended."""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from leaktight.cli.program import program
from leaktight.registry import load_rules
from leaktight.rule import Category, Stage

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PLANTED = [
    name
    for name, rule in load_rules().items()
    if rule.__module__.startswith("leaktight_rules.")
    and rule.category is not Category.ENGINE
    and rule.stage is Stage.STABLE
    and not rule.strict_only
]


@lru_cache(maxsize=2)
def checked(place: str) -> tuple[int, Any]:
    """Check a project; give the exit code and the report."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        arguments = ["check", "--no-cache", "--output-format", "json"]
        result = CliRunner().invoke(program, arguments, standalone_mode=False)
    assert result.exception is None, result.output
    return int(result.return_value), yaml.safe_load(result.stdout)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(shutil.copytree(EXAMPLES / "shop", tmp_path_factory.mktemp("a") / "pipeline"))


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(shutil.copytree(EXAMPLES / "shop-fixed", tmp_path_factory.mktemp("b") / "pipeline"))


@pytest.mark.parametrize("name", PLANTED)
def test_each_rule_finds_its_fault(name: str, shop: str) -> None:
    code, report = checked(shop)
    assert code == 1
    assert name in {item["rule"] for item in report["diagnostics"]}


def test_all_of_the_shop_is_read(shop: str, mended: str) -> None:
    for place in (shop, mended):
        _, report = checked(place)
        assert report["summary"]["not_analysed"] == []


def test_nothing_is_found_once_it_is_mended(mended: str) -> None:
    code, report = checked(mended)
    assert [(item["path"], item["rule"], item["message"]) for item in report["diagnostics"]] == []
    assert code == 0
