"""What the gate lets through to the Python parser, for each kind of operation."""

from __future__ import annotations

import codecs

import pytest

from leaktight.operations.airflow import airflow_dags
from leaktight.operations.facts import tells_facts
from leaktight.operations.file import FileView, worth_reading
from leaktight.operations.project import Project
from leaktight.operations.python_gate import PythonGate
from leaktight.registry import load_rules
from leaktight.rule import Bad
from leaktight.source import Language, Source
from leaktight.testing import marked


def gate(text: str) -> PythonGate:
    return PythonGate(text.encode())


def view(text: str) -> FileView:
    return FileView(Source("jobs/load.py", text, Language.PYTHON), Project())


@pytest.mark.parametrize(
    "text",
    [
        "from airflow import DAG\nDAG('a')",
        "from airflow import DAG\nwith DAG (\n    'a'\n) as dag: ...",
        "import airflow.models\nairflow.models.DAG('a')",
        "from airflow.sdk import DAG as Graph\nGraph('a')",
        "from airflow.decorators import dag\n@dag()\ndef a(): ...",
        "from airflow.decorators import dag\n@dag\ndef a(): ...",
        "from airflow import decorators\n@decorators.dag(schedule=None)\ndef a(): ...",
        "from airflow.sdk import dag as graph\n@graph\ndef a(): ...",
    ],
)
def test_dags_pass(text: str) -> None:
    assert view(text).dags
    assert gate(text).dags


@pytest.mark.parametrize(
    "text",
    [
        "from dagster import DAG\nDAG('a')",
        "from airflow.models import BaseOperator\nclass A(BaseOperator):\n    def execute(self, context): self.dag.run_id()",
        "from airflow.models import DagBag\nDagBag()",
    ],
)
def test_what_declares_no_dag_is_turned_away(text: str) -> None:
    document = next(view(text).python)
    assert not airflow_dags(document, Project())
    assert not gate(text).dags


@pytest.mark.parametrize(
    "text",
    [
        "df.to_sql('t', engine, if_exists='append')",
        "df.write.mode('append').saveAsTable('t')",
        "df.write.format('jdbc').option('dbtable', 't').mode('append').save()",
        "writer = df.write\nwriter.insertInto('t')",
        "df.writeTo('t').append()",
        "df.write.mode('append').save_as_table('t')",
        "client.load_table_from_uri(uri, 't')",
        "QueryJobConfig(destination='t', write_disposition='WRITE_APPEND')",
        "DISPOSITION = 'WRITE_APPEND'\nGCSToBigQueryOperator(task_id='a', destination_table='t', write_disposition=DISPOSITION)",
        "BigQueryInsertJobOperator(task_id='a', configuration={'load': {'writeDisposition': 'WRITE_APPEND'}})",
        "S3ToRedshiftOperator(task_id='a', table='t')",
        "import awswrangler as wr\nwr.s3.to_parquet(df, 's3://b/t', dataset=True)",
        "import awswrangler as wr\nwr.redshift.copy(df, 's3://b/t', con, 't')",
        "write_pandas(con, df, 'T')",
        "hook.insert_rows('t', rows)",
        "cur.copy_from(file, 't')",
    ],
)
def test_writes_pass(text: str) -> None:
    assert view(text).writes
    assert gate(text).writes


def test_what_writes_no_table_is_turned_away() -> None:
    for text in ("f.write(x)", "image.save(path)", "json.load(f)", "df.to_csv(path)", "DataprocOperator(task_id='a')"):
        assert not view(text).writes
        assert not gate(text).writes


@pytest.mark.parametrize(
    "text",
    [
        "import boto3\nboto3.resource('dynamodb').Table('t').scan()",
        "import boto3\nboto3.client('dynamodb').get_item(TableName='t', Key=key)",
        "import boto3\nboto3.client('dynamodb').get_paginator('scan').paginate(TableName='t')",
        "def f(table: DynamoDBTable):\n    table.query(KeyConditionExpression=k)",
        "def f(client):\n    client.put_item(TableName='t', Item=item)",
        "from pynamodb.models import Model\nclass A(Model):\n    class Meta:\n        table_name = 't'\nA.scan()",
        "from pynamodb.models import Model\nclass A(Model):\n    class Meta:\n        table_name = 't'\nA(a=1).save()",
    ],
)
def test_dynamodb_requests_pass(text: str) -> None:
    assert view(text).dynamodb
    assert gate(text).dynamodb


def test_what_sends_no_dynamodb_request_is_turned_away() -> None:
    for text in ("import boto3\nboto3.client('s3').put_object()", "db.session.query(User).get(1)", "scan(x)"):
        assert not view(text).dynamodb
        assert not gate(text).dynamodb


EXAMPLES = [
    marked(example.code)[0]
    for rule in load_rules().values()
    for example in rule.examples
    if isinstance(example, Bad) and example.language == "python"
]


@pytest.mark.parametrize("code", EXAMPLES)
def test_each_example_that_a_rule_speaks_of_is_read(code: str) -> None:
    data = code.encode()
    assert worth_reading(data, Language.PYTHON) or tells_facts("shop/models.py", data, Language.PYTHON)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE, codecs.BOM_UTF32_LE])
def test_what_no_gate_can_read_is_read(mark: bytes) -> None:
    assert worth_reading(mark, Language.PYTHON)


def test_a_suppression_is_read() -> None:
    assert worth_reading(b"x = 1  # leaktight: ignore[select-star]\n", Language.PYTHON)
    assert not worth_reading(b"x = 1\n", Language.PYTHON)


def test_a_document_is_parsed_once_and_only_when_it_may_hold_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from leaktight.languages import python
    from leaktight.languages.python import parse_python

    parsed: list[str] = []

    def parse(region, source):  # type: ignore[no-untyped-def]
        parsed.append(region.text)
        return parse_python(region, source)

    monkeypatch.setattr(python, "parse_python", parse)
    nothing = view("x = 1\n")
    assert not any((nothing.sql, nothing.writes, nothing.dags, nothing.dynamodb))
    assert not parsed
    text = "from airflow import DAG\nDAG('a')\ncur.execute('SELECT a FROM t')\n"
    both = view(text)
    assert all((both.dags, both.sql, both.hosts))
    assert parsed == [text]


def test_python_that_does_not_parse_is_named_with_its_line() -> None:
    broken = view("import sqlite3\nx = = 1\ncur.execute('delete from t')\n")
    assert broken.calls == []
    [lost] = broken.not_analysed
    assert lost.location is not None
    assert (lost.code, lost.location.start.line, lost.location.end.line) == ("syntax", 2, 2)
