"""What the first pass keeps of a file is what a fresh reading of it says."""

from __future__ import annotations

import pytest

from leaktight.languages.sql import document as document_module
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.facts import file_facts
from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.operations.reading import Reading, Readings
from leaktight.source import Language, Source

MODEL = """{{ config(materialized='table') }}
select id, {% if wide %} note, {% endif %} total from {{ ref('orders') }} where id = 1
"""
SCRIPT = """create table a as select id from b;
create view v as select id from a;
select id from v;
select from;
begin; create procedure p() as begin select 1; end;
"""


def view(source: Source, reading: Reading | None = None) -> FileView:
    return FileView(source, Project(), dialect=None, reading=reading)


def said(document: SqlDocument) -> list[object]:
    return [
        document.text,
        document.dialect,
        document.region.variant,
        [(segment.file, segment.hole) for segment in document.region.map.segments],
        [(s.span, s.keyword, s.problem, s.control, s.routine, repr(s.tree)) for s in document.statements],
        [(token.start, token.end) for token in document.tokens],
    ]


def gathered(path: str, text: str, language: Language = Language.SQL) -> Reading:
    reading = Reading(Source(path, text, language))
    file_facts(reading.source, None, Project(), reading)
    return reading


@pytest.mark.parametrize(
    ("path", "text", "language"),
    [
        ("models/a.sql", MODEL, Language.SQL),
        ("a.sql", SCRIPT, Language.SQL),
        ("app.py", f"cursor.execute('''{SCRIPT}''')\ncursor.execute('''{SCRIPT}''')\n", Language.PYTHON),
    ],
)
def test_a_kept_file_reads_as_a_fresh_one(path: str, text: str, language: Language) -> None:
    reading = gathered(path, text, language)
    assert reading.size
    kept = view(reading.source, reading)
    assert [said(one) for one in kept.sql] == [said(one) for one in view(reading.source).sql]
    trees = [id(s.tree) for one in kept.sql for s in one.statements if s.tree is not None]
    assert len(trees) == len(set(trees))


def test_nothing_that_is_kept_is_cut_again(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = gathered("models/a.sql", MODEL)
    cut: list[str] = []
    tokenise = document_module.tokenise
    monkeypatch.setattr(document_module, "tokenise", lambda text, dialect: cut.append(text) or tokenise(text, dialect))
    assert len(view(reading.source, reading).sql) == 2
    assert cut == []
    assert len(view(reading.source, reading).sql) == 2
    assert len(cut) == 2


def test_what_was_not_asked_for_is_parsed_later() -> None:
    reading = gathered("a.sql", SCRIPT)
    (document,) = view(reading.source, reading).sql
    assert [statement.tree is not None for statement in document.statements[:4]] == [True, True, True, False]


def test_there_is_room_for_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leaktight.operations.reading._MOST_KEPT", 3 * len(SCRIPT))
    readings = Readings()
    for number in range(4):
        readings.keep(gathered(f"{number}.sql", SCRIPT))
    readings.keep(Reading(Source("empty.sql", "", Language.SQL)))
    assert list(readings.kept) == ["0.sql", "1.sql", "2.sql"]
    assert readings.take("3.sql") is None
    taken = readings.take("1.sql")
    assert taken is not None
    assert taken.source.path == "1.sql"
    assert readings.take("1.sql") is None
    assert readings.size == 2 * len(SCRIPT)
