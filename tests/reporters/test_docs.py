"""A rule's page, and the pages as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from leaktight import docs
from leaktight.diagnostics import Finding, Severity
from leaktight.languages.sql.document import SqlDocument
from leaktight.rule import Bad, Category, Good, SqlRule, option

PACKAGE = "leaktight_rules.engine"


class ManyWords(SqlRule):
    """A statement holds `a | b` words.

    The reason, with *markup*.
    """

    name = "many-words"
    category = Category.QUERY
    severity = Severity.NOTE
    strict_only = True
    examples = (
        Bad(
            """
            select a
            ^^^^^^ words
                   ^ more words
            """,
            fixed="select 1",
            options={"most": 1, "words": ("a",), "quick": True},
            dialect="duckdb",
            catalog={"t": ["a", "b"]},
        ),
        Bad(
            """
            pool.query(`select a`)
                        ^^^^^^ words
            """,
            language="javascript",
            path="src/a.mjs",
            files={"ddl/t.sql": "create table t (a int)"},
        ),
        Good("select 1", note="One word."),
    )

    most: int = option(3, "How many.")
    words: tuple[str, ...] = option(("a", "b"), "Which.")
    quick: bool = option(False, "Not looking twice.")

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield nothing."""
        yield from ()


def test_a_whole_page(golden: Callable[[str, str], None]) -> None:
    golden("many-words.md", docs.page(ManyWords))


def test_the_pages_of_a_package(golden: Callable[[str, str], None]) -> None:
    made = docs.pages(PACKAGE)
    assert set(made) >= {"docs/rules/README.md", "docs/rules/syntax-error.md", "docs/settings.md"}
    golden("index.md", made["docs/rules/README.md"])


def test_every_link_between_pages_leads_somewhere() -> None:
    made = docs.pages(PACKAGE)
    for path, text in made.items():
        for target in re.findall(r"\]\(([\w-]+\.md)", text):
            assert f"docs/rules/{target}" in made, path


def test_every_category_is_told() -> None:
    assert set(docs._ABOUT) == set(Category)


def test_write_and_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--package", PACKAGE, str(tmp_path)]
    assert docs.main(["--check", *arguments]) == 1
    assert docs.main(["--write", *arguments]) == 0
    capsys.readouterr()
    assert docs.main(["--check", *arguments]) == 0
    assert capsys.readouterr().out == ""
    (tmp_path / "docs/rules/gone.md").write_text("old")
    (tmp_path / "docs/rules/README.md").write_text("changed")
    assert docs.main(["--check", *arguments]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "docs/rules/README.md is stale; run `python -m leaktight.docs --write`",
        "docs/rules/gone.md is stale; run `python -m leaktight.docs --write`",
    ]
    assert docs.main(["--write", *arguments]) == 0
    assert not (tmp_path / "docs/rules/gone.md").exists()
    assert docs.main(["--check", *arguments]) == 0
