"""A rule becomes its page: `python -m leaktight.docs --write` writes them, `--check` says which are stale.

The pages stand under `docs/rules/`, with an index by category, and the table of settings in `docs/settings.md`.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

from leaktight.config.schema import schema
from leaktight.diagnostics import Applicability
from leaktight.registry import rules_in
from leaktight.rule import OPTION_TYPES, Bad, Category, EngineRule, Example, Rule, Stage

FOLDER = "docs/rules"
_MARK = "<!-- Made by `python -m leaktight.docs --write`: change the rule, not this page. -->\n"
_COMMENT = {"python": "#", "yaml": "#", "javascript": "//", "typescript": "//", "tsx": "//"}
_ENDINGS = {"py": "python", "mjs": "javascript", "js": "javascript", "ts": "typescript", "yml": "yaml"}
_FIX = {
    Applicability.SAFE: "safe: `--fix`",
    Applicability.UNSAFE: "unsafe: `--fix --unsafe-fixes`",
    Applicability.DISPLAY: "shown, not applied",
    None: "none",
}
_ABOUT = {
    Category.QUERY: "Queries that read more than they need",
    Category.NUMBERS: "Results that are wrong",
    Category.RERUN: "Jobs that cannot be run twice",
    Category.LOSS: "Rows that are lost",
    Category.SCHEMA: "Tables that invite mistakes",
    Category.PARTITION: "Partitions and what they cost",
    Category.INDEX: "Indexes",
    Category.STAR: "Star schemas",
    Category.MIGRATION: "Migrations of live tables",
    Category.CONTRACT: "Promises between producers and consumers",
    Category.GOVERNANCE: "Personal data and who may see what",
    Category.SECURITY: "Ways in for an attacker",
    Category.AIRFLOW: "DAGs and their tasks",
    Category.FRAMES: "Data frames",
    Category.DBT: "dbt projects",
    Category.DYNAMODB: "DynamoDB requests",
    Category.ENGINE: "What leaktight says of itself",
}


def pages(package: str = "leaktight_rules") -> Mapping[str, str]:
    """Give the text of each generated page by its path in the repository, for the rules of a package."""
    rules = {rule.name: rule for rule in rules_in(importlib.import_module(package))}
    rules = dict(sorted(rules.items()))
    made = {f"{FOLDER}/{name}.md": page(rule) for name, rule in rules.items()}
    return {**made, f"{FOLDER}/README.md": index(rules), "docs/settings.md": settings(rules)}


def page(rule: type[Rule]) -> str:
    """Give the page of one rule."""
    text = inspect.cleandoc(rule.__doc__ or "").partition("\n\n")[2]
    parts = [f"{_MARK}\n# {rule.name}", rule.summary(), _facts(rule), text]
    if rule.options():
        parts.append(_options(rule))
    bad = [example for example in rule.examples if isinstance(example, Bad)]
    good = [example for example in rule.examples if not isinstance(example, Bad)]
    for title, examples in (("Bad", bad), ("Good", good)):
        if examples:
            parts.append(f"## {title}")
            parts += [part for example in examples for part in _example(rule, example)]
    parts.append(_silence(rule))
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(rule: type[Rule]) -> str:
    rows = {
        "category": f"[{rule.category.value}](README.md#{rule.category.value})",
        "on by default": _default(rule),
        "severity": rule.severity.value,
        "fix": _FIX[rule.fixable],
        "since": "the next release" if rule.since == "next" else rule.since,
    }
    return "| | |\n| --- | --- |\n" + "\n".join(f"| {name} | {value} |" for name, value in rows.items())


def _default(rule: type[Rule]) -> str:
    if rule.stage is Stage.DEPRECATED:
        return "no: deprecated"
    if rule.stage is Stage.PREVIEW:
        return f"no: preview, `--select {rule.name}`"
    return "no: `--select strict`" if rule.strict_only else "yes"


def _options(rule: type[Rule]) -> str:
    rows = [
        f"| `{name}` | {OPTION_TYPES[rule.option_types()[name]]} | {_value(item.default)} | {item.metadata['help']} |"
        for name, item in rule.options().items()
    ]
    head = "## Options\n\n| option | is | by default | |\n| --- | --- | --- | --- |\n"
    return head + "\n".join(rows)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value) or "empty"
    return f"`{value}`" if value != "" else "empty"


def _example(rule: type[Rule], example: Example) -> Iterator[str]:
    if example.note:
        yield example.note
    conditions = [f"`{name}: {_setting(value)}`" for name, value in example.options.items()]
    if example.dialect:
        conditions.append(f"dialect `{example.dialect}`")
    if conditions:
        yield f"With {', '.join(conditions)}:"
    if example.catalog:
        yield _block("sql", _catalog(example))
    for path, text in example.files.items():
        yield f"`{path}`:"
        yield _block(_language_of(path), dedent(text).strip("\n"))
    if example.path or example.files:
        yield f"`{example.path or 'example'}`:"
    yield _block(example.language, _with_carets(example))
    if isinstance(example, Bad) and example.fixed is not None:
        yield f"{'Fixed' if rule.fixable is Applicability.SAFE else 'Fixed, if you agree'}:"
        yield _block(example.language, _trimmed(example.fixed))


def _setting(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_setting(item) for item in value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _catalog(example: Example) -> str:
    if isinstance(example.catalog, str):
        return _trimmed(example.catalog)
    return "\n".join(f"create table {name} ({', '.join(columns)});" for name, columns in example.catalog.items())


def _language_of(path: str) -> str:
    ending = path.rpartition(".")[2]
    return _ENDINGS.get(ending, ending)


def _block(language: str, code: str) -> str:
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}{language}\n{code}\n{fence}"


def _trimmed(code: str) -> str:
    """Take off the margin and the empty first and last line."""
    return dedent(code).removeprefix("\n").rstrip(" ").removesuffix("\n")


def _with_carets(example: Example) -> str:
    """Give the code of an example, each line of carets made a comment under the code it marks."""
    code = _trimmed(example.code)
    if not isinstance(example, Bad):
        return code
    mark = _COMMENT.get(example.language, "--")
    lines = [(line, number > 0 and _is_carets(line)) for number, line in enumerate(code.split("\n"))]
    room = min((len(line) - len(line.lstrip()) for line, carets in lines if carets), default=len(mark) + 1)
    # Carets at the start of a line leave no room for the comment's mark, unless the code makes some.
    margin = " " * max(len(mark) + 1 - room, 0)
    return "\n".join(
        mark + (margin + line)[len(mark) :] if carets else (margin + line).rstrip() for line, carets in lines
    )


def _is_carets(line: str) -> bool:
    return line.strip().partition(" ")[0].strip("^") == "" and "^" in line


def _silence(rule: type[Rule]) -> str:
    if issubclass(rule, EngineRule) and not rule.examples:
        return ""
    language = next((example.language for example in rule.examples), "sql")
    mark = _COMMENT.get(language, "--")
    comment = _block(language, f"{mark} leaktight: ignore[{rule.name}] the reason")
    return f"## To silence it\n\nBehind the line, or above it:\n\n{comment}"


def index(rules: Mapping[str, type[Rule]]) -> str:
    """Give the page that lists all rules by category."""
    parts = [f"{_MARK}\n# Rules", f"{len(rules)} rules. Each name and each category can be selected and ignored."]
    for category in Category:
        members = [rule for rule in rules.values() if rule.category is category]
        if not members:
            continue
        head = "| rule | finds | by default | fix |\n| --- | --- | --- | --- |\n"
        rows = "\n".join(_row(rule) for rule in members)
        parts += [f"## {category.value}", f"{_ABOUT[category]}.", head + rows]
    return "\n\n".join(parts) + "\n"


def _row(rule: type[Rule]) -> str:
    link = f"[`{rule.name}`]({rule.name}.md)"
    return f"| {link} | {_cell(rule.summary())} | {_short_default(rule)} | {_short_fix(rule)} |"


def _short_default(rule: type[Rule]) -> str:
    if rule.stage is not Stage.STABLE:
        return rule.stage.value
    return "strict" if rule.strict_only else "on"


def _short_fix(rule: type[Rule]) -> str:
    return rule.fixable.label if rule.fixable is not None else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


_KINDS = {
    "array": "a list",
    "object": "a mapping",
    "string": "a string",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}


def settings(rules: Mapping[str, type[Rule]]) -> str:
    """Give the page of all keys of `leaktight.yaml`."""
    rows = [
        f"| `{key}` | {_cell(_kind(item))} | {_cell(item.get('description', ''))} |"
        for key, item in _keys(schema(rules))
    ]
    head = f"{_MARK}\n# Settings\n\nThe keys of `leaktight.yaml`, or of `[tool.leaktight]` in `pyproject.toml`.\n\n"
    return head + "| key | is | |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"


def _keys(shape: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, item in shape.get("properties", {}).items():
        yield f"{before}{key}", item
        if key != "rules":
            yield from _keys(item, f"{before}{key}.")
            values = item.get("additionalProperties")
            if isinstance(values, dict):
                yield from _keys(values, f"{before}{key}.GLOB.")


def _kind(shape: Mapping[str, Any]) -> str:
    if "enum" in shape and len(shape["enum"]) <= 4:
        return ", ".join(f"`{value}`" for value in shape["enum"])
    if "anyOf" in shape or "oneOf" in shape:
        return " or ".join(dict.fromkeys(_kind(item) for item in shape.get("anyOf") or shape["oneOf"]))
    return _KINDS[str(shape.get("type", "string"))]


def stale(root: Path, package: str = "leaktight_rules") -> list[str]:
    """Give the paths below a repository's root whose pages are missing, differ, or belong to no rule."""
    made = pages(package)
    wrong = [path for path, text in made.items() if not (root / path).is_file() or _read(root / path) != text]
    present = (f"{FOLDER}/{file.name}" for file in (root / FOLDER).glob("*.md"))
    return sorted({*wrong, *(path for path in present if path not in made)})


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the pages; exit code 1 when a check finds stale ones."""
    parser = argparse.ArgumentParser(prog="python -m leaktight.docs", description="Write the rules' pages.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the pages, and delete those of rules that are gone")
    what.add_argument("--check", action="store_true", help="name the pages that are stale")
    parser.add_argument("--package", default="leaktight_rules", help="the package that holds the rules")
    parser.add_argument("root", nargs="?", default=".", type=Path, help="the root of the repository")
    given = parser.parse_args(arguments)
    wrong = stale(given.root, given.package)
    if given.check:
        sys.stdout.writelines(f"{path} is stale; run `python -m leaktight.docs --write`\n" for path in wrong)
        return int(bool(wrong))
    made = pages(given.package)
    for path in wrong:
        if path not in made:
            (given.root / path).unlink()
            continue
        (given.root / path).parent.mkdir(parents=True, exist_ok=True)
        (given.root / path).write_bytes(made[path].encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
