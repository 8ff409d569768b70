"""Hive's files are SQL like any other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leaktight.files import LANGUAGES, language_of
from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.source import Language, Source

_SCRIPT = """
SET hive.exec.dynamic.partition.mode=nonstrict;
SET mapreduce.job.queuename=${queue};
ADD JAR hdfs:///libs/udfs-${version}.jar;
CREATE TEMPORARY FUNCTION clean AS 'com.example.hive.CleanUDF';
USE ${hiveconf:database};

INSERT OVERWRITE TABLE ${target_table} PARTITION (day = '${day}')
SELECT clean(country), SUM(views) FROM ${source_table}
WHERE day = '${day}' AND hour >= ${hiveconf:hour} GROUP BY clean(country);

INSERT OVERWRITE DIRECTORY '${directory}/day=${day}' USING CSV OPTIONS ('sep' = '\\t')
SELECT /*+ COALESCE(${files}) */ country FROM ${source_table} LATERAL VIEW explode(countries) c AS country;
"""


def view(text: str, path: str, dialect: str | None = None) -> FileView:
    return FileView(Source(path, text, Language.SQL), Project(), dialect=dialect)


def test_each_statement_of_a_script_is_read() -> None:
    (document,) = view(_SCRIPT, "hql/load.hql").sql
    assert document.dialect == "hive"
    assert document.dialect_is_named
    assert [statement.keyword.split()[0] for statement in document.statements] == [
        "SET", "SET", "ADD", "CREATE", "USE", "INSERT", "INSERT",
    ]  # fmt: skip
    assert all(statement.understood for statement in document.statements)


@pytest.mark.parametrize(
    ("text", "configured", "dialect"),
    [
        ("select a from t", None, "hive"),
        ("select a from t", "spark", "spark"),
        ("create table t (a int) using iceberg tblproperties ('x' = 'y')", None, "hive"),
        ("select a from t where qualify", None, "hive"),
        ("select a:b.c from t", None, "databricks"),
    ],
)
def test_the_dialect_of_a_file(text: str, configured: str | None, dialect: str) -> None:
    (document,) = view(text, "a.hql", configured).sql
    assert document.dialect == dialect


def test_a_write_names_the_variable_that_is_its_table() -> None:
    assert [write.written for write in view(_SCRIPT, "hql/load.hql").writes] == ["{target_table}"]


def test_the_files_of_the_hook_are_those_that_are_read() -> None:
    assert language_of("jobs/Load.hql") is Language.SQL
    assert language_of("orders.sql.sqlite") is Language.SQL
    assert language_of("orders.sql.orig") is None
    hook = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text()
    pattern = re.search(r"files: '(.*)'", hook)
    assert pattern is not None
    for suffix in LANGUAGES:
        assert re.search(pattern[1], f"a/b{suffix}")
