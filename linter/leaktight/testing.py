"""Runs a rule's examples: for our own rules and for those of plugins.

from leaktight.testing import examples_of, check_example

@pytest.mark.parametrize("case", examples_of(MyRule), ids=str)
def test_examples(case):
    check_example(case)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from leaktight.diagnostics import Applicability, Diagnostic
from leaktight.engine import Plan, check
from leaktight.files import language_of
from leaktight.lazy import record, regex
from leaktight.operations.project import Project
from leaktight.registry import load_rules, make_rule
from leaktight.report import Report
from leaktight.rule import Bad, ChangeRule, EngineRule, Example, Good, Rule
from leaktight.source import Source
from leaktight.text import Edit, LineIndex, OverlappingEdits, Span, apply_edits

_CARETS = regex(r"^(?P<indent>[ \t]*)(?P<carets>\^+)(?:[ \t]+(?P<words>\S.*?))?[ \t]*$")
_SUFFIX = {"sql": "sql", "python": "py", "javascript": "mjs", "typescript": "ts", "tsx": "tsx", "yaml": "yaml"}


class ExampleFailed(AssertionError):
    """A rule does not do what its example says; the message shows both."""


@record(frozen=True)
class Expected:
    """A finding that carets mark: its place in the code without caret lines, and words of its message."""

    span: Span
    words: str


@record(frozen=True)
class Case:
    """One example of one rule, in one host: `file`, `python`, `f-string` or `template`."""

    rule: type[Rule]
    example: Example
    number: int
    host: str = "file"

    def __str__(self) -> str:
        kind = "bad" if isinstance(self.example, Bad) else "good"
        return f"{self.rule.name}-{kind}-{self.number}-{self.host}"


def examples_of(rule: type[Rule]) -> Iterator[Case]:
    """Yield a case for each example of a rule, a SQL one for each host it is run in."""
    for number, example in enumerate(rule.examples, 1):
        yield Case(rule, example, number)
        if example.language == "sql" and example.hosts and not example.path:
            code = marked(example.code)[0]
            if '"""' not in code and "\\" not in code:
                yield Case(rule, example, number, "python")
                if "{" not in code and "}" not in code:
                    yield Case(rule, example, number, "f-string")
            if "`" not in code and "${" not in code and "\\" not in code:
                yield Case(rule, example, number, "template")


def marked(text: str) -> tuple[str, tuple[Expected, ...]]:
    """Give the code of an example without its caret lines, and what they mark."""
    lines: list[str] = []
    expected: list[Expected] = []
    start = previous = 0
    for line in _dedented(text).split("\n"):
        carets = _CARETS.match(line)
        if carets is None or not lines:
            lines.append(line)
            previous, start = start, start + len(line) + 1
            continue
        at = previous + len(carets["indent"])
        expected.append(Expected(Span(at, at + len(carets["carets"])), carets["words"] or ""))
    return "\n".join(lines), tuple(expected)


def _dedented(text: str) -> str:
    """Take off the margin and the empty first and last line; caret lines share the margin of the code."""
    lines = text.split("\n")
    if len(lines) > 1 and not lines[0].strip():
        lines = lines[1:]
    if len(lines) > 1 and not lines[-1].strip():
        lines = lines[:-1]
    margins = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
    margin = min(margins, default=0)
    return "\n".join(line[margin:] for line in lines)


def run(
    rule: Rule,
    files: Mapping[str, str],
    *,
    reported: str,
    dialect: str | None = None,
    advises: bool = False,
    **facts: Any,
) -> Report:
    """Check `files` (texts by path) with one rule and report on the file `reported`; `facts` are fields of `Project`."""
    # What the engine says of itself (an unused suppression) it says of other rules: they run beside.
    others = tuple(other() for other in load_rules().values()) if isinstance(rule, EngineRule) else ()
    rules = (rule, *(other for other in others if other.name != rule.name))
    plan = Plan(
        rules_for=lambda path: rules,
        dialect_for=lambda path: dialect,
        advises=advises,
        known_rules=frozenset(one.name for one in rules),
        project=Project(**facts),
    )
    report = check([_Given(path, text, path == reported) for path, text in files.items()], plan)
    if not others:
        return report
    return replace(report, diagnostics=tuple(d for d in report.diagnostics if d.rule == rule.name))


@record(frozen=True)
class _Given:
    path: str
    text: str
    reported: bool

    def load(self) -> Source:
        language = language_of(self.path.rpartition("/")[2])
        if language is None:
            raise ValueError(f"`{self.path}` is not of a language that is read")
        return Source(self.path, self.text, language)


def run_example(case: Case) -> Report:
    """Run one case and give what is found in it, whatever its carets say."""
    return _Prepared(case).report()


def files_of(case: Case) -> tuple[str, Mapping[str, str]]:
    """Give the path of the file that a case is about, and the texts of all its files by path."""
    prepared = _Prepared(case)
    return prepared.path, prepared.files


def check_example(case: Case) -> None:
    """Run one case. Raises `ExampleFailed` when the rule finds other than the carets say, or fixes otherwise."""
    example = case.example
    prepared = _Prepared(case)
    if isinstance(example, Good) and prepared.expected:
        raise ExampleFailed(f"{case}: a good example has carets")
    if isinstance(example, Bad) and not prepared.expected:
        raise ExampleFailed(f"{case}: a bad example needs carets under what is wrong")
    report = prepared.report()
    _compare(case, prepared.code, prepared.expected, report)
    if isinstance(example, Bad) and case.host == "file":
        _check_fix(case, prepared.rule, prepared.files, prepared.path, report)


class _Prepared:
    """A case with its code put into its host and its project around it."""

    def __init__(self, case: Case) -> None:
        example = case.example
        self._example = example
        self.code, self.expected = marked(example.code)
        if case.host != "file":
            self.code, self.expected = _hosted(case.host, self.code, self.expected)
        self.rule = make_rule(case.rule, example.options)
        own_path = case.host == "file" and example.path
        folder = "migrations/" if issubclass(case.rule, ChangeRule) else ""
        self.path = example.path if own_path else f"{folder}example.{_SUFFIX[_language(case)]}"
        self.files = {**_catalog(example), **example.files, self.path: self.code}

    def report(self) -> Report:
        example = self._example
        return run(self.rule, self.files, reported=self.path, dialect=example.dialect, **example.settings)


def _language(case: Case) -> str:
    return {"python": "python", "f-string": "python", "template": "typescript"}.get(case.host, case.example.language)


def _catalog(example: Example) -> dict[str, str]:
    if isinstance(example.catalog, str):
        return {"ddl/tables.sql": _dedented(example.catalog)} if example.catalog.strip() else {}
    ddl = [
        f"create table {name} ({', '.join(f'{column} text' for column in columns)});"
        for name, columns in example.catalog.items()
    ]
    return {"ddl/tables.sql": "\n".join(ddl)}


_HOSTS = {
    "python": ('rows = cursor.execute("""\n', '\n""")\n'),
    "f-string": ('limit = 10\nrows = cursor.execute(f"""\n', '\n""")\n'),
    "template": ("const rows = await pool.query(`\n", "\n`);\n"),
}


def _hosted(host: str, code: str, expected: tuple[Expected, ...]) -> tuple[str, tuple[Expected, ...]]:
    before, after = _HOSTS[host]
    return before + code + after, tuple(replace(item, span=item.span.shift(len(before))) for item in expected)


def _compare(case: Case, code: str, expected: tuple[Expected, ...], report: Report) -> None:
    found = sorted(report.diagnostics, key=lambda d: d.sort_key)
    if report.internal_errors:
        raise ExampleFailed(f"{case}: {found[0].message}")
    wanted = sorted(expected, key=lambda item: item.span)
    same = len(found) == len(wanted) and all(
        a.location.span == b.span and b.words in a.message for a, b in zip(found, wanted, strict=False)
    )
    if not same:
        raise ExampleFailed(
            f"{case}\nexpected:\n{_annotated(code, [(e.span, e.words) for e in wanted])}\n"
            f"found:\n{_annotated(code, [(d.location.span, d.message) for d in found])}\n"
            f"not analysed: {[item.reason for item in report.not_analysed]}"
        )


def _annotated(code: str, marks: list[tuple[Span, str]]) -> str:
    index = LineIndex(code)
    lines = []
    for number in range(1, index.line_count + 1):
        line = index.line_span(number)
        lines.append("  " + index.line_text(number))
        for span, words in marks:
            if line.start <= span.start <= line.end:
                lines.append("  " + " " * (span.start - line.start) + "^" * max(span.length, 1) + " " + words)
    return "\n".join(lines)


def _check_fix(case: Case, rule: Rule, files: dict[str, str], path: str, report: Report) -> None:
    assert isinstance(case.example, Bad)
    fixes = [d for d in report.diagnostics if d.fix is not None and d.fix.applicability is not Applicability.DISPLAY]
    wanted = case.example.fixed
    if wanted is None:
        if fixes:
            raise ExampleFailed(
                f"{case}: the rule fixes this, so the example needs `fixed=`:\n{fixed(files[path], fixes)}"
            )
        return
    result = fixed(files[path], fixes)
    if result != _dedented(wanted):
        raise ExampleFailed(f"{case}\nexpected the fix:\n{_dedented(wanted)}\nfound:\n{result}")
    again = run(rule, {**files, path: result}, reported=path, dialect=case.example.dialect, **case.example.settings)
    left = {d.message for d in again.diagnostics} & {d.message for d in fixes}
    if left:
        raise ExampleFailed(f"{case}: the fix leaves what it should mend: {sorted(left)}\n{result}")
    if len(again.not_analysed) > len(report.not_analysed):
        raise ExampleFailed(f"{case}: the fix does not parse: {again.not_analysed[-1].reason}\n{result}")


def fixed(text: str, diagnostics: list[Diagnostic]) -> str:
    """Give `text` with the fixes of `diagnostics` made, first place first; one that overlaps an earlier one is left."""
    edits: list[Edit] = []
    for diagnostic in sorted(diagnostics, key=lambda d: d.sort_key):
        if diagnostic.fix is None:
            continue
        more = [Edit(edit.location.span, edit.content) for edit in diagnostic.fix.edits]
        try:
            apply_edits(text, [*edits, *more])
        except OverlappingEdits:
            continue
        edits += more
    return apply_edits(text, edits)
