from __future__ import annotations

import textwrap

import pytest

from leaktight.diagnostics import locate
from leaktight.operations.infrastructure import dynamodb_tables, table_variables
from leaktight.operations.project import DynamodbTable, Project, TableUse, TableVariable
from leaktight.source import Language, Source
from leaktight.text import Span

_TEMPLATE = """
Globals:
  Function:
    Environment:
      Variables: { STREAMS_TABLE: !Ref StreamsTable, LEVEL: info }
Resources:
  StreamsTable:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "${AWS::StackName}-streams"
      KeySchema:
        - { AttributeName: channel_id, KeyType: HASH }
        - { AttributeName: stream_id, KeyType: RANGE }
      GlobalSecondaryIndexes:
        - IndexName: by_status
          KeySchema: [{ AttributeName: status, KeyType: HASH }]
          Projection: { ProjectionType: KEYS_ONLY }
      TimeToLiveSpecification: { AttributeName: ends, Enabled: true }
  Simple:
    Type: AWS::Serverless::SimpleTable
  Named:
    Type: AWS::Serverless::SimpleTable
    Properties: { PrimaryKey: { Name: mail, Type: String }, TableName: people }
  World:
    Type: AWS::DynamoDB::GlobalTable
    Properties: { KeySchema: [{ AttributeName: id, KeyType: HASH }] }
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          SIMPLE: !GetAtt Simple.Arn
          PEOPLE_TABLE: people
          WORLD: !Sub ${World}
"""


def yaml(text: str, path: str = "template.yaml") -> Source:
    return Source(path, textwrap.dedent(text), Language.YAML)


def test_cloudformation_and_sam() -> None:
    source = yaml(_TEMPLATE)
    tables = {table.logical: table for table in dynamodb_tables(source)}
    streams = tables["StreamsTable"]
    assert streams.keys == ("channel_id", "stream_id")
    assert streams.indexes == {"by_status": ("status", None)}
    assert streams.narrow_indexes == {"by_status"}
    assert streams.ttl == "ends"
    assert streams.key_attributes == {"channel_id", "stream_id", "status"}
    assert streams.location is not None
    assert source.text[slice(*streams.location.span)] == "StreamsTable"
    assert tables["Simple"].keys == ("id", None)
    assert (tables["Named"].keys, tables["Named"].name) == (("mail", None), "people")
    assert tables["World"].keys == ("id", None)


def test_variables() -> None:
    found = {one.variable: one.table for one in table_variables(yaml(_TEMPLATE))}
    assert found == {"STREAMS_TABLE": "StreamsTable", "SIMPLE": "Simple", "PEOPLE_TABLE": "Named", "WORLD": "World"}


def test_serverless_framework() -> None:
    source = yaml(
        """
        service: shop
        provider:
          environment:
            ORDERS_TABLE: ${self:service}-orders
        functions:
          list: { handler: a.b, environment: { CARTS: { Ref: Carts } } }
        resources:
          Resources:
            Orders:
              Type: AWS::DynamoDB::Table
              Properties:
                TableName: ${self:service}-orders
                KeySchema:
                  - AttributeName: order_id
                    KeyType: HASH
            Carts:
              Type: 'AWS::DynamoDB::Table'
              Properties: { KeySchema: [ { AttributeName: id, KeyType: HASH } ] }
        """
    )
    assert [table.logical for table in dynamodb_tables(source)] == ["Orders", "Carts"]
    assert {(one.variable, one.table) for one in table_variables(source)} == {
        ("ORDERS_TABLE", "Orders"),
        ("CARTS", "Carts"),
    }


def test_json() -> None:
    text = '{"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": {"KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}]}}}}'
    assert [table.keys for table in dynamodb_tables(yaml(text))] == [("a", None)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- 1\n- 2",
        "Resources: 3",
        "Resources: [dynamo]",
        "Resources:\n  A: !Thing {x: 1}\n  B: {Type: AWS::DynamoDB::Table}\n  C: {Type: AWS::DynamoDB::Table, Properties: {KeySchema: !If [a, b, c]}}",
        "a: &a [*a]\nResources: *b",
        "key: {{ jinja }}: dynamo",
        "[" * 5000,
        "- " * 5000,
        "\x00\x01 dynamo",
        "? ? ? :\n!!python/object/apply:os.system ['true']",
    ],
)
def test_what_is_no_template_holds_no_table(text: str) -> None:
    assert dynamodb_tables(yaml(text)) == ()
    assert table_variables(yaml(text)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "# see [\n" * 300 + "Resources:\n  T: {Type: AWS::Serverless::SimpleTable}",
        "Base: &base {Type: AWS::Serverless::SimpleTable}\nResources:\n  T: {<<: *base}",
    ],
    ids=["brackets in comments", "a merged type"],
)
def test_a_template_is_read_as_its_parser_reads_it(text: str) -> None:
    assert [table.logical for table in dynamodb_tables(yaml(text))] == ["T"]


def _table(logical: str, path: str, name: str | None = None) -> DynamodbTable:
    source = Source(path, logical, Language.YAML)
    return DynamodbTable(logical, name, ("id", None), location=locate(source, Span(0, 1)))


def test_the_nearest_declaration_holds() -> None:
    project = Project(
        dynamodb_tables=(_table("Orders", "a/infra/template.yaml"), _table("Orders", "b/template.yaml")),
        table_variables=(
            TableVariable("TABLE_NAME", "Orders", "a/infra/template.yaml"),
            TableVariable("TABLE_NAME", "Orders", "b/template.yaml"),
        ),
    )
    found = project.dynamodb_table("env:TABLE_NAME", "a/src/handler.ts")
    assert found is not None
    assert found.identity == "a/infra/template.yaml#Orders"
    assert project.dynamodb_table("Orders", "b/src/x.py") == project.dynamodb_tables[1]
    assert project.dynamodb_table("Orders", "c/x.py") is None
    assert project.dynamodb_table("env:TABLE_NAME", "c/x.py") is None
    assert project.dynamodb_table("env:OTHER", "a/x.py") is None


def test_uses_of_one_table() -> None:
    def use(reference: str, path: str) -> TableUse:
        return TableUse(reference, "Update", locate(Source(path, "x", Language.PYTHON), Span(0, 1)))

    project = Project(
        dynamodb_tables=(_table("Orders", "template.yaml", "orders"),),
        table_variables=(TableVariable("ORDERS", "Orders", "template.yaml"),),
        dynamodb_uses=(use("orders", "a.py"), use("env:ORDERS", "b.py"), use("env:TABLE", "x/c.py"), use("", "d.py")),
    ).with_declared_uses()
    assert [one.location.path for one in project.uses_of("env:ORDERS", "z.py")] == ["a.py", "b.py"]
    assert [one.location.path for one in project.uses_of("env:TABLE", "x/d.py")] == ["x/c.py"]
    assert project.uses_of("env:TABLE", "y/d.py") == []
    assert project.uses_of("", "d.py") == []
