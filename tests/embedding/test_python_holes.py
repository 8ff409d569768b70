"""What stands in for what is only known at run time, where it may be edited, and that it parses."""

from __future__ import annotations

import pytest
import sqlglot

from leaktight.embedding.call import SqlCall
from leaktight.embedding.python import embed
from leaktight.languages.python import parse_python
from leaktight.source import HoleKind, Language, Region, Source
from leaktight.text import Span


def only_call(text: str, files: dict[str, str] | None = None, path: str = "jobs/load.py") -> SqlCall:
    source = Source(path, text, Language.PYTHON)
    region = Region.whole(source)
    (call,) = embed(parse_python(region, source), region, None if files is None else files.get).calls
    return call


def holes_of(call: SqlCall) -> list[tuple[str, str]]:
    return [
        (segment.hole.value, call.region.text[segment.region.start : segment.region.end])
        for segment in call.region.map.segments
        if segment.hole in (HoleKind.VALUE, HoleKind.IDENTIFIER)
    ]


NAME, VALUE = "identifier", "value"
PLACES = [
    ("SELECT {x} FROM t", [(NAME, "hole_1")]),
    ("SELECT a, {x} FROM t", [(NAME, "hole_1")]),
    ("SELECT {x}.a FROM t AS {x}", [(NAME, "hole_1"), (NAME, "hole_1")]),
    ("SELECT COUNT({x}) FROM t", [(NAME, "hole_1")]),
    ("SELECT a FROM {x}", [(NAME, "hole_1")]),
    ("SELECT a FROM {x}.{y}.t_{z}", [(NAME, "hole_1"), (NAME, "hole_2"), (NAME, "hole_3")]),
    ("SELECT a FROM `{x}.t`", [(NAME, "hole_1")]),
    ("SELECT a FROM t JOIN {x} AS u ON t.a = u.a", [(NAME, "hole_1")]),
    ("SELECT a FROM t WHERE {x}", [(NAME, "hole_1")]),
    ("SELECT a FROM t WHERE {x} = 1 AND {y}", [(NAME, "hole_1"), (NAME, "hole_2")]),
    ("SELECT a FROM t WHERE b = {x}", [(VALUE, "?")]),
    ("SELECT a FROM t WHERE b > {x}::date", [(VALUE, "? ")]),
    ("SELECT a FROM t WHERE b = '{x}'", [(VALUE, "hole_1")]),
    ("SELECT a FROM t WHERE b = DATE {x}", [(VALUE, "'hole_1'")]),
    ("SELECT a FROM t WHERE b IN {x}", [(VALUE, "?")]),
    ("SELECT a FROM t WHERE b IN ({x})", [(VALUE, "?")]),
    ("SELECT a FROM t WHERE b BETWEEN {x} AND {y}", [(VALUE, "?"), (NAME, "hole_2")]),
    ("SELECT a FROM t {x}", [(VALUE, " ")]),
    ("SELECT a FROM t WHERE b = 1 {x} ORDER BY a", [(VALUE, " ")]),
    ("SELECT a FROM t{where}", [(VALUE, " ")]),
    ("SELECT a FROM t_{where}", [(NAME, "hole_1")]),
    ("SELECT a FROM t{suffix}", [(NAME, "hole_1")]),
    ("SELECT a FROM t ORDER BY {x} LIMIT {y}", [(NAME, "hole_1"), (VALUE, "?")]),
    ("SELECT a FROM ({x}) AS q", [(NAME, "hole_1")]),
    ("WITH {x} SELECT a FROM q", [(VALUE, "hole_1 as (select 1) ")]),
    ("WITH {x} AS (SELECT 1) SELECT a FROM {x}", [(NAME, "hole_1"), (NAME, "hole_1")]),
    ("WITH q AS ({x}) SELECT a FROM q", [(VALUE, "select 1 as hole_1 ")]),
    ("CREATE TABLE t AS {x}", [(VALUE, "select 1 as hole_1 ")]),
    ("INSERT INTO t {x}", [(VALUE, " select 1 as hole_1 ")]),
    ("INSERT INTO t ({x}) VALUES ({y}, {z})", [(NAME, "hole_1"), (VALUE, "?"), (VALUE, "?")]),
    ("INSERT INTO t VALUES {x}", [(VALUE, "?")]),
    ("UPDATE {x} SET a = {y}", [(NAME, "hole_1"), (VALUE, "?")]),
    ("UPDATE t SET {x} WHERE a = 1", [(NAME, "hole_1")]),
    ("DELETE FROM t WHERE a = {x} -- about {y}", [(VALUE, "?"), (VALUE, "hole_2")]),
    ("SELECT CAST(a AS {x}) FROM t", [(NAME, "int")]),
    ("SELECT a FROM t UNION ALL {x}", [(VALUE, "select 1 as hole_1 ")]),
    ("SELECT a FROM t WHERE b = %s LIMIT %s OFFSET %(n)s", [(VALUE, "?"), (VALUE, "?"), (VALUE, "?")]),
    ("SELECT strftime('%s', a) FROM t", []),
    ("SELECT 'it''s {x}', {y} FROM t", [(VALUE, "hole_1"), (NAME, "hole_2")]),
]


@pytest.mark.parametrize(("sql", "holes"), PLACES, ids=[place[0] for place in PLACES])
def test_the_place_decides(sql: str, holes: list[tuple[str, str]]) -> None:
    call = only_call(f'cur.execute(f"{sql}")' if "{" in sql else f'cur.execute("{sql}")')
    assert holes_of(call) == holes
    assert call.region.templated is bool(holes)
    sqlglot.parse_one(call.region.text, read="bigquery" if "`" in sql else "postgres")


DIALECTS = [
    "bigquery",
    "postgres",
    "mysql",
    "snowflake",
    "duckdb",
    "tsql",
    "sqlite",
    "spark",
    "redshift",
    "trino",
    "oracle",
]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_values_parse_in_every_dialect(dialect: str) -> None:
    call = only_call(
        'cur.execute(f"SELECT a, SUM(b) FROM {t} WHERE c = %s AND d IN (%s) AND e > %(e)s GROUP BY a LIMIT %s")'
    )
    assert call.region.text == ("SELECT a, SUM(b) FROM hole_1 WHERE c = ? AND d IN (?) AND e > ? GROUP BY a LIMIT ?")
    sqlglot.parse_one(call.region.text, read=dialect)


def test_an_fstring_that_eats_jinja_stays_eaten() -> None:
    call = only_call("cur.execute(f\"SELECT a FROM t WHERE d = '{{ ds }}' AND e = {{{{ x }}}}\")")
    assert call.region.text == "SELECT a FROM t WHERE d = '{ ds }' AND e = {{ x }}"


def test_escapes_are_known_text_and_no_place_to_edit() -> None:
    call = only_call("cur.execute('SELECT a\\nFROM t WHERE b = \\'x\\' AND c = \"\\u00e4\"')")
    assert call.region.text == "SELECT a\nFROM t WHERE b = 'x' AND c = \"ä\""
    assert not call.region.templated
    source_map = call.region.map
    at = call.region.text.index("FROM")
    assert source_map.editable(Span(at, at + 4), "JOIN")
    assert not source_map.editable(Span(at - 1, at + 4), " JOIN")


@pytest.mark.parametrize(
    ("literal", "content", "allowed"),
    [
        ('"SELECT a FROM t"', "'b'", True),
        ('"SELECT a FROM t"', '"b"', False),
        ('"SELECT a FROM t"', "a,\nb", False),
        ('"""SELECT a FROM t"""', "a,\nb", True),
        ('"SELECT a FROM t"', "a\\b", False),
        ('"SELECT a FROM t"', "{b}", True),
        ('f"SELECT a FROM {t}"', "{b}", False),
        ('"SELECT a FROM {}".format(t)', "{b}", False),
        ('"SELECT a FROM %s" % t', "a % b", False),
        ('"SELECT a FROM t WHERE b = %s"', "a % b", False),
        ('"SELECT a FROM t"', "a % b", True),
    ],
)
def test_what_a_fix_may_write(literal: str, content: str, allowed: bool) -> None:
    call = only_call(f"cur.execute({literal})")
    assert call.region.map.editable(Span(7, 8), content) is allowed


def test_two_literals_side_by_side_are_two_places() -> None:
    call = only_call("cur.execute('SELECT a ' 'FROM t')")
    assert call.region.text == "SELECT a FROM t"
    assert not call.region.map.editable(Span(7, 13), "b FROM")
    assert call.region.map.to_file(Span(9, 13)) == Span(25, 29)


def test_a_short_constant_is_shown_where_it_is_used() -> None:
    text = 'TABLE = "orders"\ncur.execute(f"SELECT a FROM {TABLE}")\n'
    call = only_call(text)
    assert call.region.text == "SELECT a FROM orders"
    place = call.region.map.to_file(Span(14, 20))
    assert text[place.start : place.end] == "{TABLE}"
    assert not call.region.map.editable(Span(14, 20), "x")


def test_a_long_constant_keeps_its_places_but_not_for_edits() -> None:
    text = 'WHERE = "WHERE b = 1"\ncur.execute("SELECT a FROM t " + WHERE)\n'
    call = only_call(text)
    at = call.region.text.index("b = 1")
    place = call.region.map.to_file(Span(at, at + 1))
    assert text[place.start : place.end] == "b"
    assert place.start < text.index("cur")
    assert not call.region.map.editable(Span(at, at + 1), "c")


def test_a_parameter_with_a_default_is_not_known() -> None:
    call = only_call('def f(schema="public"):\n    cur.execute(f"SELECT a FROM {schema}.t")\n')
    assert call.region.text == "SELECT a FROM hole_1.t"


def test_numbers_are_not_joined_to_text() -> None:
    call = only_call("def f(year):\n    y = int(year) + 1\n    cur.execute(f\"SELECT a FROM t WHERE b = '{y}'\")\n")
    assert call.region.text == "SELECT a FROM t WHERE b = 'hole_1'"


def test_an_imported_constant_is_read_from_its_file() -> None:
    files = {"jobs/names.py": 'TABLE = "orders"\nTWICE = "a"\nTWICE = "b"\n', "lib/sql.py": 'WHERE = "b = 1"'}
    text = "from .names import TABLE, TWICE\nfrom lib.sql import WHERE\n"
    call = only_call(text + 'cur.execute(f"SELECT a FROM {TABLE} WHERE {WHERE} OR {TWICE}")\n', files)
    assert call.region.text == "SELECT a FROM orders WHERE b = 1 OR hole_1"
    assert "hole_2" in only_call(text + 'cur.execute(f"SELECT a FROM {TABLE} WHERE b = {TWICE}.{TABLE}")\n').region.text


def test_crlf_and_wide_characters_keep_places() -> None:
    text = 'é = "𝄞"\r\ncur.execute("""SELECT a\r\n  FROM tëst""")\r\n'
    call = only_call(text)
    at = call.region.text.index("tëst")
    place = call.region.map.to_file(Span(at, at + 4))
    assert text[place.start : place.end] == "tëst"
