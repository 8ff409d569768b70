"""Edge cases of `append-write`."""

from __future__ import annotations

import json

import pytest

from leaktight.diagnostics import Diagnostic
from leaktight.testing import run
from leaktight_rules.rerun.append_write import AppendWrite


def found(code: str, path: str = "jobs/load.py") -> list[Diagnostic]:
    return list(run(AppendWrite(), {path: code}, reported=path).diagnostics)


def test_a_default_is_said_to_be_one() -> None:
    (diagnostic,) = found('client.load_table_from_uri(uri, "d.t")\n')
    assert "unless told otherwise" in diagnostic.message
    (diagnostic,) = found('df.to_sql("t", conn, if_exists="append")\n')
    assert "unless" not in diagnostic.message


@pytest.mark.parametrize("path", ["tests/test_load.py", "migrations/0001_load.py", "seeds/load.py"])
def test_silent_by_path(path: str) -> None:
    assert found('df.to_sql("t", conn, if_exists="append")\n', path) == []


@pytest.mark.parametrize("table", ["load_log", "audit", "price_history", "loadLog", "price-history", "audit.orphans"])
def test_tables_that_are_meant_to_grow(table: str) -> None:
    assert found(f'df.to_sql("{table}", conn, if_exists="append")\n') == []


@pytest.mark.parametrize("table", ["catalog", "blogs", "price_historical"])
def test_other_tables_are_not(table: str) -> None:
    assert len(found(f'df.to_sql("{table}", conn, if_exists="append")\n')) == 1


def test_a_script_of_the_folder_that_empties_the_table() -> None:
    code = 'df.to_sql("totals", conn, if_exists="append")\n'
    for path, count in (("jobs/clear.sql", 0), ("other/clear.sql", 1)):
        files = {"jobs/load.py": code, path: "truncate table totals;"}
        assert len(run(AppendWrite(), files, reported="jobs/load.py").diagnostics) == count


def test_each_call_has_a_hint() -> None:
    for code in (
        'df.write.mode("append").parquet("s3://b/t")\n',
        'write_pandas(conn, df, "T")\n',
        'hook.insert_rows("t", rows)\n',
    ):
        (diagnostic,) = found(code)
        assert diagnostic.fix is not None
        assert diagnostic.fix.edits == ()


@pytest.mark.parametrize(
    ("call", "fires"),
    [
        ('df.to_sql("t", conn, schema="staging", if_exists="append")', 0),
        ('df.to_sql("t", conn, "staging", "append")', 0),
        ('df.to_sql("t", conn, schema=STAGING_SCHEMA, if_exists="append")', 0),
        ('df.to_sql("t", conn, schema=SCHEMA, if_exists="append")', 1),
        ('df.to_sql("t", conn, schema="sandbox_dataset", if_exists="append")', 0),
        ('df.to_sql("t", conn, schema="sales", if_exists="append")', 1),
        ('df.to_sql("t", conn, schema=None, if_exists="append")', 1),
        ('write_pandas(conn, df, "T", schema="STAGING")', 0),
        ('write_pandas(conn, df, "T", schema="SALES")', 1),
    ],
)
def test_the_schema_of_a_frames_table_is_read(call: str, fires: int) -> None:
    assert len(found(call + "\n")) == fires


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            'f"{PROJECT}.sales.orders"',
            "`load_table_from_dataframe` appends to `{PROJECT}.sales.orders` unless told otherwise",
        ),
        ('f"{PROJECT}.{self.tmp_dataset}.orders"', None),
        ('f"{PROJECT}.sales.{day}_orders_log"', None),
        (
            'f"{PROJECT}.sales.{day}_blogs"',
            "`load_table_from_dataframe` appends to `{PROJECT}.sales.{day}_blogs` unless told otherwise",
        ),
    ],
)
def test_a_table_whose_name_is_put_together(table: str, message: str | None) -> None:
    diagnostics = found(
        f"def load(self, client, df, day):\n    t = {table}\n    client.load_table_from_dataframe(df, t)\n"
    )
    assert [diagnostic.message.partition(":")[0] for diagnostic in diagnostics] == ([message] if message else [])


def test_rows_of_a_table_whose_name_is_put_together_are_deleted_first() -> None:
    code = (
        "def load(client, df, day):\n    t = f'{PROJECT}.sales.{0}'\n"
        "    client.query(f'delete from `{{PROJECT}}.sales.orders` where day = 1')\n"
        "    client.load_table_from_dataframe(df, t)\n"
    )
    assert found(code.replace("{0}", "orders").replace("{{", "{").replace("}}", "}")) == []
    assert len(found(code.replace("{0}", "refunds").replace("{{", "{").replace("}}", "}"))) == 1


@pytest.mark.parametrize(("name", "fires"), [("there", 0), ("elsewhere", 1)])
def test_rows_that_another_function_looks_up_by_the_name_of_the_table(name: str, fires: int) -> None:
    code = (
        f"def known(client, {name}):\n    return client.query(f'select id from `{{{name}}}`').result()\n\n"
        "def load(client, rows):\n    there = f'{PROJECT}.sales.{TABLE}'\n    new = rows - known(client, there)\n"
        "    client.load_table_from_json(new, there)\n"
    )
    assert len(found(code)) == fires


@pytest.mark.parametrize(
    ("made", "fires"),
    [
        ("client.create_table(Table(name))", 0),
        ("client.create_table(Table(name), exists_ok=False)", 0),
        ("client.create_table(Table(name), exists_ok=True)", 1),
        ("client.get_table(name)", 1),
    ],
)
def test_a_table_that_a_client_has_just_made(made: str, fires: int) -> None:
    code = f"def load(client, uri, name):\n    table = {made}\n    client.load_table_from_uri(uri, table)\n\nload(c, u, 'n')\n"
    assert len(found(code)) == fires


def test_a_name_that_says_that_the_table_is_for_a_while() -> None:
    code = "def load(client, df):\n    {0} = f'{PROJECT}.sales.{TABLE}'\n    client.load_table_from_json(df, {0})\n"
    assert found(code.replace("{0}", "tmp_table")) == []
    assert len(found(code.replace("{0}", "table"))) == 1


@pytest.mark.parametrize(
    ("code", "fires"),
    [
        ('def save(df, con, table):\n    df.to_sql(table, con, if_exists="append")\n', 0),
        ('def save(df, con, table):\n    t = f"{SCHEMA}.{table}"\n    df.to_gbq(t, if_exists="append")\n', 0),
        ('def save(cur, table):\n    cur.copy_expert(f"copy {table} from stdin", f)\n', 0),
        ('def save(df, con, table):\n    df.to_sql(f"orders_{table}", con, if_exists="append")\n', 1),
        ('def save(df, con):\n    df.to_sql(TABLE, con, if_exists="append")\n', 1),
        (
            'def save(df, con, table):\n    df.to_sql(table, con, if_exists="append")\n\nsave(df, con, "orders")\n',
            1,
        ),
    ],
)
def test_a_table_that_the_caller_of_a_helper_chooses(code: str, fires: int) -> None:
    assert len(found(code)) == fires


@pytest.mark.parametrize(("schema", "fires"), [("sales", 0), ("other", 1)])
def test_the_rows_of_a_schemas_table_are_deleted_first(schema: str, fires: int) -> None:
    code = f'def load(df, conn):\n    conn.execute(text("delete from {schema}.t"))\n'
    assert len(found(code + '    df.to_sql("t", conn, schema="sales", if_exists="append")\n')) == fires


@pytest.mark.parametrize(
    ("dialect", "sql", "count"),
    [
        ("duckdb", "copy orders from 'orders.csv' (header)", 0),
        ("postgres", "copy orders from '/data/orders.csv' with (format csv)", 0),
        ("redshift", "copy orders from 's3://landing/orders/' iam_role 'r' format as parquet", 1),
        ("snowflake", "copy into orders from @landing/orders force = true", 1),
    ],
)
def test_a_copy_of_files_beside_the_database_fills_it_once(dialect: str, sql: str, count: int) -> None:
    found = run(AppendWrite(), {"jobs/load.sql": sql}, reported="jobs/load.sql", dialect=dialect).diagnostics
    assert len(found) == count
    assert all("it loads the same files on each run of this file" in item.message for item in found)


REPLACED = (
    "create or replace table `lake.drivers` (id int64) with connection `eu.lake` options (file_format = 'PARQUET')"
)
LOADED = "load data into `lake.drivers` from files (format = 'PARQUET', uris = ['gs://lake/drivers/*'])"


@pytest.mark.parametrize(
    ("cells", "count"),
    [
        ([f"%%bigquery\n{REPLACED}", f"%%bigquery\n{LOADED}"], 0),
        ([f'import google.cloud\nclient.query("""{REPLACED}""")', f"%%bigquery\n{LOADED}"], 0),
        ([f"%%bigquery\n{LOADED}"], 1),
        ([f"%%bigquery\n{LOADED}", f"%%bigquery\n{REPLACED}"], 1),
        ([f"%%bigquery\n{REPLACED.replace('drivers', 'trips')}", f"%%bigquery\n{LOADED}"], 1),
        (["%%bigquery\ncreate table if not exists `lake.drivers` (id int64)", f"%%bigquery\n{LOADED}"], 1),
        ([f'def make():\n    client.query("""{REPLACED}""")', f"%%bigquery\n{LOADED}"], 1),
    ],
)  # fmt: skip
def test_a_cell_above_that_makes_the_table_anew(cells: list[str], count: int) -> None:
    made = [{"cell_type": "code", "source": cell} for cell in cells]
    text = json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    report = run(AppendWrite(), {"load.ipynb": text}, reported="load.ipynb", dialect="bigquery")
    assert len(report.diagnostics) == count


@pytest.mark.parametrize(
    ("deleted", "count"),
    [
        ("quote_identifier(table)", 0),
        ("self._quoted(table)", 0),
        ("db.Identifier(table)", 0),
        ("backup_of(table)", 1),
        ("quote_identifier(other)", 1),
        ("quote_identifier(table, schema)", 1),
        ("quote(table) + suffix(table)", 1),
    ],
)
def test_a_name_that_is_only_quoted_is_the_same_table(deleted: str, count: int) -> None:
    code = (
        "def load(con, table, run, frame):\n"
        f'    con.execute(f"delete from {{{deleted}}} where run_id = ?", (run,))\n'
        '    frame.to_sql(table, con, if_exists="append")\n\n'
        "load(con, name, run, frame)\n"
    )
    assert len(found(code)) == count


@pytest.mark.parametrize(
    ("frame", "count"),
    [
        ("frame.iloc[:0]", 0),
        ("frame.iloc[0:0]", 0),
        ("frame[:0]", 0),
        ("frame.head(0)", 0),
        ("frame.head(n=0)", 0),
        ("frame.iloc[:10]", 1),
        ("frame.iloc[0:]", 1),
        ("frame.head()", 1),
    ],
)
def test_the_empty_head_of_a_frame_adds_no_row(frame: str, count: int) -> None:
    assert len(found(f'{frame}.to_sql("t", conn, if_exists="append")\n')) == count
    assert len(found(f'rows = {frame}\nrows.to_sql("t", conn, if_exists="append")\n')) == count


_SATELLITE = """
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()

def load_changed(spark, candidates):
    {existing}
    changed = changed_rows(candidates, existing)
    changed.write.format("delta").mode("append").saveAsTable("shop.names")
"""


@pytest.mark.parametrize(
    ("existing", "count"),
    [
        ("existing = spark.read.table(\"shop.names\").select('hash')", 0),
        ('existing = spark.table("shop.names")', 0),
        ('existing = spark.read.table("shop.other")', 1),
        ("existing = None", 1),
    ],
)
def test_a_frame_that_is_compared_with_the_table_first(existing: str, count: int) -> None:
    assert len(found(_SATELLITE.format(existing=existing))) == count


@pytest.mark.parametrize(("given", "count"), [('"shop.names"', 0), ('"shop.other"', 1), ("7", 1)])
def test_a_frame_that_a_helper_makes_who_is_told_the_table(given: str, count: int) -> None:
    code = _SATELLITE.format(existing="existing = None").replace("(candidates, existing)", f"(candidates, {given})")
    assert len(found(code)) == count
