"""Patterns against git itself, and against what would hang a naive translation."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from leaktight.discovery import Project
from leaktight.globs import Globs, IgnorePatterns, literal_prefix

FILES = [*"""
a.sql b.sql a/b.sql a/b/c.sql a/b/c/d.sql b/a/b.sql build/x.sql src/build/x.sql src/build.sql doc/a/b/c.sql doc/a.sql
foo/keep/x.sql foo/keep/y.py foo/drop/x.sql foo/x.sql [a].sql x[1].sql xa.sql xb.sql x-.sql x].sql !bang.sql #hash.sql
trail/x.sql deep/er/and/deeper/x.sql été/füür.sql logs/debug.sql logs/a/debug.sql a.min.sql aXmin.sql UPPER.SQL a\\b.sql
""".split(), "with space.sql", "trailing .sql", "new\nline.sql"]  # fmt: skip

PATTERN_FILES = [
    "*.sql", "a.sql", "/a.sql", "a/", "/a/", "a/b", "a/**", "**/b.sql", "a/**/d.sql", "**/build/", "build", "build/",
    "/build", "doc/*.sql", "doc/**/*.sql", "foo/*\n!foo/keep/", "foo/\n!foo/keep/x.sql", "*\n!*/\n!*.py", "x[a-b].sql",
    "x[!a-b].sql", "x[^a].sql", "x[]-].sql", "x[1].sql", "x\\[1\\].sql", "\\[a\\].sql", "[[]a].sql", "x[a", "\\!bang.sql", "!bang.sql",
    "\\#hash.sql", "#hash.sql", "?.sql", "??.sql", "?/?.sql", "**", "**/", "*/", "*/*", "/**", "/*\n!/a\n/a/*\n!/a/b",
    "logs/**/debug.sql", "logs/debug.sql", "*.min.sql", "with space.sql", "with\\ space.sql", "a.sql   ", "trailing\\ .sql",
    "a/**b.sql", "**a.sql", "a**/b.sql", "x[[:alpha:]].sql", "x[[:digit:]].sql", "[A-Z]*", "été/", "*\n!a\n!a/b.sql",
    "deep/**/x.sql", "deep/*/x.sql", "/deep/er/**/deeper/", "a\\\\b.sql", "a\\", "new?line.sql", "foo/**/", "**/foo/**",
    "a/b/\n!a/b/c.sql", "b.sql\n!b.sql\n/b.sql",
]  # fmt: skip


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for name in FILES:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return root


def git_files(root: Path) -> set[str]:
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "--others", "--exclude-per-directory=.gitignore", "-z"],
        check=True, capture_output=True,
    )  # fmt: skip
    return {name for name in listed.stdout.decode().split("\0") if name.endswith((".sql", ".SQL", ".py"))}


@pytest.mark.parametrize("patterns", PATTERN_FILES)
def test_agrees_with_git(repository: Path, patterns: str) -> None:
    (repository / ".gitignore").write_text(patterns + "\n")
    found = {path for path, _ in Project(str(repository), (), str(repository)).files()}
    assert found == git_files(repository)


def test_nested_files_agree_with_git(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.sql\nfoo/drop\n")
    nested = {"a": "!b.sql\n", "a/b": "!*.sql\n/c.sql\n", "foo": "!drop\n!x.sql\n", "doc": "!/a/**\n"}
    for folder, patterns in nested.items():
        (repository / folder / ".gitignore").write_text(patterns)
    try:
        found = {path for path, _ in Project(str(repository), (), str(repository)).files()}
        assert found == git_files(repository)
        assert {"a/b.sql", "a/b/c/d.sql", "foo/drop/x.sql"} <= found
        inner = {path for path, _ in Project(str(repository / "a" / "b"), (), str(repository)).files()}
        assert inner == {"c/d.sql"}
    finally:
        for folder in nested:
            (repository / folder / ".gitignore").unlink()


def test_the_repositorys_own_excludes(repository: Path) -> None:
    (repository / ".gitignore").write_text("!keep/\n")
    exclude = repository / ".git" / "info" / "exclude"
    exclude.write_text("logs/\n/foo/drop\nkeep/\n")
    try:
        found = {path for path, _ in Project(str(repository), (), str(repository)).files()}
        assert not any(path.startswith(("logs/", "foo/drop/")) for path in found)
        assert "foo/keep/x.sql" in found
        inner = {path for path, _ in Project(str(repository / "foo"), (), str(repository)).files()}
        assert inner == {"keep/x.sql", "keep/y.py", "x.sql"}
    finally:
        exclude.unlink()


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 60 + "*b", "a" * 200),
        ("**/a" * 60 + "/b", "/".join("a" * 90)),
        ("*" * 500 + "b", "a" * 200),
        ("**/" * 500 + "b", "/".join("a" * 90)),
        ("[" * 5000, "a"),
        ("(?:" * 500, "a"),
    ],
)
def test_hostile_patterns_take_no_time(pattern: str, path: str) -> None:
    began = time.process_time()
    patterns = IgnorePatterns([pattern])
    assert patterns.verdict(path.rsplit("/", 1)[-1], path, False) is None
    assert not Globs([pattern]).match(path)
    assert time.process_time() - began < 60


def test_globs_speak_of_all_beneath_a_directory() -> None:
    assert Globs(["migrations/**"]).match("migrations/a/b.sql")
    assert Globs(["migrations"]).match("x/migrations/a/b.sql")
    assert Globs(["/migrations"]).match("migrations/a.sql")
    assert not Globs(["/migrations"]).match("x/migrations/a.sql")
    assert not Globs(["migrations/"]).match("migrations")
    assert Globs(["*.sql"]).match("a/b.sql")
    assert not Globs(["*.sql"]).match("a/b.sqlx")
    assert not Globs([])


def test_literal_prefix() -> None:
    assert literal_prefix("dumps/schema/*.sql") == "dumps/schema"
    assert literal_prefix("/dumps/x.sql") == "dumps"
    assert literal_prefix("dumps/**/x/y.sql") == "dumps"
    assert literal_prefix("*.sql") == ""
