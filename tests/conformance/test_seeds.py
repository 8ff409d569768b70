"""The examples of a data-engineering handbook: each fault is found, and what is mended is left alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from leaktight.cli.program import program
from leaktight.registry import load_rules

SEEDS = Path(__file__).parent / "seeds"
EXPECTED: dict[str, dict[str, list[str]]] = yaml.safe_load((SEEDS / "expected.yaml").read_text())
CONFIGURATION = "dialect: postgres\ndynamodb: {tenant_keys: [channel_id]}\n"


def found_in(case: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Check a case in a directory that holds nothing else; give the path and the rule of each finding."""
    project = place / "shop"
    if case.is_dir():
        shutil.copytree(case, project)
    else:
        project.mkdir()
        shutil.copy(case, project)
    (project / "leaktight.yaml").write_text(CONFIGURATION)
    monkeypatch.chdir(project)
    arguments = ["check", "--no-cache", "--output-format", "json"]
    result = CliRunner().invoke(program, arguments, standalone_mode=False)
    assert result.exception is None, result.output
    report: Any = yaml.safe_load(result.stdout)
    assert report["summary"]["not_analysed"] == []
    return {(item["path"], item["rule"]) for item in report["diagnostics"]}


@pytest.mark.parametrize("name", EXPECTED["bad"])
def test_faults_are_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(name)
    case = SEEDS / "bad" / path.parts[0]
    found = found_in(case, tmp_path, monkeypatch)
    reported = path.relative_to(path.parts[0]).as_posix() if len(path.parts) > 1 else name
    wanted = {(reported, rule) for rule in EXPECTED["bad"][name]}
    assert wanted - found == set()


@pytest.mark.parametrize("name", EXPECTED["good"])
def test_what_is_mended_is_left_alone(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = found_in(SEEDS / "good" / name, tmp_path, monkeypatch)
    assert {item for item in found if item[1] in EXPECTED["good"][name]} == set()


def test_every_seed_is_expected_to_be_something() -> None:
    for group, cases in EXPECTED.items():
        listed = {Path(name).parts[0] for name in cases}
        assert {path.name for path in (SEEDS / group).iterdir()} == listed


def test_the_rules_that_are_named_exist() -> None:
    named = {rule for group in ("bad", "good") for rules in EXPECTED[group].values() for rule in rules}
    assert named <= set(load_rules())
