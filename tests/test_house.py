"""Tests about the house: what every file, rule and page keeps to."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import re
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

import leaktight
from leaktight.config.schema import PATH as SCHEMA
from leaktight.config.schema import shipped_schema
from leaktight.docs import stale
from leaktight.registry import load_rules, rules_in
from leaktight.rule import Bad, Category, EngineRule, Rule
from leaktight.testing import Case, examples_of, run_example

ROOT = Path(__file__).parents[1]
RULES = {rule.name: rule for rule in rules_in(importlib.import_module("leaktight_rules"))}
LONGEST_FILE = 380
LONGEST_MESSAGE = 160


def tracked(*patterns: str) -> list[Path]:
    """The repository's own files: those that git knows, or will once they are added."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    found = [ROOT / name for name in names if name]
    if not found:
        hidden = {".git", ".venv", "__pycache__", "dist", "build"}
        found = [path for pattern in patterns for path in ROOT.glob(pattern) if not hidden & set(path.parts)]
    return sorted(path for path in found if path.is_file())


@lru_cache(maxsize=1)
def code() -> tuple[Path, ...]:
    return tuple(path for path in tracked("linter/**/*.py", "rules/**/*.py"))


@lru_cache(maxsize=1)
def all_text() -> tuple[tuple[Path, str], ...]:
    found = []
    for path in tracked("*", "**/*"):
        try:
            found.append((path, path.read_bytes().decode()))
        except UnicodeDecodeError:
            continue
    return tuple(found)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_file_class_and_rule_name_agree(rule: type[Rule]) -> None:
    snake = rule.name.replace("-", "_")
    pascal = "".join(word.capitalize() for word in rule.name.split("-"))
    assert rule.__name__ == pascal
    assert rule.__module__ == f"leaktight_rules.{rule.category.value}.{snake}"


def test_a_file_of_rules_holds_one_rule() -> None:
    for path in tracked("rules/**/*.py"):
        module = ".".join(path.relative_to(ROOT / "rules").with_suffix("").parts)
        if path.name == "__init__.py":
            tree = ast.parse(path.read_bytes())
            assert all(isinstance(node, ast.Expr) for node in tree.body), (
                f"{name_of(path)} holds more than its docstring"
            )
            continue
        assert [rule.__module__ for rule in RULES.values()].count(module) == 1, name_of(path)


def test_every_rule_is_in_one_category_and_every_folder_is_one() -> None:
    folders = {
        path.relative_to(ROOT / "rules/leaktight_rules").parts[0] for path in tracked("rules/leaktight_rules/*/*.py")
    }
    assert folders <= {category.value for category in Category}
    for rule in RULES.values():
        assert isinstance(rule.category, Category)
        assert (rule.category is Category.ENGINE) >= issubclass(rule, EngineRule)


def test_all_built_in_rules_are_installed() -> None:
    assert set(RULES) <= set(load_rules())


CASES = [
    case
    for rule in RULES.values()
    for case in examples_of(rule)
    if isinstance(case.example, Bad) and case.host == "file"
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_messages_keep_the_convention(case: Case) -> None:
    for diagnostic in run_example(case).diagnostics:
        title = [diagnostic.fix.title] if diagnostic.fix is not None else []
        for text in (diagnostic.message, *(related.message for related in diagnostic.related), *title):
            first = text.split()[0]
            assert first[0] == "`" or not first[0].isalpha() or first[0].islower() or first.isupper(), text
            assert text == " ".join(text.split()), text
            assert not text.endswith((".", "!", ":")), text
            assert text.count("`") % 2 == 0, text
        assert len(diagnostic.message) <= LONGEST_MESSAGE, f"{len(diagnostic.message)}: {diagnostic.message}"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_no_two_examples_are_equal(rule: type[Rule]) -> None:
    shown = [
        (e.code, e.path, repr(e.catalog), repr(e.files), repr(e.options), repr(e.settings), e.dialect)
        for e in rule.examples
    ]
    assert len(shown) == len(set(shown))


def _strings(tree: ast.Module) -> Iterator[ast.Constant]:
    """The strings of a module that are no docstrings."""
    said = {
        id(node.value)
        for body in ast.walk(tree)
        if isinstance(body, (ast.Module, ast.ClassDef, ast.FunctionDef))
        for node in body.body
        if isinstance(node, ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node


def test_the_engine_names_no_rule() -> None:
    names = re.compile(
        rf"(?<![\w-])({'|'.join(name for name, rule in RULES.items() if rule.category is not Category.ENGINE)})(?![\w-])"
    )
    found = [
        f"{name_of(path)}:{node.lineno}: {node.value[:60]}"
        for path in tracked("linter/**/*.py")
        for node in _strings(ast.parse(path.read_bytes()))
        if isinstance(node.value, str) and names.search(node.value)
    ]
    assert found == []


def test_sqlglots_keys_stand_in_one_place() -> None:
    """`node.args["…"]` and `node.args.get("…")` are sqlglot's: its keys change between versions."""
    found = []
    for path in code():
        if "languages/sql" in name_of(path):
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            keyed = (
                isinstance(node, ast.Subscript)
                and isinstance(node.slice, ast.Constant)
                and isinstance(node.slice.value, str)
            )
            asked = isinstance(node, ast.Attribute) and node.attr in ("get", "values", "items", "pop", "keys")
            if (keyed or asked) and isinstance(node.value, ast.Attribute) and node.value.attr == "args":  # type: ignore[union-attr]
                found.append(f"{name_of(path)}:{node.lineno}")  # type: ignore[attr-defined]
    assert found == []


def test_no_file_is_long() -> None:
    lengths = {name_of(path): path.read_bytes().count(b"\n") for path in code()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_file_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "types", "base", "shared"}
    assert [name_of(path) for path in code() if path.stem in drawers or path.parent.name in drawers] == []


def test_the_source_roots_are_no_packages() -> None:
    for folder in ("linter", "rules", "tests"):
        assert not (ROOT / folder / "__init__.py").exists()


_WORKPLACE = re.compile(
    r"(?<![\w./])/(?:work|tmp|root|home)/\w|\b(?:helper|coding) session\b|\bas an AI\b", re.IGNORECASE
)
_ELSEWHERE = ("tests/", ".ci/")


def test_the_repository_speaks_of_the_product_alone() -> None:
    found = [
        f"{name_of(path)}: {match[0]}"
        for path, text in all_text()
        if not name_of(path).startswith(_ELSEWHERE)
        for match in _WORKPLACE.finditer(text)
    ]
    assert found == []


def test_nothing_is_left_undone() -> None:
    marks = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|# type: ignore(?!\[)|except(?: (?:Base)?Exception)?:(?!  # noqa)")
    found = [f"{name_of(path)}: {match[0]}" for path in code() for match in marks.finditer(path.read_text())]
    assert found == []


def test_the_pages_are_fresh() -> None:
    assert stale(ROOT) == []


def test_the_schema_is_fresh() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == shipped_schema()
    assert json.loads(SCHEMA.read_bytes())["properties"]


def test_links_in_the_pages_lead_somewhere() -> None:
    broken = [
        f"{name_of(path)}: {target}"
        for path in tracked("*.md", "docs/**/*.md")
        if not name_of(path).startswith("tests/")
        for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists()
    ]
    assert broken == []


def test_this_repository_does_not_leak() -> None:
    from click.testing import CliRunner

    from leaktight.cli.program import program

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        result = CliRunner().invoke(
            program, ["check", "--no-cache", "--output-format", "concise"], standalone_mode=False
        )
    assert result.exception is None, result.output
    assert result.return_value == 0, result.output


def test_each_name_of_the_api_is_there_whatever_is_imported_before_it() -> None:
    modules = {name for name, home in leaktight._HOME.items() if _is_module(home, name)}
    assert modules == leaktight._MODULES
    assert {name: getattr(leaktight, name) for name in leaktight.__all__}.keys() == leaktight._HOME.keys()


def _is_module(home: str, name: str) -> bool:
    return hasattr(importlib.import_module(home), "__path__") and importlib.util.find_spec(f"{home}.{name}") is not None
