"""What a comment silences, and what it does not."""

from __future__ import annotations

import json

import pytest
from suppression_case import KNOWN, Checked

from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.source import Language, Source
from leaktight.suppressions import apply_suppressions

SILENCED = {
    "behind the line": "select * from t -- leaktight: ignore[select-star] a reason",
    "above the line": "-- leaktight: ignore[select-star]\nselect * from t",
    "above, with other comments between": "-- leaktight: ignore[select-star]\n-- all of it\n/* really\nall */\nselect * from t",
    "block comment": "select * /* leaktight: ignore[select-star] */ from t",
    "block comment before it": "/* leaktight: ignore[select-star] */ select * from t",
    "a line of a block": "/*\n   What it does.\n   leaktight: ignore[select-star] a reason\n*/\nselect * from t",
    "several names": "select * from t -- leaktight: ignore[missing-where, select-star]",
    "behind another comment": "select * from t -- noqa: L044 -- leaktight: ignore[select-star]",
    "above the statement": "-- leaktight: ignore[select-star]\nselect a, (\n  select * from u\n)\nfrom t",
    "behind the first line of the statement": "select a, ( -- leaktight: ignore[select-star]\n  select * from u\n)\nfrom t",
    "whole file": "select * from t;\n-- leaktight: ignore-file[select-star] a reason\nselect * from u;",
    "block": "-- leaktight: ignore-start[select-star]\nselect * from t;\nselect * from u;\n-- leaktight: ignore-end[select-star]",
    "template comment": "{# leaktight: ignore[select-star] a reason #}\nselect * from {{ ref('t') }}",
    "template comment that trims": "select * from {{ ref('t') }} {#- leaktight: ignore[select-star] -#}",
    "CRLF": "-- leaktight: ignore[select-star] a reason\r\nselect *\r\nfrom t\r\n",
    "wide characters": "select '😀 漢字', * from t -- 😀 -- leaktight: ignore[select-star] 漢字",
    "blanks": "select * from t --leaktight:ignore [ select-star ]",
    "in a statement that does not parse": "select * frm t from -- leaktight: ignore[select-star]",
}


@pytest.mark.parametrize("name", SILENCED)
def test_silenced(name: str) -> None:
    running = KNOWN - {"unused-suppression"}
    checked = Checked(SILENCED[name], running=running)
    assert checked.kept == []
    assert checked.count >= 1


LEFT = {
    "another rule": "select * from t -- leaktight: ignore[missing-where]",
    "another line": "select 1; -- leaktight: ignore[select-star]\nselect * from t",
    "two lines above": "-- leaktight: ignore[select-star]\n\nselect * from t",
    "below": "select * from t\n-- leaktight: ignore[select-star]",
    "in a string": "select *, '-- leaktight: ignore[select-star]' from t",
    "in prose": "select * from t -- as leaktight: ignore[select-star] would say",
    "bare": "select * from t -- leaktight: ignore",
    "no brackets closed": "select * from t -- leaktight: ignore[select-star",
    "a group": "select * from t -- leaktight: ignore[query]",
    "everything": "select * from t -- leaktight: ignore[all]",
    "behind the last line of the statement": "select *\nfrom t -- leaktight: ignore[select-star]",
    "before a block": "select * from t;\n-- leaktight: ignore-start[select-star]\n-- leaktight: ignore-end[select-star]",
}


@pytest.mark.parametrize("name", LEFT)
def test_left(name: str) -> None:
    checked = Checked(LEFT[name])
    assert checked.star_lines != []


PYTHON = '''import psycopg2


def load(connection):
    cursor = connection.cursor()
    {above}
    cursor.execute(
        """
        select a,  {inside}
            *
        from t
        """
    )  {behind}
'''


@pytest.mark.parametrize("place", ["above", "inside", "behind"])
def test_python(place: str) -> None:
    comments = dict.fromkeys(("above", "inside", "behind"), "")
    comments[place] = f"{'--' if place == 'inside' else '#'} leaktight: ignore[select-star] a reason"
    checked = Checked(PYTHON.format(**comments), Language.PYTHON)
    assert checked.kept == []
    assert checked.count == 1


def test_python_constant_is_silenced_where_its_call_stands() -> None:
    text = (
        'import psycopg2\nSQL = "select * from t"\n\n\ndef f(cursor):\n'
        "    cursor.execute(SQL)  # leaktight: ignore[select-star]\n"
    )
    assert Checked(text, Language.PYTHON).kept == []


def test_python_string_that_only_looks_like_a_comment() -> None:
    text = 'def f(cursor):\n    cursor.execute("select * from t where a = %s", ("# leaktight: ignore[select-star]",))\n'
    assert Checked(text, Language.PYTHON, running=frozenset({"select-star"})).star_lines == [2]


TYPESCRIPT = """import {{ Pool }} from "pg";
const pool = new Pool();
{above}
const rows = await pool.query(`
  select a,  {inside}
    *
  from t
`); {behind}
"""


@pytest.mark.parametrize("place", ["above", "inside", "behind"])
def test_typescript(place: str) -> None:
    comments = dict.fromkeys(("above", "inside", "behind"), "")
    comments[place] = f"{'--' if place == 'inside' else '//'} leaktight: ignore[select-star] a reason"
    checked = Checked(TYPESCRIPT.format(**comments), Language.TYPESCRIPT)
    assert checked.kept == []
    assert checked.count == 1


def notebook(*lines: str, one_line: bool = False) -> str:
    source: object = "\n".join(lines) if one_line else [line + "\n" for line in lines]
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


@pytest.mark.parametrize("one_line", [False, True])
def test_notebook_lines_are_those_of_its_cells(one_line: bool) -> None:
    lines = ("x = 2  # leaktight: ignore[select-star]", "y = 3 * x", "z = 4 * x  # leaktight: ignore[select-star]")
    checked = Checked(notebook(*lines, one_line=one_line), Language.NOTEBOOK, running=frozenset({"select-star"}))
    assert checked.count == 1
    assert len(checked.star_lines) == 1


def test_yaml_is_read_by_line() -> None:
    text = "a: '*'  # leaktight: ignore[select-star] a reason\nb: '*'\n"
    assert Checked(text, Language.YAML).star_lines == [2]


def test_a_file_that_cannot_be_read_is_searched_by_line() -> None:
    text = "select * from t -- leaktight: ignore[select-star]\nselect 'never closed\nselect * from u"
    checked = Checked(text)
    assert checked.star_lines == [3]
    assert checked.said == []


def test_without_the_word_nothing_is_parsed() -> None:
    source = Source("a.py", "x = 1", Language.PYTHON)
    view = FileView(source, Project())
    assert apply_suppressions(view, [], set(KNOWN), KNOWN) == ([], 0)
    assert "hosts" not in view.__dict__
