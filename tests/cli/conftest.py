"""A rule package of its own, found as any plugin is, and projects to run the command line on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PLUGIN = '''
"""Rules that find what the tests plant."""

import re
from collections.abc import Iterator

from leaktight.diagnostics import Applicability, Finding, Fix, Severity
from leaktight.languages.sql.document import SqlDocument
from leaktight.rule import Bad, Category, Good, SqlRule, option
from leaktight.text import Edit, Span


def _words(sql: SqlDocument, word: str) -> Iterator[Span]:
    for match in re.finditer(rf"\\\\b{word}\\\\b", sql.text):
        yield Span(*match.span())


class PlantedLeak(SqlRule):
    """`leak` stands in the SQL.

    It was planted there.
    """

    name = "planted-leak"
    category = Category.LOSS
    fixable = Applicability.SAFE
    examples = (Bad("select leak", options={"word": "leak"}), Good("select tight"))

    word: str = option("leak", "The word to find.")
    most: int = option(99, "How many to find at most.")

    examples = (*examples, Bad("select leak", options={"most": 1}))

    def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
        for span in list(_words(sql, self.word))[: self.most]:
            yield Finding(span, f"`{self.word}` leaks", fix=Fix.safe("Tighten it", Edit(span, "tight")))


class PlantedNote(SqlRule):
    """`trifle` stands in the SQL.

    It hardly matters.
    """

    name = "planted-note"
    category = Category.LOSS
    severity = Severity.NOTE
    fixable = Applicability.UNSAFE
    examples = (Bad("select trifle"), Good("select tight"))

    def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
        for span in _words(sql, "trifle"):
            yield Finding(span, "`trifle` is a trifle", fix=Fix.unsafe("Drop it", Edit(span, "nothing_at_all")))


class PlantedRuin(SqlRule):
    """`ruin` stands in the SQL, and the fix makes it worse.

    The fix is faulty on purpose.
    """

    name = "planted-ruin"
    category = Category.LOSS
    fixable = Applicability.SAFE
    examples = (Bad("select ruin"), Good("select tight"))

    def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
        for span in _words(sql, "ruin"):
            yield Finding(span, "`ruin` is ruined", fix=Fix.safe("Ruin it", Edit(span, "((")))


class PlantedCrash(SqlRule):
    """`crash` stands in the SQL, and the rule fails.

    The rule is faulty on purpose.
    """

    name = "planted-crash"
    category = Category.LOSS
    strict_only = True
    examples = (Bad("select crash"), Good("select tight"))

    def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
        for span in _words(sql, "crash"):
            raise RuntimeError("planted")
            yield Finding(span, "")
'''

METADATA = "Metadata-Version: 2.1\nName: planted\nVersion: 1.0\n"
ENTRY_POINTS = "[leaktight.rules]\nplanted = planted_rules\n"

Cli = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="session")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "planted_rules.py").write_text(PLUGIN.replace("\\\\", "\\"))
    info = folder / "planted-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA)
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty git root that runs the planted rules alone."""
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "leaktight.yaml").write_text("select: [planted-leak, planted-note, planted-ruin]\n")
    return root


@pytest.fixture
def cli(plugin: Path, project: Path) -> Cli:
    """Run `python -m leaktight` in the project; `redirected` is what a shell would do to its streams."""

    def run(
        *arguments: str,
        cwd: Path | None = None,
        stdin: bytes = b"",
        env: dict[str, str] | None = None,
        redirected: str = "",
    ) -> subprocess.CompletedProcess[bytes]:
        clean = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "NO_COLOR", "COLUMNS")}
        path = os.pathsep.join([str(ROOT / "linter"), str(ROOT / "rules"), str(plugin)])
        return subprocess.run(
            ["sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, "-m", "leaktight", *arguments],
            cwd=cwd or project,
            input=stdin,
            env={**clean, "PYTHONPATH": path, "LEAKTIGHT_CACHE_DIR": str(plugin / "cache"), **(env or {})},
            capture_output=True,
            timeout=60,
            check=False,
        )

    return run
