"""Answers from a run that was made before: given where all it read is the same, and never where it is not."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from leaktight import cache as cache_module
from leaktight.cache import read_table
from leaktight.cli import replay

Cli = Callable[..., "subprocess.CompletedProcess[bytes]"]
Check = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def check(cli: Cli, tmp_path: Path) -> Check:
    """Check, with a cache of its own, once what the test has written is old enough to be remembered."""

    def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
        time.sleep(0.1)
        env = {"LEAKTIGHT_CACHE_DIR": str(tmp_path / "cache")}
        return cli("check", "--output-format", "concise", *arguments, env=env, **options)

    return run


def remembered(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").glob("run-*"))


def test_the_same_question_has_the_same_answer(check: Check, project: Path, tmp_path: Path) -> None:
    (project / "a.sql").write_text("select leak\n")
    first = check()
    (place,) = remembered(tmp_path)
    *_, code = read_table(str(place))["run"]
    assert code == first.returncode == 1
    again = check()
    assert (again.returncode, again.stdout, again.stderr) == (first.returncode, first.stdout, first.stderr)
    (project / "a.sql").write_text("select tight\n")
    assert check().returncode == 0


def test_other_code_of_a_rule_package_is_seen(check: Check, project: Path, plugin: Path, tmp_path: Path) -> None:
    (project / "a.sql").write_text("select leak\n")
    assert b"`leak` leaks" in check().stdout
    assert remembered(tmp_path)
    module = plugin / "planted_rules.py"
    code = module.read_text()
    try:
        module.write_text(code.replace("` leaks", "` drips"))
        assert b"`leak` drips" in check().stdout
    finally:
        module.write_text(code)


def test_a_new_file_that_only_the_catalog_reads_is_seen(check: Check, project: Path, tmp_path: Path) -> None:
    (project / "leaktight.yaml").write_text("select: [missing-partition-filter]\ncatalog: {ddl: [build/*.sql]}\n")
    (project / ".gitignore").write_text("build/\n")
    (project / "q.sql").write_text("select id from fact_orders;\n")
    assert check().returncode == 0
    assert not remembered(tmp_path)  # the warning that there is no such file would not be said again
    (project / "build").mkdir()
    (project / "build" / "empty.sql").write_text("")
    assert check().returncode == 0
    assert remembered(tmp_path)
    (project / "build" / "schema.sql").write_text(
        "create table fact_orders (id int64, created_at date) partition by created_at;\n"
    )
    assert check().returncode == 1
    (project / "build" / "schema.sql").write_text("create table fact_orders (id int64, created_at date);\n")
    assert check().returncode == 0


def test_a_pyproject_that_becomes_a_configuration_is_seen(check: Check, project: Path, tmp_path: Path) -> None:
    inner = project / "sub" / "pyproject.toml"
    inner.parent.mkdir()
    inner.write_text("[project]\nname = 'x'\n")
    (inner.parent / "a.sql").write_text("select leak, trifle\n")
    assert check("sub").returncode == 1
    assert remembered(tmp_path)
    inner.write_text("[project]\nname = 'x'\n[tool.leaktight]\nselect = ['planted-note']\n")
    assert check("sub").returncode == 0


def test_what_is_shut_or_too_deep_is_never_remembered(check: Check, project: Path, tmp_path: Path) -> None:
    (project / "/".join("d" * 101)).mkdir(parents=True)
    assert b"1 not analysed (1 not readable)" in check().stdout
    assert not remembered(tmp_path)


def test_the_excludes_of_a_work_tree_are_those_of_its_repository(check: Check, tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x"]
    main, tree = tmp_path / "main", tmp_path / "tree"
    subprocess.run([*git, "init", "-q", str(main)], check=True)
    (main / "a.sql").write_text("select 1\n")
    subprocess.run([*git, "add", "-A"], cwd=main, check=True)
    subprocess.run([*git, "commit", "-qm", "x"], cwd=main, check=True)
    subprocess.run([*git, "worktree", "add", "-q", str(tree)], cwd=main, check=True)
    (tree / "gen").mkdir()
    (tree / "gen" / "a.sql").write_text("select leak\n")
    arguments = ("--select", "planted-leak")
    assert check(*arguments, cwd=tree).returncode == 1
    (main / ".git" / "info").mkdir(exist_ok=True)
    (main / ".git" / "info" / "exclude").write_text("gen/\n")
    assert check(*arguments, cwd=tree).returncode == 0


@pytest.mark.parametrize("closed", [">/dev/full", ">&-", "2>&-", ">&- 2>&-"])
def test_streams_that_cannot_be_written(check: Check, project: Path, tmp_path: Path, closed: str) -> None:
    """Remembered or not, a run answers alike."""
    (project / "a.sql").write_text("select leak\n")
    check()
    assert remembered(tmp_path)
    for arguments in ((), ("--no-cache",)):
        result = check(*arguments, redirected=closed)
        assert b"Traceback" not in result.stderr
        if "full" in closed:
            assert result.returncode == 2
            assert result.stderr == b"error: stdout cannot be written: no space left on device.\n"
        else:
            assert result.returncode == 1
            assert result.stderr == b""
    assert check("-", redirected="<&-").returncode == 2


def test_a_new_parser_and_a_huge_file_are_told_by_their_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAKTIGHT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(cache_module, "_PARSERS", ("planted_parser",))
    monkeypatch.syspath_prepend(str(tmp_path))
    parser, dump = tmp_path / "planted_parser.py", tmp_path / "dump.sql"
    monkeypatch.setattr(replay, "_LARGE", 10)

    def kept() -> tuple[object, ...]:
        replay.remember(["check"], folders=[], files=[str(dump)], packages=["leaktight"], output=b"", code=0)
        (place,) = remembered(tmp_path)
        record = read_table(str(place))["run"]
        place.unlink()
        return record[1], record[2]

    parser.write_text("")
    dump.write_text("x" * 100)
    monkeypatch.setattr(replay, "_STARTED", time.time_ns() + 10**9)
    files, packages = kept()
    assert files[0][1].startswith("large 100 ")
    assert kept() == (files, packages)
    parser.write_text("version = 2")
    assert kept()[0] == files
    assert kept()[1] != packages
