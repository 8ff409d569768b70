"""The example plugin: installed, it is found; its rule finds; its own tests pass."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from doc_pages import PLUGIN, SHOP, Leaktight

RULE = "counts-test-orders"


def _copied(folder: Path) -> Path:
    kept = shutil.ignore_patterns("__pycache__", ".pytest_cache", "*.egg-info", ".venv", "dist")
    return Path(shutil.copytree(PLUGIN, folder, ignore=kept))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the plugin in it, and what an installer writes beside it of its entry points."""
    site = tmp_path_factory.mktemp("site")
    shutil.copytree(PLUGIN / "shop_rules", site / "shop_rules", ignore=shutil.ignore_patterns("__pycache__"))
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = site / f"shop_rules-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", encoding="utf-8"
    )
    lines = [
        line
        for group, entries in project["entry-points"].items()
        for line in (f"[{group}]", *(f"{name} = {value}" for name, value in entries.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return site


def _path(environment: dict[str, str], site: Path) -> str:
    return os.pathsep.join([environment["PYTHONPATH"], str(site)])


def test_the_rule_is_listed(installed: Path, leaktight: Leaktight, environment: dict[str, str]) -> None:
    without = leaktight("rules", "--output-format", "json")
    assert RULE not in without.stdout
    result = leaktight("rules", RULE, "--output-format", "json", PYTHONPATH=_path(environment, installed))
    (rule,) = json.loads(result.stdout)
    assert (rule["name"], rule["category"], rule["default"]) == (RULE, "numbers", True)
    assert rule["options"]["column"]["default"] == "status"


def test_the_rule_finds(installed: Path, leaktight: Leaktight, environment: dict[str, str]) -> None:
    path = _path(environment, installed)
    result = leaktight("check", "--select", RULE, "--output-format", "json", cwd=SHOP, PYTHONPATH=path)
    assert result.returncode == 1, result.stderr
    found = {item["path"]: item for item in json.loads(result.stdout)["diagnostics"]}
    spent = found["warehouse/queries/customer_value.sql"]
    assert (spent["rule"], spent["start"]) == (RULE, {"line": 7, "column": 10})
    (evidence,) = spent["related"]
    assert (evidence["path"], evidence["start"]["line"]) == ("warehouse/ddl/fact_orders.sql", 6)
    # This one has a word about the status.
    assert "warehouse/queries/revenue_by_channel.sql" not in found


def test_it_can_be_configured(
    installed: Path, leaktight: Leaktight, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "leaktight.yaml").write_text(f"select: [{RULE}]\nrules:\n  {RULE}: {{tables: [baskets]}}\n")
    (tmp_path / "ddl.sql").write_text("create table baskets (id bigint, status text, total numeric);\n")
    (tmp_path / "report.sql").write_text("select sum(total) from baskets;\n")
    path = _path(environment, installed)
    result = leaktight("check", "-q", "--output-format", "concise", cwd=tmp_path, PYTHONPATH=path)
    assert result.stdout == f"report.sql:1:24: warning {RULE}: the test orders of `baskets` are added up too\n"


def test_its_own_tests_pass(installed: Path, environment: dict[str, str], tmp_path: Path) -> None:
    tests = _copied(tmp_path / "plugin") / "tests"
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tests)],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": _path(environment, installed)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout
    assert " passed" in result.stdout


def test_pip_installs_it(leaktight: Leaktight, environment: dict[str, str], tmp_path: Path) -> None:
    source, site = _copied(tmp_path / "plugin"), tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run(
        [*command, "--target", str(site), str(source)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not list(site.glob("tests"))
    result = leaktight("rules", RULE, PYTHONPATH=_path(environment, site))
    assert result.returncode == 0, result.stderr
    assert RULE in result.stdout
