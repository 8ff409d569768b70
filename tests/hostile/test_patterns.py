"""Long runs of what a pattern repeats: a file is read in a time that grows with its length and no faster."""

from __future__ import annotations

import time

import pytest

from leaktight.catalog.conversions import rewrites
from leaktight.embedding.javascript.looks import has_clause
from leaktight.files import data_language
from leaktight.operations.ddl.marks import not_applied
from leaktight.operations.facts import file_facts
from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.operations.schema_changes import schema_changes
from leaktight.source import Language, Source

LINES = "\n" * 60_000
SECONDS = 6


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("external_models.yaml", "\n" * 60 + "x: {name: columns}\n"),
        ("a.odcs.yaml", f"a: DataContract\n{LINES}b: 1\n"),
        ("contract.yaml", f"a: dataContractSpecification\n{LINES}b: 1\n"),
        ("constraints.yaml", f"a: dynamodb\n{LINES}b: 1\n"),
        ("models/a.sql", f"-- model ( name\n{LINES}select 1\n"),
    ],
)
def test_sources_of_tables(path: str, text: str) -> None:
    language = data_language(path)
    assert language is not None
    start = time.process_time()
    file_facts(Source(path, text, language), None, Project())
    assert time.process_time() - start < SECONDS


def test_marks_of_migrations() -> None:
    start = time.process_time()
    assert not_applied("--" + " " * 5_000 + "x down\n", "postgres") == []
    assert not_applied("--" + " " * 5_000 + "migrate:down\ndrop table t;\n", "postgres") != []
    assert time.process_time() - start < SECONDS


def test_migrations_in_python() -> None:
    text = "# " + "alembic " * 50_000 + "\nfrom alembic import op\n"
    start = time.process_time()
    assert schema_changes(FileView(Source("a.py", text, Language.PYTHON), Project())) == []
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("run", [" ", "(", "( ", "() ", ") "])
def test_types(run: str) -> None:
    start = time.process_time()
    assert rewrites("postgres", f"X{run * 20_000}(", "INTEGER") is not False
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(("ending", "said"), [("select 1)", True), ("nothing)", False)])
def test_comments_in_a_query(ending: str, said: bool) -> None:
    start = time.process_time()
    assert has_clause(f"with a as ({'/* */' * 100} {ending}") is said
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"create table t{n} (a int);\ntruncate t{n};\n" for n in range(6_000)),
        "--liquibase formatted sql\n" + "".join(f"--changeset a:{n}\ndrop table t{n};\n" for n in range(8_000)),
        "alter type a rename to b;\n" * 8_000,
    ],
    ids=["tables", "changesets", "types"],
)
def test_long_migrations(text: str) -> None:
    view = FileView(Source("db/migration/V1__a.sql", text, Language.SQL), Project())
    start = time.process_time()
    assert schema_changes(view) or "rename" in text
    assert time.process_time() - start < 4
