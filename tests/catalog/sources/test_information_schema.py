"""Dumps of `information_schema`, of each engine that is known by its own columns."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from reading import alone, column, declared, fixture, keys

from leaktight.catalog.declaration import Origin
from leaktight.catalog.table import Table
from leaktight.discovery import FileEntry
from leaktight.source import Language

SHOP = fixture("information_schema")


def shop(file: str) -> dict[str, Table]:
    found = declared(file, SHOP[file])
    assert {item.origin for item in found.values()} == {Origin.SNAPSHOT}
    return {item.table.name.folded[-1]: item.table for item in found.values()}


@pytest.mark.parametrize("file", sorted(SHOP))
def test_the_columns_show_which_engine_it_is_of(file: str) -> None:
    engine = file.partition(".")[0].partition("_")[0]
    for table in shop(file).values():
        assert (table.dialect, table.complete, table.kind) == (engine, True, "table")


def test_mysql_marks_keys_at_their_columns() -> None:
    rows = json.loads(SHOP["mysql.json"])["COLUMNS"]
    found = declared("dump.json", json.dumps(rows))
    assert keys(found["shop.customers"].table) == {("primary", ("customer_id",), ""), ("unique", ("email",), "")}
    assert keys(found["shop.orders"].table) == {("primary", ("order_id",), "")}
    assert keys(found["shop.events"].table) == {("primary", ("event_id", "occurred_at"), "")}


def test_options_of_bigquery() -> None:
    dump = json.loads(SHOP["bigquery.json"])
    option = {**dump["table_options"][0], "table_name": "events", "option_name": "partition_expiration_days"}
    dump["table_options"].append({**option, "option_type": "FLOAT64", "option_value": "2557.0"})
    text = json.dumps(dump, indent=1)
    events = declared("dump.json", text)["app.shop.events"].table
    assert events.retention == "2557 days"
    place = events.place_of("retention")
    assert place is not None
    assert text[place.span.start : place.span.end] == "partition_expiration_days"
    assert events.partitioning is not None
    assert events.partitioning.required is True
    assert shop("bigquery.json")["events"].retention is None


@pytest.mark.parametrize(
    ("file", "row", "written", "said"),
    [
        (
            "snowflake.csv",
            "EVENTS,KIND,3,,NO,TEXT,40,,,NO,,,",
            '"One value, or ""several"""',
            'One value, or "several"',
        ),
        (
            "databricks.csv",
            "events,kind,2,,NO,varchar(40),STRING,,,,",
            '"The kind, in lower case"',
            "The kind, in lower case",
        ),
    ],
)
def test_comments_of_columns(file: str, row: str, written: str, said: str) -> None:
    assert row in SHOP[file]
    found = declared(file, SHOP[file].replace(row, row + written))
    (events,) = [one.table for name, one in found.items() if name.lower().endswith("events")]
    assert column(events, "kind").comment == said


@pytest.mark.parametrize(
    ("said", "default"),
    [
        ({"COLUMN_DEFAULT": "open"}, "'open'"),
        ({"COLUMN_DEFAULT": "'open'"}, "'open'"),
        ({"COLUMN_DEFAULT": "it's"}, "'it''s'"),
        ({"COLUMN_DEFAULT": "NULL"}, None),
        ({"COLUMN_DEFAULT": "uuid()"}, "uuid()"),
        ({"COLUMN_DEFAULT": "current_user", "EXTRA": "DEFAULT_GENERATED"}, "current_user"),
        ({"COLUMN_DEFAULT": "3", "DATA_TYPE": "int", "COLUMN_TYPE": "int"}, "3"),
    ],
)
def test_the_default_of_a_text_in_mysql(said: dict[str, str], default: str | None) -> None:
    row = {**json.loads(SHOP["mysql.json"])["COLUMNS"][6], **said}
    assert column(declared("dump.json", json.dumps([row]))["shop.orders"].table, "status").default == default


def test_each_fact_has_its_place() -> None:
    table = shop("snowflake.csv")["orders"]
    place = column(table, "total").location
    assert place is not None
    assert SHOP["snowflake.csv"][place.span.start : place.span.end] == "TOTAL"
    assert place.start.line == 9
    place = column(shop("postgres.json")["events"], "kind").location
    assert place is not None
    assert (SHOP["postgres.json"][place.span.start : place.span.end], place.start.line) == ("kind", 14)


ROW = {"table_name": "t", "column_name": "a", "data_type": "int", "ordinal_position": 1, "is_nullable": "NO"}


@pytest.mark.parametrize(
    ("facts_of_row", "type_"),
    [
        ({"data_type": "ARRAY", "udt_name": "_int4"}, "INTEGER[]"),
        ({"data_type": "USER-DEFINED", "udt_name": "mood"}, "MOOD"),
        ({"data_type": "nvarchar", "character_maximum_length": -1}, "NVARCHAR(MAX)"),
        ({"data_type": "nvarchar", "character_maximum_length": "40"}, "NVARCHAR(40)"),
        ({"data_type": "text", "character_maximum_length": 65535}, "TEXT"),
        ({"data_type": "integer", "numeric_precision": 32, "numeric_scale": 0}, "INTEGER"),
        ({"data_type": "decimal", "numeric_precision": 9.0, "numeric_scale": None}, "DECIMAL(9)"),
        ({"data_type": "STRUCT<a INT64, b ARRAY<STRING>>"}, "STRUCT<A INT64, B ARRAY<STRING>>"),
        ({"data_type": "VARCHAR2", "data_length": 20, "data_precision": None}, "VARCHAR2(20)"),
        ({"data_type": "NUMBER", "data_length": 22, "data_precision": 12, "data_scale": 2}, "NUMBER(12, 2)"),
    ],
)
def test_types(facts_of_row: dict[str, object], type_: str) -> None:
    found = declared("dump.json", json.dumps([{**ROW, **facts_of_row}]))
    assert column(found["t"].table, "a").type == type_


@pytest.mark.parametrize(
    ("row", "generated"),
    [
        ({"column_default": "nextval('t_a_seq'::regclass)"}, True),
        ({"is_identity": "YES"}, True),
        ({"extra": "auto_increment"}, True),
        ({"extra": "DEFAULT_GENERATED on update CURRENT_TIMESTAMP"}, False),
        ({"is_generated": "ALWAYS"}, True),
        ({"column_default": "0"}, False),
    ],
)
def test_what_the_engine_fills(row: dict[str, object], generated: bool) -> None:
    found = declared("dump.json", json.dumps([{**ROW, **row}]))
    assert column(found["t"].table, "a").generated is generated


@pytest.mark.parametrize(
    ("positions", "extra", "complete"),
    [
        ([1, 2, 3], {}, True),
        ([0, 1, 2], {}, True),
        ([1, 3, 4], {}, False),
        ([1, 3, 4], {"udt_name": "int4"}, True),
        ([2, 3, 4], {"udt_name": "int4"}, False),
        ([None, None, None], {}, False),
    ],
)
def test_a_table_is_complete_if_its_positions_say_so(
    positions: list[int | None], extra: dict[str, object], complete: bool
) -> None:
    rows = [{**ROW, **extra, "column_name": f"c{n}", "ordinal_position": at} for n, at in enumerate(positions)]
    assert declared("dump.json", json.dumps(rows))["t"].table.complete is complete


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("rows.json", '[{"table_name": "t", "column_name": "a", "error": "columns are wrong"}]'),
        ("rows.json", '{"metadata": {"table_name": 1}, "columns": [{"table_name": "t", "column_name": "a", "data_type": "x"}]}'),
        ("rows.json", '{"name": "x", "rows": [{"table_name": "t", "column_name": "a", "data_type": "x"}]}'),
        ("rows.json", '// table_name, columns\n{"a": 1,}'),
        ("rows.json", '"table_name" "columns"'),
        ("rows.json", '{"table_name": "columns", broken'),
        ("rows.csv", "table_name,column_name,check\nt,a,failed\n"),
        ("rows.csv", "check,what\ntable_name,column_name\n"),
    ],
)  # fmt: skip
def test_what_is_no_dump_declares_nothing(path: str, text: str) -> None:
    found = alone(path, text)
    assert (found.declarations, found.unread) == ((), None)


def test_its_near_twins_do() -> None:
    assert declared(
        "rows.json", '{"version": 1, "columns": [{"table_name": "t", "column_name": "a", "data_type": "x"}]}'
    )
    assert declared("rows.csv", "table_name;column_name;data_type\nt;a;int\n")
    assert declared("rows.csv", "table_name,column_name,data_type\rt,a,int\r")
    assert declared("rows.json", '[{"table_name": "t", "columns": [{"column_name": "a", "data_type": "int"}]}]')


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("dump.json", json.dumps([ROW]) + "x", None),
        ("dump.json", json.dumps([ROW])[:-1], 1),
        ("dump.json", f'[{json.dumps(ROW)},\n {{"table_name": t}}]', 2),
        ("dump.json", f"{json.dumps(ROW)}\n{json.dumps(ROW)}\nand so on", 3),
        ("dump.json", f'{{"columns": [{json.dumps(ROW)}],\n"tables" []}}', 2),
        ("dump.json", f'{{"columns": [{json.dumps(ROW)}, \n' + "[" * 100_000, 2),
        ("dump.csv", "table_name,column_name,data_type\nt,a,int\nt,b," + "x" * 200_000, 3),
    ],
)
def test_a_broken_dump_says_where(path: str, text: str, line: int | None) -> None:
    unread = alone(path, text).unread
    if line is None:
        assert unread is None  # all rows are there, whatever stands behind them
        return
    assert unread is not None
    assert unread.location is not None
    assert unread.location.start.line == line
    assert unread.reason.startswith(("not valid", "the JSON nests"))


def test_hostile_dumps_end() -> None:
    start = time.process_time()
    long = json.dumps([{**ROW, "column_name": "a" * 10_000_000}])
    many = "".join(json.dumps({**ROW, "column_name": f"c{n}", "ordinal_position": n + 1}) + "\n" for n in range(20_000))
    alone("dump.json", long)
    alone("dump.csv", "table_name,column_name,data_type\n" + "t,a,int\n" * 50_000)
    alone("dump.json", '{"columns": [' + '{"table_name": "columns"}, ' * 50_000)
    alone("dump.json", json.dumps([{**ROW, "ordinal_position": "9" * 5000, "character_maximum_length": 1e308}]))
    assert len(declared("dump.json", many)["t"].table.columns) == 20_000
    assert time.process_time() - start < 15


@pytest.mark.parametrize(
    ("header", "whole"), [("TABLE_NAME,column_name,data_type", True), ("name,column_name,data_type", False)]
)
def test_a_long_csv_file_is_read_whole_if_it_is_a_dump(tmp_path: Path, header: str, whole: bool) -> None:
    path = tmp_path / "columns.csv"
    path.write_text(header + "\n" + "t,a,int\n" * 60_000)
    read = FileEntry("columns.csv", str(path), Language.CSV).read()
    assert (len(read) == path.stat().st_size) is whole


@pytest.mark.parametrize("above", ["table_schema", "schema_name", "owner"])
def test_keys_and_indexes_are_of_the_table_whatever_names_its_schema(above: str) -> None:
    where = {above: "shop", "table_name": "orders"}
    dump = {
        "columns": [{**where, "column_name": "id", "data_type": "bigint", "ordinal_position": 1}],
        "key_column_usage": [{**where, "constraint_name": "PRIMARY", "column_name": "id", "ordinal_position": 1}],
        "statistics": [{**where, "index_name": "i", "column_name": "id", "seq_in_index": 1, "non_unique": 1}],
    }
    (found,) = declared("dump.json", json.dumps(dump)).values()
    assert [key.columns for key in found.table.keys] == [("id",)]
    assert [(index.name, index.columns) for index in found.table.indexes] == [("i", ("id",))]


HEAD = "dialect\ttable_schema\ttable_name\tcolumn_name\tordinal_position\tcolumn_type\tcolumn_comment\n"


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ('size, in "', 'size, in "'),
        ('"a" or "b', '"a" or "b'),
        ('"a ""b"""', 'a "b"'),
        ('"', '"'),
        (r"two\nlines, a\ttab and \\n", "two\nlines, a\ttab and \\n"),
        ("NULL", None),
    ],
)
def test_a_quote_among_tabs_swallows_no_row(comment: str, said: str | None) -> None:
    rows = [f"mysql\tshop\torders\tc{n}\t{n}\tint\t{comment}\n" for n in (1, 2, 3)]
    (found,) = declared("dump.csv", HEAD + "".join(rows)).values()
    assert [column.comment for column in found.table.columns.values()] == [said] * 3
    assert [c.location.start.line for c in found.table.columns.values() if c.location is not None] == [2, 3, 4]


def test_quoted_cells_may_hold_tabs_and_lines() -> None:
    row = 'mysql\tshop\torders\tc{0}\t{0}\tint\t"a\tb\nc"\n'
    (found,) = declared("dump.csv", HEAD + row.format(1) + row.format(2)).values()
    assert [column.comment for column in found.table.columns.values()] == ["a\tb\nc"] * 2
