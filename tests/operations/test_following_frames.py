"""Which columns Python code reads of a frame: pandas, Spark, Polars."""

from __future__ import annotations

import textwrap

import pytest

from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.source import Language, Source

_PANDAS = 'import pandas as pd\ndf = pd.read_sql("SELECT * FROM orders", con)\n'
_SPARK = (
    "from pyspark.sql import SparkSession, functions as F\nfrom pyspark.sql.functions import col\n"
    'spark = SparkSession.builder.getOrCreate()\ndf = spark.sql("SELECT * FROM orders")\n'
)
_POLARS = 'import polars as pl\ndf = pl.read_database("SELECT * FROM orders", con)\n'


def used(code: str) -> list[tuple[str, ...] | None]:
    source = Source("src/job.py", textwrap.dedent(code), Language.PYTHON)
    return [call.used_columns for call in FileView(source, Project()).calls]


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ('send(df["id"].sum())', ("id",)),
        ('part = df[["a", "b"]]\nsend(part)', ("a", "b")),
        ('COLUMNS = ["a", "b"]\nsend(df[COLUMNS])', ("a", "b")),
        ('send(df.groupby("x")["y"].sum())', ("x", "y")),
        ('send(df.groupby(["x", "z"]).agg(total=("y", "sum"), n=("w", "count")))', ("x", "z", "y", "w")),
        ('send(df.groupby("x").agg({"y": "sum"}))', ("x", "y")),
        ('for key, part in df.groupby("x"):\n    send(key, part["y"])', ("x", "y")),
        ('send(df.sort_values("a")["b"])', ("a", "b")),
        ('send(df.loc[:, "a"], df.loc[df["b"] > 1, ["c"]])', ("a", "b", "c")),
        ('send(df[df["a"] > 1]["b"])', ("a", "b")),
        ('mask = df["a"].isin([1, 2])\nsend(df[mask]["b"])', ("a", "b")),
        ('df = df[(df.a > 1) & ~df["c"].isna()]\nsend(df.title)', ("a", "c", "title")),
        ('send(df.merge(other, on="id")["id"])', ("id",)),
        ('df["n"] = df["a"] * 2\nsend(df["n"].sum())', ("a",)),
        ('df["a"] = df["a"].fillna(0)\nsend(df["a"].sum())', ("a",)),
        ('df = df.assign(n=lambda d: d["a"] + 1)\nsend(df["n"])', ("a",)),
        ('df = df.rename(columns={"a": "b"})\nsend(df["b"])', ("a",)),
        ('for at, row in df.iterrows():\n    send(row["a"], row.b)', ("a", "b")),
        ("for row in df.itertuples():\n    send(row.a)", ("a",)),
        ('for row in df.to_dict("records"):\n    send(row["a"])', ("a",)),
        ('send(df.apply(lambda row: row["a"] + row.b, axis=1))', ("a", "b")),
        ('send(df.iloc[0]["a"])', ("a",)),
        ('df = df.drop_duplicates(subset=["a"]).dropna(subset=["b"]).head(3)\nsend(df["c"])', ("a", "b", "c")),
        ('if df.empty or len(df) < 3 or df.shape[0] > 9:\n    raise ValueError\nsend(df["a"])', ("a",)),
        ('send(df.pivot_table(index="a", columns="b", values="c"))', ("a", "b", "c")),
        ('df.set_index("a", inplace=True)\nsend(df["b"])', ("a", "b")),
    ],
)
def test_pandas(code: str, columns: tuple[str, ...]) -> None:
    assert used(_PANDAS + code) == [columns]


@pytest.mark.parametrize(
    "code",
    [
        "print(df)",
        "send(df)",
        "send(data=df, x=df['a'])",
        "df.to_sql('copy', con)\nsend(df['a'])",
        "send(df.columns, df['a'])",
        "send(df.values)",
        "send(len(df))",
        "send(df[column])",
        "send(df[df['a'] > 1])",
        "send(df.describe(), df['a'])",
        "send(df.groupby('x').sum())",
        "send(df.drop_duplicates()['a'])",
        "send(df.dropna()['a'])",
        "send(df.merge(other, on='id')['name'])",
        "send(pd.concat([df, df['a']]))",
        "for column in df:\n    send(df['a'])",
        "send(df.iloc[:, 0])",
        "send(df.query('a > 1')['b'])",
        "if late:\n    df['x'] = 1\nsend(df['x'], df['a'])",
        "df.loc[df['a'] > 1, 'flag'] = 1\nsend(df['flag'])",
        "df.columns = ['a', 'b']\nsend(df['a'])",
        "df['a'].sum()\nself.df = df",
        "df['a'].sum()\nsend([df])",
        "send(df.apply(total, axis=1))",
        "send(df.to_dict()['a'])",
        "send(df == other, df['a'])",
    ],
)
def test_pandas_frames_that_are_used_whole(code: str) -> None:
    assert used(_PANDAS + code) == [None]


def test_what_the_reader_itself_names() -> None:
    code = 'import pandas as pd\ndf = pd.read_sql("SELECT * FROM t", con, index_col="id", parse_dates=["at"])\nsend(df["a"])'
    assert used(code) == [("id", "at", "a")]
    assert used(code.replace('"id"', "key")) == [None]
    assert used(code.replace('index_col="id"', "**options")) == [None]


def test_frames_in_chunks() -> None:
    code = """
    import pandas as pd
    for chunk in pd.read_sql("SELECT * FROM t", con, chunksize=1000):
        send(chunk["a"])
    """
    assert used(code) == [("a",)]


def test_a_job_that_becomes_a_frame() -> None:
    code = """
    from google.cloud import bigquery
    client = bigquery.Client()
    df = client.query("SELECT * FROM d.t").to_dataframe()
    send(df["a"])
    """
    assert used(code) == [("a",)]


def test_a_frame_of_a_notebook_may_be_used_in_another_cell() -> None:
    cells = '{"cells": [{"cell_type": "code", "source": ["%s"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    whole = cells % "import pandas as pd\\ndf = pd.read_sql('SELECT * FROM t', con)\\nsend(df['a'])"
    local = cells % "def f(con):\\n    df = pd.read_sql('SELECT * FROM t', con)\\n    return df['a']"
    for text, columns in ((whole, None), (local, ("a",))):
        view = FileView(Source("work.ipynb", text, Language.NOTEBOOK), Project())
        assert [call.used_columns for call in view.calls] == [columns]


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ('send(df.select("a", "b"))', ("a", "b")),
        ('send(df.filter(col("x") > 1).select("a"))', ("x", "a")),
        ('send(df.where((F.col("x") == "new") & df.y.isNull()).select(df["a"], F.upper("b")))', ("x", "y", "a", "b")),
        ('send(df.groupBy("a").agg(F.sum("b").alias("total")))', ("a", "b")),
        ('send(df.groupBy("a").count().orderBy("count"))', ("a",)),
        ('df = df.withColumn("n", col("a") + 1)\nsend(df.select("n", "b"))', ("a", "b")),
        ('for row in df.orderBy(F.desc("at")).limit(3).collect():\n    send(row["a"], row.b)', ("at", "a", "b")),
        ('pdf = df.toPandas()\nsend(pdf["a"])', ("a",)),
        ('send(df.dropDuplicates(["a"]).select("b"))', ("a", "b")),
    ],
)
def test_spark(code: str, columns: tuple[str, ...]) -> None:
    assert used(_SPARK + code) == [columns]


@pytest.mark.parametrize(
    "code",
    [
        "df.show()",
        "df.write.saveAsTable('x')",
        "send(df.select('*'))",
        "send(df.select(*columns))",
        "send(df.select(F.expr('a + 1')))",
        "send(df.filter('a > 1').select('b'))",
        "send(df.distinct().select('a'))",
        "send(df.join(other, 'id').select('a'))",
        "df.createOrReplaceTempView('orders')\nsend(df.select('a'))",
        "send(df.count())",
        "send(df.columns, df.select('a'))",
    ],
)
def test_spark_frames_that_are_used_whole(code: str) -> None:
    assert used(_SPARK + code) == [None]


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ('send(df.filter(pl.col("a") > 1).select("b", pl.col("c").sum()))', ("a", "b", "c")),
        ('send(df.group_by("a").agg(pl.col("b").sum()))', ("a", "b")),
        ('for row in df.iter_rows(named=True):\n    send(row["a"])', ("a",)),
        ('df = df.with_columns((pl.col("a") * 2).alias("n"))\nsend(df["n"])', ("a",)),
        ("for row in df.iter_rows():\n    send(row[0])", None),
        ("send(df)", None),
    ],
)
def test_polars(code: str, columns: tuple[str, ...] | None) -> None:
    assert used(_POLARS + code) == [columns]
