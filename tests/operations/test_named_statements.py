"""The statements of a document, and of the calls beside it, by the names of their tables."""

from __future__ import annotations

import gc
import weakref

import pytest

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.table import TableName
from leaktight.context import path_context
from leaktight.languages.sql.document import SqlDocument, parse_sql
from leaktight.operations.file import FileView
from leaktight.operations.named_statements import named_statements
from leaktight.operations.project import Project
from leaktight.operations.table_changes import declared_tables
from leaktight.source import Language, Region, Source

SCRIPT = """
create table shop.orders (a int);
create table audit.orders (a int);
create temp table picked (a int);
drop table if exists shop.orders, picked;
insert into shop.orders values (1);
delete from orders;
merge into orders using picked on true when not matched then insert values (1);
alter table orders add column b int;
"""


def document(text: str) -> SqlDocument:
    source = Source("a.sql", text, Language.SQL)
    return parse_sql(Region.whole(source), source, "postgres", Catalog(), path_context("a.sql"))


def hosted(*statements: str) -> list[SqlDocument]:
    """Give the documents of statements that one function runs, each in a call of its own."""
    lines = "".join(f'    cursor.execute("{statement}")\n' for statement in statements)
    source = Source("a.py", f"import psycopg2\n\n\ndef load(cursor):\n{lines}", Language.PYTHON)
    view = FileView(source, Project())
    return [one for call in view.calls for one in call.sql]


def name(text: str) -> TableName:
    return TableName(tuple(text.split(".")))


@pytest.mark.parametrize(
    ("asked", "made", "dropped", "filled", "altered"),
    [
        ("orders", 2, 1, 2, 1),
        ("shop.orders", 1, 1, 2, 1),
        ("Audit.ORDERS", 1, 0, 1, 1),
        ("picked", 1, 1, 0, 0),
        ("other", 0, 0, 0, 0),
    ],
)
def test_a_name_means_what_ends_alike(asked: str, made: int, dropped: int, filled: int, altered: int) -> None:
    named = named_statements(document(SCRIPT))
    found = (named.made(name(asked)), named.dropped(name(asked)), named.filled(name(asked)), named.altered(name(asked)))
    assert tuple(map(len, found)) == (made, dropped, filled, altered)


def test_places_are_those_of_names_and_statements_the_first_one_first() -> None:
    named = named_statements(document(SCRIPT))
    assert [SCRIPT[at : at + 6] for at in named.dropped(name("picked"))] == ["picked"]
    assert [SCRIPT[at : at + 6] for at in named.filled(name("shop.orders"))] == ["insert", "merge "]


def test_calls_of_a_function_are_told_apart() -> None:
    first, second, third = map(
        named_statements, hosted("create table s (a int)", "drop table if exists s", "insert into s values (1)")
    )
    s = name("s")
    assert [bool(one.made(s)) for one in (first, second, third)] == [True, False, False]
    assert [bool(list(one.made_above(s))) for one in (first, second, third)] == [False, True, True]
    assert [one.is_dropped_above(s) for one in (first, second, third)] == [False, False, True]
    assert [one.is_filled_below(s) for one in (first, second, third)] == [True, True, False]


def test_what_is_remembered_of_a_document_goes_with_it() -> None:
    one = document(SCRIPT)
    declared_tables(one)
    named_statements(one).made(name("orders"))
    gone = weakref.ref(one)
    del one
    gc.collect()
    assert gone() is None
