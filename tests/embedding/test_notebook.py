"""Cells of `.ipynb` files and of Databricks source files."""

from __future__ import annotations

import json
import textwrap

import pytest

from leaktight.embedding.notebook import read_databricks, read_notebook
from leaktight.embedding.python import embed
from leaktight.languages.python import parse_python
from leaktight.source import Language, NotAnalysable, Region, Source
from leaktight.text import Span


def notebook(*cells: str | list[str], indent: int | None = 1, language: str = "python") -> Source:
    content = {
        "cells": [
            {"cell_type": "markdown", "source": "%%sql\nselect no from md"},
            *({"cell_type": "code", "metadata": {"source": "x"}, "outputs": [], "source": cell} for cell in cells),
        ],
        "metadata": {"language_info": {"name": language}},
        "nbformat": 4,
    }
    return Source("a.ipynb", json.dumps(content, indent=indent), Language.NOTEBOOK)


def lines(text: str) -> list[str]:
    return textwrap.dedent(text).strip("\n").splitlines(keepends=True)


def python_of(regions: tuple[Region, ...]) -> Region:
    (region,) = [region for region in regions if region.language is Language.PYTHON]
    return region


def place_of(region: Region, word: str, source: Source) -> str:
    at = region.text.index(word)
    span = region.map.to_file(Span(at, at + len(word)))
    return source.text[span.start : span.end]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("split", [True, False])
def test_a_sql_cell(indent: int | None, split: bool) -> None:
    text = '%%sql postgresql://x\nselect "a"\nfrom tëst -- ü'
    source = notebook(lines(text) if split else text, indent=indent)
    (region,) = read_notebook(source).regions
    assert (region.text, region.language, region.cell) == ('select "a"\nfrom tëst -- ü', Language.SQL, 2)
    assert place_of(region, "select", source) == "select"
    assert place_of(region, "from", source) == "from"
    at = region.text.index("from")
    assert region.map.editable(Span(at, at + 4), "join")
    assert not region.map.editable(Span(at, at + 4), '"x"')
    assert not region.map.editable(Span(at - 1, at + 4), "x")


@pytest.mark.parametrize(
    ("cell", "sql", "dialect"),
    [
        ("%%sql\n\nselect a from t", "\nselect a from t", None),
        ("\n%%sql select a\nfrom t", "select a\nfrom t", None),
        ("%%bigquery df --project p\nselect a from t", "select a from t", "bigquery"),
        ("%sql\nselect a from t", "select a from t", None),
        ("#@title Orders\n%%bigquery --project p\nselect 007 from t", "select 007 from t", "bigquery"),
        ("# a comment\n\n%%sql\n-- said\nselect a from t", "-- said\nselect a from t", None),
        ("%%sql\nselect a from {table}", "select a from hole_table", None),
        ("x = %sql select a from t\ny = 1", "select a from t\n", None),
        ("%sql select a from t", "select a from t", None),
    ],
)
def test_forms_of_sql_cells(cell: str, sql: str, dialect: str | None) -> None:
    found = read_notebook(notebook(cell)).regions
    assert [(r.text, r.dialect) for r in found if r.language is Language.SQL] == [(sql, dialect)]


def test_python_cells_know_those_before_them() -> None:
    source = notebook(
        lines("import pandas as pd\nTABLE = 'orders'\n"),
        lines('%matplotlib inline\n!pip install x\nq = f"""\n  %d select\n"""\nfiles = !ls\n'),
        lines('%%time\npd.read_sql(f"select a\\nfrom {TABLE}", conn)'),
        lines("%%bash\nrm -rf x"),
    )
    found = read_notebook(source)
    region = python_of(found.regions)
    document = parse_python(region, source)
    (call,) = [call for call in embed(document, region).calls if call.sink]
    assert call.region.text == "select a\nfrom orders"
    assert place_of(call.region, "from", source) == "from"
    assert found.placed(call.region).cell == 4
    assert document.qualified_name(document.tree.body[-1].value.func) == "pandas.read_sql"
    assert "rm -rf" not in region.text
    assert "%d select" in region.text
    assert found.skipped == ()


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("x = (10\n % 3)", "x = (10\n % 3)"),
        ("x = (10\n % 3)\n!ls", None),
        ("%time", "pass"),
        ("%time run(1)", "run(1)"),
        ("if a:\n    %timeit -n 10 -r3 run(1)", "if a:\n    run(1)"),
        ("%prun -s cumulative -q run(1)", "run(1)"),
        ("%time !ls", "pass"),
        ("%time %run a.py", "pass"),
        ("%timeit -", "pass"),
        ("%timer run(1)", "pass"),
        ("%time run(\n", "pass"),
        ("x = %time run(1)", "x = None"),
        ("!ls\n%time run(1)", "pass\nrun(1)"),
        ("run?\nx = 1", "pass\nx = 1"),
    ],
)
def test_only_what_is_no_python_is_masked(cell: str, python: str | None) -> None:
    source = notebook(lines(cell))
    found = read_notebook(source)
    texts = [region.text.rstrip("\n") for region in found.regions]
    assert texts == ([python] if python is not None else [])
    assert len(found.skipped) == (python is None)
    if python is not None and "run(1)" in python:
        assert place_of(found.regions[0], "run(1)", source) == "run(1)"


def test_a_broken_cell_costs_itself() -> None:
    source = notebook("x = 1", "a = 1\nfor a in b:", "y = 'SELECT a FROM t'")
    found = read_notebook(source)
    assert [(cell.number, cell.reason.split(":")[0]) for cell in found.skipped] == [(3, "syntax error")]
    assert [source.text[cell.span.start : cell.span.end] for cell in found.skipped] == ["for a in b:"]
    assert python_of(found.regions).text == "x = 1\ny = 'SELECT a FROM t'\n"


def test_other_languages_have_their_sql_alone() -> None:
    found = read_notebook(notebook("x <- 1", "%%sql\nselect a from t", language="R"))
    assert [region.language for region in found.regions] == [Language.SQL]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"cells": 3}', '{"nbformat": 4}', "[" * 100_000, '{"cells": [', "\ud800", "NaN"],
)
def test_what_is_no_notebook_says_so(text: str) -> None:
    with pytest.raises(NotAnalysable):
        read_notebook(Source("a.ipynb", text, Language.NOTEBOOK))


@pytest.mark.parametrize(
    "text",
    [
        '{"cells": [1, null, {"source": 3}, {"cell_type": "code"}, {"cell_type": "code", "source": []}]}',
        '{"cells": [{"cell_type": "code", "source": ["\\ud83d\\ude00 = 1", null]}], "metadata": 1}',
        '{"cells": [{"cell_type": "code", "source": "\\ud800"}]}',
        '{"cells": [], "cells": []}',
        '{"a": {"cells": [{"cell_type": "code", "source": "%%sql\\nselect a from t"}]}, "cells": []}',
    ],
)
def test_odd_notebooks_are_survived(text: str) -> None:
    assert read_notebook(Source("a.ipynb", text, Language.NOTEBOOK)).regions == ()


DATABRICKS = """\
# Databricks notebook source
x = 1

# COMMAND ----------

# MAGIC %sql
# MAGIC select a
# MAGIC
# MAGIC from t

# COMMAND ----------

# MAGIC %md
# MAGIC select no from md

# COMMAND ----------

# MAGIC %sql select b from u
"""


def test_databricks_python_file() -> None:
    source = Source("a.py", DATABRICKS, Language.PYTHON)
    found = read_databricks(source)
    assert found is not None
    assert [(r.language, r.text.strip(), r.cell) for r in found.regions] == [
        (Language.SQL, "select a\n\nfrom t", 2),
        (Language.SQL, "select b from u", 4),
    ]
    assert place_of(found.regions[0], "from", source) == "from"
    assert place_of(found.regions[1], "select b", source) == "select b"
    assert found.cell_at(DATABRICKS.index("x = 1")) == 1
    assert not found.regions[0].map.editable(Span(7, 8), "a,\nb")
    assert found.regions[0].map.editable(Span(7, 8), '"b"')


def test_databricks_sql_file() -> None:
    text = (
        "-- Databricks notebook source\nselect a from t;\n\n-- COMMAND ----------\n\n"
        "-- MAGIC %python\n-- MAGIC for t in ts:\n-- MAGIC     spark.sql(f'select b from {t}')\n"
    )
    source = Source("a.sql", text, Language.SQL)
    found = read_databricks(source)
    assert found is not None
    region = python_of(found.regions)
    (call,) = embed(parse_python(region, source), region).calls
    assert call.region.text == "select b from hole_1"
    assert place_of(call.region, "select b", source) == "select b"
    assert call.loop is not None
    assert found.placed(region).cell == 2


def test_other_files_are_no_databricks_notebooks() -> None:
    assert read_databricks(Source("a.py", "x = 1\n# COMMAND ----------\n", Language.PYTHON)) is None
