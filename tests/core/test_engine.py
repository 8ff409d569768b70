"""The engine: what fails costs itself and is said, what is seen twice is said once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from sqlglot import exp

from leaktight import engine
from leaktight.diagnostics import Finding
from leaktight.engine import Plan, check
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.project import Project
from leaktight.registry import load_rules, make_rule
from leaktight.report import Report
from leaktight.rule import Bad, Category, Good, Rule, SqlRule
from leaktight.source import Language, NotAnalysable, Source
from leaktight.text import Span


class Failing(SqlRule):
    """Fails where `crash` is selected.

    On purpose.
    """

    name = "failing-rule"
    category = Category.LOSS
    examples = (Bad("select crash"), Good("select a"))

    def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
        for column in sql.find(exp.Column):
            if column.name == "crash":
                raise RuntimeError("planted")
            yield Finding(sql.span(column), f"`{column.name}` was seen before the crash")


class EveryWord(SqlRule):
    """Names every token.

    To see what is dropped.
    """

    name = "every-word"
    category = Category.LOSS
    examples = (Bad("select a"), Good("-- a"))

    def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
        for token in sql.tokens:
            yield Finding(Span(token.start, token.end + 1), f"`{token.text.lower()}` is a word")


class FromTable(SqlRule):
    """Asks the catalog for each table.

    To see what was asked.
    """

    name = "from-table"
    category = Category.LOSS
    examples = (Bad("select a from t"), Good("select 1"))

    def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
        for table in sql.find(exp.Table):
            known = sql.table(table)
            if known is not None:
                yield Finding(sql.span(table), f"`{known.name}` has {len(known.columns)} columns")


@dataclass(frozen=True)
class Given:
    path: str
    text: str = ""
    reported: bool = True
    problem: str = ""

    def load(self) -> Source:
        if self.problem:
            raise NotAnalysable(self.problem, code="encoding")
        suffix = self.path.rpartition(".")[2]
        language = {"py": Language.PYTHON, "ts": Language.TYPESCRIPT, "ipynb": Language.NOTEBOOK}.get(
            suffix, Language.SQL
        )
        return Source(self.path, self.text, language)


def run(*files: Given, rules: Sequence[Rule] = (EveryWord(),)) -> Report:
    return check(files, Plan(rules_for=lambda path: rules, known_rules=frozenset(rule.name for rule in rules)))


def found(report: Report) -> list[tuple[str, str, str]]:
    return [
        (d.location.path, d.rule, report.sources[d.location.path][slice(*d.location.span)]) for d in report.diagnostics
    ]


def test_a_rule_that_raises_is_one_internal_error() -> None:
    report = run(
        Given("a.sql", "select ok, crash, late from t; select crash from u"), Given("b.sql", "select fine"),
        rules=(Failing(), EveryWord()),
    )  # fmt: skip
    errors = [d for d in report.diagnostics if d.rule == "internal-error"]
    assert [d.message for d in errors] == ["rule `failing-rule` failed here: RuntimeError: planted"]
    assert report.internal_errors == 1
    assert {path for path, rule, _ in found(report) if rule == "every-word"} == {"a.sql", "b.sql"}
    assert ("b.sql", "failing-rule", "fine") in found(report)
    assert report.summary.by_rule["internal-error"] == 1


def test_each_file_in_which_a_rule_fails_is_named() -> None:
    report = run(Given("a.sql", "select crash"), Given("b.sql", "select crash"), rules=(Failing(),))
    assert [(d.location.path, d.rule) for d in report.diagnostics] == [
        ("a.sql", "internal-error"),
        ("b.sql", "internal-error"),
    ]
    assert report.internal_errors == 2


def test_what_is_not_read_is_never_silent() -> None:
    report = run(
        Given("a.sql", problem="not UTF-8 at byte 3"),
        Given("b.sql", "select 1; select from where; select 2"),
        Given("c.sql", "select 'open"),
        Given("d.sql", f"select {'(' * 999}"),
        Given("e.py", "import sqlite3\ndb.execute('select 1'\n"),
        Given("f.ipynb", "{"),
        Given("g.py", "import sqlite3\n\ndef f(db, query):\n    db.execute(query)\n    db.execute('select from where')\n"),
        rules=(),
    )  # fmt: skip
    assert [(item.path, item.code) for item in report.not_analysed] == [
        ("a.sql", "encoding"), ("b.sql", "syntax"), ("c.sql", "syntax"), ("d.sql", "nesting"), ("e.py", "syntax"),
        ("f.ipynb", "syntax"), ("g.py", "syntax"),
    ]  # fmt: skip
    place = report.not_analysed[1].location
    assert place is not None
    assert place.span == Span(10, 27)
    assert all(item.reason and not item.reason.endswith(".") for item in report.not_analysed)
    assert report.summary.files == 7


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("a.sql", "select * from nested where a = 'open", "syntax"),
        ("a.sql", f"select {'(' * 999}{')' * 999}", "nesting"),
        ("a.py", f"import sqlite3\ndb.execute('select 1')\nx = {'(' * 999}{')' * 999}", "nesting"),
        ("a.py", "import sqlite3\ndb.execute('select 1')\nnest = (", "syntax"),
        ("a.ts", f"import pg from 'pg';\nconst x = {'(' * 1999}1{')' * 1999};", "nesting"),
    ],
)
def test_nesting_is_told_from_syntax(path: str, text: str, code: str) -> None:
    assert [item.code for item in run(Given(path, text), rules=()).not_analysed] == [code]


def test_sql_of_unknown_text_is_counted() -> None:
    text = "import sqlite3\n\ndef f(cursor, query):\n    cursor.execute(query)\n"
    report = run(Given("a.py", text))
    assert [(item.path, item.code) for item in report.dynamic] == [("a.py", "unfolded")]
    assert report.summary.dynamic == 1


def test_variants_of_a_template_say_a_thing_once() -> None:
    text = "select a from t {% if x %} where b = 1 {% elif y %} where c = 2 {% else %} limit 3 {% endif %}"
    report = run(Given("a.sql", text))
    words = [word for _, _, word in found(report)]
    assert sorted(words) == sorted(
        ["select", "a", "from", "t", "where", "b", "=", "1", "where", "c", "=", "2", "limit", "3"]
    )
    assert report.summary.statements == 1


def test_what_only_completes_a_template_is_never_blamed() -> None:
    for text in (
        "select a from t where {% if x %} b = 1 {% endif %}",
        "select a {% if x %}, b {% endif %} from t {# a comment #}",
        "{% macro m(x) %} select a from t {% endmacro %}",
        "select {% for c in cs %} sum({{ c }}), {% endfor %} 1 from t",
    ):
        report = run(Given("a.sql", text))
        assert report.diagnostics, text
        for diagnostic in report.diagnostics:
            stretch = text[slice(*diagnostic.location.span)]
            assert not stretch.startswith(("{%", "{#")), (text, diagnostic)
            assert stretch.strip()


def test_only_reported_files_are_reported_but_all_are_known() -> None:
    files = (Given("ddl.sql", "create table t (a int, b int)", reported=False), Given("q.sql", "select a from t"))
    report = run(*files, rules=(FromTable(),))
    assert [(d.location.path, d.message) for d in report.diagnostics] == [("q.sql", "`t` has 2 columns")]
    assert report.summary.files == 1


def test_a_result_says_which_tables_it_rests_on() -> None:
    plan = Plan(rules_for=lambda path: (FromTable(),))
    project = Project()
    first = engine.inspect_source(Source("a.sql", "select a from s.Orders, u", Language.SQL), project, plan)
    second = engine.inspect_source(Source("b.sql", "select 1", Language.SQL), project, plan)
    assert first.asked == {"orders", "u"}
    assert second.asked == frozenset()


def test_the_report_is_sorted_by_place() -> None:
    texts = {"b.sql": "select b, a from t", "a.sql": "select z\nfrom y", "sub/a.sql": "select 1"}
    report = run(*(Given(path, text) for path, text in texts.items()), rules=(EveryWord(), FromTable()))
    keys = [d.sort_key for d in report.diagnostics]
    assert keys == sorted(keys)
    assert set(report.sources) == set(texts)
    assert list(report.summary.by_rule) == ["every-word"]


def test_sources_hold_the_files_of_related_places_too() -> None:
    rule = make_rule(load_rules()["missing-partition-filter"], {})
    ddl = "create table shop.events (id bigint, day date) partition by range (day);"
    files = (Given("ddl.sql", ddl, reported=False), Given("q.sql", "select id from shop.events"))
    report = check(files, Plan(rules_for=lambda path: (rule,), dialect_for=lambda path: "postgres"))
    assert [d.rule for d in report.diagnostics] == ["missing-partition-filter"]
    assert {item.location.path for d in report.diagnostics for item in d.related} == {"ddl.sql"}
    assert set(report.sources) == {"ddl.sql", "q.sql"}


@pytest.mark.parametrize("text", ["", "\n", "-- only a comment", ";", "\ufeff", "{{ config(materialized='table') }}"])
def test_files_with_nothing_in_them(text: str) -> None:
    report = run(Given("a.sql", text), rules=[make_rule(rule, {}) for rule in load_rules().values()])
    assert [d.rule for d in report.diagnostics] == []
    assert report.summary.files == 1
