"""One shop in the form of every source: the records are equal in all that a form can say, and say nothing of the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

import pytest
from forms import FORMS, Form
from reading import fixture, project
from shop import COLUMNS, Facts, facts_of, shop_facts

from leaktight.diagnostics import Location


def files_of(form: Form) -> dict[str, str]:
    return {path: text for path, text in fixture(form.folder).items() if path.startswith(form.only)}


def read(form: Form) -> Facts:
    found = {
        table.name.folded[-1]: table for table in project(files_of(form), form.dialect) if table.kind in form.kinds
    }
    assert found.keys() == COLUMNS.keys()
    return facts_of(found)


def matching(fact: str, patterns: Mapping[str, object]) -> str | None:
    return next((pattern for pattern in patterns if fnmatchcase(fact, pattern)), None)


def expected(form: Form) -> dict[str, object]:
    """Give the facts of the shop in the words of a form, without those that it cannot say."""
    facts: dict[str, object] = {}
    for fact, value in shop_facts().items():
        of = fact.rpartition(".")[2]
        own = matching(fact, form.says)
        if own is not None:
            value = form.says[own]
        elif matching(fact, form.cannot) is not None:
            value = _EMPTY.get(of)
        elif of == "type":
            value = form.types.get(str(value), value)
        elif of == "name":
            value = form.named.format(fact.partition(".")[0])
            value = value.upper() if form.named.startswith("APP") else value
        facts[fact] = value
    return facts


_EMPTY: dict[str, object] = {"primary": (), "unique": (), "foreign": (), "indexes": (), "complete": False}
"""What is said of a fact of which nothing is known, where that is not None."""


@pytest.mark.parametrize("name", FORMS)
def test_the_records_are_equal(name: str) -> None:
    form = FORMS[name]
    assert {fact: value for fact, (value, _) in read(form).items()} == expected(form)


@pytest.mark.parametrize("name", FORMS)
def test_what_a_form_cannot_say_is_a_fact_of_the_shop(name: str) -> None:
    facts = shop_facts()
    for pattern in FORMS[name].cannot:
        said = [value for fact, value in facts.items() if fnmatchcase(fact, pattern)]
        assert any(value not in (None, ()) for value in said), pattern


# Places

_WORDS = {
    "primary": "primary", "unique": "unique", "foreign": "references|foreign|relationship", "comment": "One row for each",
    "owner": "sales", "retention": "7", "role": "oltp", "statistics": "7|57344", "classification": "pii",
    "partitioning": "occurred_at", "clustering": "customer_id", "indexes": "index|orders_customer_created",
    "BIGINT": "big_?int|long|int64|integer|number", "TIMESTAMPTZ": "timestamp|datetime", "NUMERIC(12,2)": "12",
    "VARCHAR(255)": "255", "VARCHAR(20)": "20", "VARCHAR(40)": "40", "CHAR(2)": "2", "JSONB": "json|variant|super|string|text",
}  # fmt: skip


def _mark(form: Form, fact: str) -> str | None:
    own = matching(fact, form.marks)
    table, *_, of = fact.split(".")
    if own is not None:
        return form.marks[own]
    if form.within:
        return rf"\.{table}\": |\.(not_null|relationships)_{table}_"
    match of:
        case "name" | "columns":
            return f"{table}|{table[:-1]}|clients"
        case "type":
            return _WORDS[str(shop_facts()[fact])]
        case "nullable":
            return f"{fact.split('.')[1]}|null|required"
        case "default":
            return "now|current|date|open"
        case _:
            return _WORDS.get(of)


def _text_at(files: Mapping[str, str], place: Location) -> str:
    return files[place.path].splitlines()[place.start.line - 1]


@pytest.mark.parametrize("name", FORMS)
def test_each_fact_has_its_place(name: str) -> None:
    form = FORMS[name]
    files = files_of(form)
    wrong: dict[str, str] = {}
    for fact, (value, place) in read(form).items():
        if (value in (None, (), False) and not fact.endswith("nullable")) or value == "olap":
            continue  # nothing is said, or it follows from the kind of file alone
        mark = _mark(form, fact)
        text = _text_at(files, place) if place is not None else "no place"
        if mark is not None and re.search(mark, text, re.IGNORECASE) is None:
            wrong[fact] = text[:300]
    assert wrong == {}
