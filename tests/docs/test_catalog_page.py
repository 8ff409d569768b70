"""The page of the catalog: the keys of a snapshot, and the example, are those that are read."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from doc_pages import DOCS, ROOT, block

from leaktight.database.address import ENGINES as SCHEMES
from leaktight.database.queries import ENGINES
from leaktight.operations import snapshot_format as words
from leaktight.operations.sources.snapshot import snapshot_tables
from leaktight.source import Language, Source

PAGE = DOCS / "catalog.md"
HEADINGS: Mapping[str, Mapping[str, str]] = {
    "The file": words.FILE_KEYS,
    "A table": words.TABLE_KEYS,
    "A column": words.COLUMN_KEYS,
    "A key": words.KEY_KEYS,
    "An index": words.INDEX_KEYS,
    "The partitioning": words.PARTITIONING_KEYS,
    "The clustering": words.CLUSTERING_KEYS,
    "The statistics": words.STATISTICS_KEYS,
}


def made() -> str:
    parts = []
    for heading, keys in HEADINGS.items():
        rows = "".join(f"| `{key}` | {meaning} |\n" for key, meaning in keys.items())
        parts.append(f"### {heading}\n\n| key | |\n| --- | --- |\n{rows}")
    return "\n".join(parts)


def test_the_keys_of_a_snapshot(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text(encoding="utf-8")
    start, end = text.index("### The file"), text.index("\n## Is it still true?")
    if request.config.getoption("--rewrite-golden"):
        PAGE.write_text(text[:start] + made() + text[end:], encoding="utf-8")
        return
    assert text[start:end] == made(), "docs/catalog.md is stale; run pytest tests/docs --rewrite-golden"


def test_the_snapshot_that_is_shown_is_read() -> None:
    tables = snapshot_tables(Source("shop.yaml", block("catalog.md", "yaml"), Language.YAML))
    assert [str(table.name) for table in tables] == ["shop.customers", "shop.events"]
    assert tables[1].indexes[0].predicate == "occurred_at > '2024-01-01'"


def test_engines_and_schemes_are_those_that_are_read() -> None:
    text = PAGE.read_text(encoding="utf-8")
    listed = re.findall(
        r"^\| `(\w+)` \| (?!the dialect)", text.split("| engine | the queries read |")[1].split("\n\n")[0], re.MULTILINE
    )
    assert set(listed) == ENGINES.keys()
    schemes = set(re.findall(r"`(\w+)://", text.split("| URL | engine |")[1].split("\n\n")[0]))
    assert schemes == SCHEMES.keys() - {"postgres"}


def test_the_extra_is_declared() -> None:
    assert "leaktight[db]" in PAGE.read_text(encoding="utf-8")
    assert "\ndb = [" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
