"""What the documentation says holds: links lead somewhere, commands parse, configurations load, output is what comes out."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from doc_pages import (
    DOCS,
    PAGES,
    ROOT,
    SHOP,
    Block,
    Leaktight,
    anchors,
    block,
    blocks,
    links,
    name,
    prose,
    with_files,
    with_fixes,
)
from picture import PICTURE, WIDTH, printed

from leaktight import docs
from leaktight.cli.program import program
from leaktight.config import DIALECTS, read_configuration
from leaktight.config.schema import schema
from leaktight.files import LANGUAGES
from leaktight.registry import check_name, load_rules, rules_in

_SHELLS = ("sh", "console", "yaml", "groovy")
_ENDS = frozenset({"|", "&&", "||", ";", "<", ">", "2>&1", ")"})


# Links


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    made = {ROOT / path for path in docs.pages()}
    broken = []
    for link in links(page):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not (target.exists() or target in made) or (
            anchor and target.suffix == ".md" and target.exists() and anchor not in anchors(target)
        ):
            broken.append(link)
    assert not broken


def test_every_page_is_in_the_index() -> None:
    listed = {(DOCS / link).resolve() for link in links(DOCS / "README.md") if not link.startswith("http")}
    assert {page for page in DOCS.glob("*.md") if page.name != "README.md"} <= listed


def test_readme_names_categories_that_have_rules() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(.*)$", prose(ROOT / "README.md"), re.MULTILINE)
    assert rows
    rules = load_rules()
    for category, row in rows:
        for rule in re.findall(r"\[`([\w-]+)`\]", row):
            assert rules[rule].category.value == category


# Commands


def _commands() -> Iterator[tuple[str, str]]:
    """Yield each command line that calls leaktight, with where it stands."""
    for found in blocks():
        if found.language in _SHELLS:
            for line in found.code.splitlines():
                yield from ((str(found), text) for text in _calls(line))
    for page in PAGES:
        for text in re.findall(r"`(leaktight [^`]+)`", prose(page)):
            yield name(page), text


def _calls(line: str) -> Iterator[str]:
    for found in re.finditer(r"(?:^|[\s/'\"(])(leaktight (?:check|rules?|catalog|init)\b[^'\")]*)", line):
        yield found[1]


def _parsed(arguments: list[str]) -> click.Context:
    """Let the command line's own parser read the arguments, and run nothing."""
    command: click.Command = program
    context = click.Context(program, info_name="leaktight")
    while isinstance(command, click.Group):
        called, found, arguments = command.resolve_command(context, arguments)
        assert found is not None
        command = found
        context = click.Context(command, parent=context, info_name=called)
    return command.make_context(context.info_name, list(arguments), parent=context.parent)


COMMANDS = list(_commands())


def test_there_are_commands() -> None:
    assert len(COMMANDS) > 30
    assert any("catalog show" in text for _, text in COMMANDS)


@pytest.mark.parametrize(("place", "text"), COMMANDS, ids=[f"{place} {text}" for place, text in COMMANDS])
def test_commands_parse(place: str, text: str) -> None:
    words = shlex.split(text, comments=True)[1:]
    arguments = words[: next((at for at, word in enumerate(words) if word in _ENDS), len(words))]
    context = _parsed(arguments)
    known: dict[str, Any] = {**load_rules(), "counts-test-orders": None}
    chosen = [context.params.get(option) or () for option in ("select", "extend_select", "ignore")]
    for rule in (rule for rules in chosen for rule in rules):
        check_name(rule, known)


@pytest.mark.parametrize("arguments", [["check", "--no-such-option"], ["catalog", "hide"], ["rule"]], ids=str)
def test_the_parser_refuses_what_is_wrong(arguments: list[str]) -> None:
    with pytest.raises(click.UsageError):
        _parsed(arguments)


def test_readme_has_one_line_that_tries_and_one_that_tests() -> None:
    first = {heading: _first_block(heading) for heading in ("## Try it", "## Run the tests")}
    for code in first.values():
        assert len(code.splitlines()) == 1
        assert code.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")
    assert first["## Run the tests"].rstrip().endswith(".venv/bin/pytest -n auto -q")
    assert "leaktight check docs/examples/shop --exit-zero" in first["## Try it"]


def _first_block(heading: str) -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text.split(f"\n{heading}\n")[1].split("```sh\n")[1].split("```")[0]


# Output

CONSOLE = [found for found in blocks() if found.language == "console"]


@pytest.mark.parametrize("shown", CONSOLE, ids=str)
def test_output_is_what_comes_out(shown: Block, leaktight: Leaktight) -> None:
    """A `console` block is a command on its first line, run in the example project, and all that it prints."""
    first, _, expected = shown.code.partition("\n")
    assert first.startswith("$ leaktight ")
    result = leaktight(*shlex.split(first)[2:], COLUMNS="100")
    assert result.returncode in (0, 1), result.stderr
    assert result.stdout.rstrip("\n") == expected.rstrip("\n")


def test_the_picture_shows_what_is_printed() -> None:
    texts = re.findall(r"<text [^>]*clip-path[^>]*>([^<]*)</text>", PICTURE.read_text(encoding="utf-8"))
    marks = {"&#160;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&amp;": "&"}
    seen = "".join(texts)
    for mark, character in marks.items():
        seen = seen.replace(mark, character)
    wanted = printed(color=False)
    assert max(map(len, wanted.splitlines())) > WIDTH  # long lines are wrapped, so blanks do not count
    assert "".join(wanted.split()) in "".join(seen.split())


def test_the_picture_asks_nobody() -> None:
    assert set(re.findall(r"https?://[^\"' )]+", PICTURE.read_text(encoding="utf-8"))) == {"http://www.w3.org/2000/svg"}


# Configurations

CONFIGURATIONS = [found for found in blocks() if found.about.startswith("title=")]


@pytest.mark.parametrize("found", [*CONFIGURATIONS], ids=str)
def test_configurations_load(found: Block, tmp_path: Path) -> None:
    path = tmp_path / ("leaktight.yaml" if found.language == "yaml" else "pyproject.toml")
    path.write_text(found.code, encoding="utf-8")
    settings = read_configuration(str(path), str(tmp_path)).settings(load_rules())
    assert settings.source


def test_every_key_is_explained() -> None:
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    shape = schema(load_rules())
    assert not [key for key in shape["properties"] if f"`{key}`" not in text and f"`{key}." not in text]
    shown = yaml.safe_load(next(b.code for b in CONFIGURATIONS if b.page.name == "configuration.md"))
    left_out = {"select"}  # the sample extends what is on by default
    assert shown.keys() | left_out == shape["properties"].keys()


def test_dialects_are_listed() -> None:
    text = (DOCS / "configuration.md").read_text(encoding="utf-8").split("\nThe names: ")[1].split(". ")[0]
    assert tuple(re.findall(r"`(\w+)`", text)) == DIALECTS
    for page in (ROOT / "README.md", DOCS / "architecture.md"):
        assert f"{len(DIALECTS)} dialects" in page.read_text(encoding="utf-8")


def test_the_errors_shown_are_those_printed(leaktight: Leaktight, tmp_path: Path) -> None:
    (tmp_path / "leaktight.yaml").write_text("dialect: auto\n\n\nextend-selct: [strict]\nairflow: 2.9\n")
    assert leaktight("check", cwd=tmp_path).stderr == block("configuration.md", "text")


@pytest.mark.parametrize("found", [b for b in blocks() if b.language in ("yaml", "toml", "json")], ids=str)
def test_data_is_well_formed(found: Block) -> None:
    if found.language == "toml":
        assert tomllib.loads(found.code)
    else:
        assert yaml.safe_load(found.code)


def test_pre_commit_hooks_exist() -> None:
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    used = [
        hook["id"]
        for found in blocks()
        if found.language == "yaml" and found.code.startswith("repos:")
        for repository in yaml.safe_load(found.code)["repos"]
        for hook in repository["hooks"]
    ]
    assert used
    assert set(used) <= hooks


def test_the_pre_commit_hook_is_given_every_file_that_is_read() -> None:
    hook = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]
    assert hook["id"] == "leaktight"
    for ending in LANGUAGES:
        for path in (f"a/b{ending}", f"B{ending.upper()}"):
            assert re.search(hook["files"], path), path
    for path in ("a.md", "sql", "a.sql.bak", "a.pyc", "a.json"):
        assert not re.search(hook["files"], path), path


# Suppressions


@pytest.mark.parametrize("found", [b for b in blocks() if b.page.name == "suppressions.md"], ids=str)
def test_suppressions_silence(found: Block, leaktight: Leaktight, tmp_path: Path) -> None:
    """Each block holds code in which its comment silences something, and nothing else is found."""
    ending = {"sql": "sql", "python": "py", "typescript": "ts"}[found.language]
    (tmp_path / f"example.{ending}").write_text(found.code, encoding="utf-8")
    rules = "missing-where,equals-null,unused-suppression,unknown-suppression"
    result = leaktight("check", "--select", rules, "--no-cache", cwd=tmp_path)
    assert result.stdout.startswith("no findings\n"), result.stdout
    assert re.search(r"; [1-9]\d* suppressed$", result.stdout.rstrip())
    bare = re.sub(r"leaktight: ignore[^\n#]*", "", found.code)
    (tmp_path / f"example.{ending}").write_text(bare, encoding="utf-8")
    assert leaktight("check", "--select", rules, "--no-cache", cwd=tmp_path).returncode == 1


# Made parts

MADE = [page for page in PAGES if "file=examples/" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", MADE, ids=name)
def test_files_shown_are_the_files(page: Path, request: pytest.FixtureRequest) -> None:
    _compare(page, with_files(page), request)


def test_the_table_of_fixes_is_fresh(request: pytest.FixtureRequest) -> None:
    import leaktight_rules

    page = DOCS / "fix-safety.md"
    rules = sorted(rules_in(leaktight_rules), key=lambda rule: rule.name)
    made = with_fixes(page, rules)
    fixable = {rule.name for rule in rules if rule.fixable is not None and rule.examples}
    assert set(re.findall(r"^\| \[`([\w-]+)`\]", made, re.MULTILINE)) == fixable
    _compare(page, made, request)


def _compare(page: Path, made: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--rewrite-golden"):
        page.write_text(made, encoding="utf-8")
        return
    fresh = page.read_text(encoding="utf-8") == made
    assert fresh, f"{name(page)} is stale; run pytest tests/docs --rewrite-golden"


# Architecture


def _table(page: str, heading: str) -> list[list[str]]:
    text = (DOCS / page).read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return rows[2:]


def test_floors_are_those_that_are_checked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    wanted = [re.findall(r"\w+", layer) for layer in layers]
    assert [re.findall(r"\w+", cell) for cell, _ in _table("architecture.md", "Floors")] == wanted


def test_dependencies_have_a_reason() -> None:
    rows = _table("architecture.md", "Dependencies")
    explained = {re.sub(r"\[.*|`", "", cells[0]) for cells in rows}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["db"]]
    names = {re.split(r"[\[<>=]", item)[0] for item in declared}
    assert explained <= names
    assert _imported() == {{"pyyaml": "yaml"}.get(item, item.replace("-", "_")) for item in explained}


def _imported() -> set[str]:
    """Give the packages of others that the engine imports."""
    import sys

    found: set[str] = set()
    for path in (ROOT / "linter").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"leaktight"}


def test_the_example_project_is_where_the_commands_run() -> None:
    assert (SHOP / "leaktight.yaml").is_file()
