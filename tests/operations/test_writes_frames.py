"""The writes of pandas, Polars, Spark, BigQuery loads, operators and hooks."""

from __future__ import annotations

from textwrap import dedent

import pytest

from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.operations.table_write import TableWrite, WriteMethod
from leaktight.source import Language, Source


def writes(code: str, path: str = "jobs/load.py") -> list[TableWrite]:
    return FileView(Source(path, dedent(code), Language.PYTHON), Project()).writes


APPEND, OVERWRITE, CREATE, UPSERT = WriteMethod.APPEND, WriteMethod.OVERWRITE, WriteMethod.CREATE, WriteMethod.UPSERT


@pytest.mark.parametrize(
    ("code", "method", "target", "words"),
    [
        ('df.to_sql("t", engine, if_exists="append")', APPEND, "t", 'if_exists="append"'),
        ('df.to_sql("t", engine, if_exists="replace")', OVERWRITE, "t", 'if_exists="replace"'),
        ('df.to_sql("t", engine)', CREATE, "t", "to_sql"),
        ('df.to_sql(name="t", con=engine, if_exists="append")', APPEND, "t", 'if_exists="append"'),
        ('df.to_sql("t", engine, schema="s", if_exists="append")', APPEND, "s.t", 'if_exists="append"'),
        ('import awswrangler as wr\nwr.mysql.to_sql(df, con, "t", "s")', APPEND, "s.t", "to_sql"),
        ('df.to_gbq("d.t", if_exists="append")', APPEND, "d.t", 'if_exists="append"'),
        ('import pandas_gbq\npandas_gbq.to_gbq(df, "d.t", if_exists="append")', APPEND, "d.t", 'if_exists="append"'),
        ('df.write_database("t", uri, if_table_exists="append")', APPEND, "t", 'if_table_exists="append"'),
        ('import awswrangler as wr\nwr.postgresql.to_sql(df, con, "t", mode="append")', APPEND, "t", 'mode="append"'),
        ('import awswrangler as wr\nwr.postgresql.to_sql(df=df, con=con, table="t")', APPEND, "t", "to_sql"),
        ('import awswrangler as wr\nwr.mysql.to_sql(df, con, "t", mode="upsert_duplicate_key")', UPSERT, "t",
         'mode="upsert_duplicate_key"'),
        ('import awswrangler as wr\nwr.s3.to_parquet(df, "s3://b/t", dataset=True)', APPEND, "s3://b/t", "to_parquet"),
        ('import awswrangler as wr\nwr.s3.to_parquet(df, "s3://b/t", dataset=True, mode="overwrite_partitions")', OVERWRITE,
         "s3://b/t", 'mode="overwrite_partitions"'),
        ('df.write.mode("append").saveAsTable("l.t")', APPEND, "l.t", 'mode("append")'),
        ('df.write.mode("overwrite").saveAsTable("l.t")', OVERWRITE, "l.t", 'mode("overwrite")'),
        ('df.write.saveAsTable("l.t", mode="append")', APPEND, "l.t", 'mode="append"'),
        ('df.write.saveAsTable("l.t", "delta", "append")', APPEND, "l.t", '"append"'),
        ('df.write.saveAsTable("l.t", "delta")', CREATE, "l.t", "saveAsTable"),
        ('df.write.mode("append").saveAsTable("l.t", "delta", None)', APPEND, "l.t", 'mode("append")'),
        ('df.write.mode("append").save("s3://b/t", "parquet", "overwrite")', OVERWRITE, "s3://b/t", '"overwrite"'),
        ('df.write.save("s3://b/t", "parquet", "append")', APPEND, "s3://b/t", '"append"'),
        ('df.write.parquet("s3://b/t", "append")', APPEND, "s3://b/t", '"append"'),
        ('df.write.orc("s3://b/t", "overwrite")', OVERWRITE, "s3://b/t", '"overwrite"'),
        ('df.write.jdbc(url, "t", "append")', APPEND, "t", '"append"'),
        ('df.write.insertInto("l.t")', APPEND, "l.t", "insertInto"),
        ('df.write.insertInto("l.t", overwrite=True)', OVERWRITE, "l.t", "True"),
        ('df.write.jdbc(url, "t", mode="append")', APPEND, "t", 'mode="append"'),
        ('df.write.format("jdbc").option("dbtable", "t").mode("append").save()', APPEND, "t", 'mode("append")'),
        ('df.writeTo("l.t").append()', APPEND, "l.t", "append"),
        ('df.writeTo("l.t").overwritePartitions()', OVERWRITE, "l.t", "overwritePartitions"),
        ('writer = df.write.mode("append")\nwriter.saveAsTable("l.t")', APPEND, "l.t", 'mode("append")'),
        ('df.write.mode("append").save_as_table("t")', APPEND, "t", 'mode("append")'),
        ('client.load_table_from_uri(uri, "d.t")', APPEND, "d.t", "load_table_from_uri"),
        ('c = LoadJobConfig(write_disposition="WRITE_TRUNCATE")\nclient.load_table_from_dataframe(df, "d.t", job_config=c)',
         OVERWRITE, "d.t", 'write_disposition="WRITE_TRUNCATE"'),
        ('c = LoadJobConfig()\nc.write_disposition = "WRITE_APPEND"\nclient.load_table_from_dataframe(df, "d.t", job_config=c)',
         APPEND, "d.t", 'c.write_disposition = "WRITE_APPEND"'),
        ('QueryJobConfig(destination="d.t", write_disposition="WRITE_APPEND")', APPEND, "d.t",
         'write_disposition="WRITE_APPEND"'),
        ('S3ToRedshiftOperator(task_id="x", table="t", method="UPSERT")', UPSERT, "t", 'method="UPSERT"'),
        ('S3ToRedshiftOperator(task_id="x", table="t")', APPEND, "t", "S3ToRedshiftOperator"),
        ('GCSToBigQueryOperator(task_id="x", destination_project_dataset_table="d.t", write_disposition="WRITE_APPEND")',
         APPEND, "d.t", 'write_disposition="WRITE_APPEND"'),
        ('write_pandas(conn, df, "T")', APPEND, "T", "write_pandas"),
        ('write_pandas(conn, df, "T", overwrite=True)', OVERWRITE, "T", "overwrite=True"),
        ('session.write_pandas(df, "T")', APPEND, "T", "write_pandas"),
        ('hook.insert_rows("t", rows)', APPEND, "t", "insert_rows"),
        ('hook.insert_rows("t", rows, replace=True)', UPSERT, "t", "insert_rows"),
        ('cursor.copy_from(file, "t")', APPEND, "t", "copy_from"),
    ],
)  # fmt: skip
def test_write(code: str, method: WriteMethod, target: str, words: str) -> None:
    (write,) = writes(code)
    assert write.method is method
    assert write.written == target
    assert write.document.slice(write.span) == words


@pytest.mark.parametrize(
    "code",
    [
        'df.to_sql("t", engine, if_exists="replace" if first else "append")',
        'df.to_sql("t", engine, if_exists=mode)',
        'df.writeStream.outputMode("append").toTable("t")',
        'df.write.saveAsTable("l.t", "delta", mode)',
        'df.write.parquet("s3://b/t", "append" if late else "overwrite")',
        'spark.read.parquet("s3://b/t")',
        "rows.append(1)",
        'config.replace("a", "b")',
        "shutil.copy(a, b)",
        'QueryJobConfig(destination="d.t", write_disposition="WRITE_TRUNCATE" if i == 0 else "WRITE_APPEND")',
        'c = QueryJobConfig(destination=t, write_disposition="WRITE_APPEND")\nc.write_disposition = "WRITE_TRUNCATE"',
        'client.load_table_from_uri(uri, "d.t", **options)',
        'df.to_csv("out.csv", mode="a")',
    ],
)
def test_not_known_or_no_write(code: str) -> None:
    assert writes(code) == []


@pytest.mark.parametrize(
    "code",
    [
        'def go():\n    conn.execute("delete from t where d = 1")\n    df.to_sql("t", conn, if_exists="append")\n',
        'def go():\n    spark.sql("merge into t using s on t.a = s.a when matched then delete")\n    df.writeTo("t").append()\n',
        'def go():\n    df.head(0).to_sql("t", conn, if_exists="replace")\n    df.to_sql("t", conn, if_exists="append")\n',
        'def go():\n    old = pd.read_sql("select id from t", conn)\n    df.to_sql("t", conn, if_exists="append")\n',
        'def go():\n    client.delete_table(name)\n    client.load_table_from_uri(uri, name)\n',
        'df.to_sql("t", conn, if_exists="append", method=upsert)',
        'df.write.option("txnAppId", "x").option("txnVersion", 1).mode("append").saveAsTable("t")',
        'client.insert_rows_json("t", rows, row_ids=ids)',
        'df.to_sql("stg_t", conn, if_exists="append")',
        'def go():\n    cursor.execute("create temp table t (a int)")\n    cursor.copy_from(file, "t")\n',
    ],
)  # fmt: skip
def test_guarded(code: str) -> None:
    assert not any(write.repeats for write in writes(code))


def test_load_is_told_by_the_place() -> None:
    (write,) = writes('def add(df):\n    df.to_sql("t", conn, if_exists="append")\n', "app/report.py")
    assert write.load is not None
    (write,) = writes(
        'from flask import Flask\n\ndef add(df):\n    df.to_sql("t", conn, if_exists="append")\n', "app/report.py"
    )
    assert write.load is None
    (write,) = writes('def track(rows):\n    client.insert_rows_json("t", rows)\n')
    assert write.load is None
    (write,) = writes('def load_day(rows):\n    client.insert_rows_json("t", rows)\n')
    assert write.load is not None
