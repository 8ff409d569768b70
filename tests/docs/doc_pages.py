"""The pages of the documentation, cut into fenced blocks and links, and the parts of them that are made from other files."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from leaktight import testing
from leaktight.diagnostics import Applicability, FileFix
from leaktight.registry import make_rule
from leaktight.rule import Bad, ChangeRule, Rule

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SHOP = DOCS / "examples" / "shop"
PLUGIN = DOCS / "examples" / "plugin"
PAGES = sorted([ROOT / "README.md", *DOCS.glob("*.md"), *DOCS.glob("examples/*/README.md")])
"""Every page that people write; those about single rules are made from the rules."""

Leaktight = Callable[..., "subprocess.CompletedProcess[str]"]
"""Runs the command line with these arguments."""

_FENCE = re.compile(r"^(?P<fence>`{3,})(?P<info>[^\n`]*)\n(?P<code>.*?)^(?P=fence)[ ]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]\n]*\]\((?P<target>[^)\s]+)\)")
_CODE = re.compile(r"`[^`\n]+`")
_FILE = re.compile(r"^(?P<head>```\w+ file=(?P<path>\S+)\n)(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
_FIXES = re.compile(r"(?<=rules' examples -->\n\n).*?(?=\n<!-- end of fixes -->)", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block. `language` is the first word behind the fence, `about` what follows it: `title="leaktight.yaml"`."""

    page: Path
    line: int
    language: str
    about: str
    code: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def name(page: Path) -> str:
    """Give what a test is called after a page."""
    return str(page.relative_to(ROOT))


@cache
def blocks() -> tuple[Block, ...]:
    """Give the fenced blocks of all pages."""
    return tuple(block for page in PAGES for block in _blocks(page))


def _blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        language, _, about = found["info"].strip().partition(" ")
        yield Block(page, text.count("\n", 0, found.start()) + 1, language, about, found["code"])


def block(page: str, language: str, number: int = 0) -> str:
    """Give the code of a page's block of a language, by number."""
    return [b.code for b in blocks() if b.page == DOCS / page and b.language == language][number]


def prose(page: Path) -> str:
    """Give the text of a page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Give the targets of the links of a page."""
    return [found["target"] for found in _LINK.finditer(_CODE.sub("", prose(page)))]


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+?) *$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def with_files(page: Path) -> str:
    """Give a page with each block `file=PATH` holding that file, which is relative to the page."""

    def filled(found: re.Match[str]) -> str:
        return f"{found['head']}{(page.parent / found['path']).read_text(encoding='utf-8')}```"

    return _FILE.sub(filled, page.read_text(encoding="utf-8"))


def with_fixes(page: Path, rules: list[type[Rule]]) -> str:
    """Give the page of fixes with its table made anew from the examples of rules."""
    rows = ["| rule | kind | for example |", "| --- | --- | --- |"]
    for rule in rules:
        for kind, title in sorted(_fixes(rule).items(), key=lambda item: item[0].label):
            rows.append(f"| [`{rule.name}`](rules/{rule.name}.md) | {kind.label} | {title} |")
    table = "".join(f"{row}\n" for row in rows)
    return _FIXES.sub(lambda _: table, page.read_text(encoding="utf-8"))


def _fixes(rule: type[Rule]) -> dict[Applicability, str]:
    """Give the title of the first fix of each kind that a rule offers on its bad examples."""
    found: dict[Applicability, str] = {}
    for fix in _offered(rule):
        if fix.edits and fix.applicability is not Applicability.DISPLAY:
            found.setdefault(fix.applicability, fix.title.replace("|", "\\|"))
    return found


def _offered(rule: type[Rule]) -> Iterator[FileFix]:
    for case in testing.examples_of(rule):
        example = case.example
        if not isinstance(example, Bad) or case.host != "file":
            continue
        folder = "migrations/" if issubclass(rule, ChangeRule) else ""
        path = example.path or f"{folder}example.{testing._SUFFIX[example.language]}"
        files = {**testing._catalog(example), **example.files, path: testing.marked(example.code)[0]}
        report = testing.run(
            make_rule(rule, example.options), files, reported=path, dialect=example.dialect, **example.settings
        )
        yield from (found.fix for found in report.diagnostics if found.fix is not None)
