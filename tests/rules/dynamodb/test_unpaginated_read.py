from __future__ import annotations

import pytest

from leaktight.report import Report
from leaktight.testing import fixed, run
from leaktight_rules.dynamodb.unpaginated_read import UnpaginatedRead

_PYTHON = "import boto3\nfrom boto3.dynamodb.conditions import Attr, Key\n\ntable = boto3.resource('dynamodb').Table('streams')\nclient = boto3.client('dynamodb')\n"
_TYPESCRIPT = 'import { DynamoDBDocumentClient, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";\n'


def python(code: str, files: dict[str, str] | None = None) -> Report:
    return run(UnpaginatedRead(), {**(files or {}), "src/app.py": _PYTHON + code}, reported="src/app.py")


def typescript(code: str) -> Report:
    return run(UnpaginatedRead(), {"src/app.ts": _TYPESCRIPT + code}, reported="src/app.ts")


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    return table.scan()",
        "def f():\n    table.scan()",
        "def f():\n    r = table.scan()\n    while 'LastEvaluatedKey' in r:\n        r = table.scan(ExclusiveStartKey=r['LastEvaluatedKey'])\n    return r['Items']",
        "def f():\n    r = table.query(KeyConditionExpression=Key('a').eq(1), Limit=3)\n    return r['Items']",
        "def f():\n    return table.query(KeyConditionExpression=Key('a').eq(1))['Items'][0]",
        "def f():\n    if table.query(KeyConditionExpression=Key('a').eq(1))['Items']:\n        raise ValueError",
        "def f(q):\n    return table.query(**q)['Items']",
        "def f():\n    for page in client.get_paginator('scan').paginate(TableName='a'):\n        yield page['Items']",
        "def f():\n    return table.get_item(Key={})['Item']",
        "def f(catalog):\n    r = table.scan()\n    catalog.store(r)\n    return [i['id'] for i in r['Items']]",
        "def f(dialog):\n    r = table.scan()\n    dialog.show(f'{r}')\n    return [i['id'] for i in r['Items']]",
        "CURSOR = 'LastEvaluatedKey'\ndef f():\n    r = table.scan()\n    return [i['id'] for i in r['Items']], r.get(CURSOR)",
        "def f():\n    r = table.scan()\n    more = jmespath.search('LastEvaluatedKey.id', r)\n    return [i['id'] for i in r['Items']]",
    ],
)
def test_silent(code: str) -> None:
    assert python(code).diagnostics == ()


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    return table.scan()['Items']",
        "def f():\n    return table.scan(Limit=1, FilterExpression=Attr('a').eq(1))['Items'][0]",
        "def f():\n    r = table.query(KeyConditionExpression=Key('a').eq(1), FilterExpression=Attr('b').eq(1))\n    return r['Items'][0]",
        "def f():\n    return client.query(TableName='a', KeyConditionExpression='a = :a', Select='COUNT')['Count']",
        "def f():\n    r = table.scan()\n    print(r)\n    return [i['id'] for i in r['Items']]",
        "def f(self):\n    r = table.scan()\n    self._logger.info(r)\n    return [i['id'] for i in r['Items']]",
        "def f():\n    r = table.scan()\n    logging.getLogger('x').debug(f'{r}')\n    return [i['id'] for i in r['Items']]",
        "def f():\n    # TODO: LastEvaluatedKey is ignored\n    return table.scan()['Items']",
        "def f():\n    'Read by LastEvaluatedKey.'\n    return table.scan()['Items']",
        "def f():\n    return table.scan()['Items']\ndef g(r):\n    return r['LastEvaluatedKey']",
    ],
)
def test_fires(code: str) -> None:
    assert len(python(code).diagnostics) == 1


@pytest.mark.parametrize(("limit", "edits"), [("", True), (", Limit=10", False)])
def test_a_limit_is_not_undone_by_the_fix(limit: str, edits: bool) -> None:
    code = f"def f():\n    r = table.scan(FilterExpression=Attr('a').eq(1){limit})\n    return [i['id'] for i in r['Items']]\n"
    (diagnostic,) = python(code).diagnostics
    assert diagnostic.fix is not None
    assert bool(diagnostic.fix.edits) is edits


@pytest.mark.parametrize(
    "reads",
    [
        "const { Items, LastEvaluatedKey } = r; return [Items, LastEvaluatedKey];",
        "return [r.Items, r.LastEvaluatedKey];",
        'return [r.Items, r["LastEvaluatedKey"]];',
        'return [r.Items, pick(r, "LastEvaluatedKey")];',
    ],
)
def test_typescript_that_reads_the_next_page(reads: str) -> None:
    code = f'export const f = async (doc) => {{ const r = await doc.send(new ScanCommand({{ TableName: "a" }})); {reads} }};\n'
    assert typescript(code).diagnostics == ()


@pytest.mark.parametrize(
    "reads", ["// no LastEvaluatedKey here\n return r.Items;", "/* LastEvaluatedKey */ return r.Items;"]
)
def test_typescript_that_only_speaks_of_the_next_page(reads: str) -> None:
    code = f'export const f = async (doc) => {{ const r = await doc.send(new ScanCommand({{ TableName: "a" }})); {reads} }};\n'
    assert len(typescript(code).diagnostics) == 1


def test_a_whole_key_is_one_item() -> None:
    template = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: streams\n      KeySchema: [{AttributeName: a, KeyType: HASH}, {AttributeName: b, KeyType: RANGE}]\n"
    whole = "def f():\n    return table.query(KeyConditionExpression=Key('a').eq(1) & Key('b').eq(2))['Items']"
    assert python(whole, {"template.yaml": template}).diagnostics == ()
    part = "def f():\n    return table.query(KeyConditionExpression=Key('a').eq(1) & Key('b').gt(2))['Items']"
    assert len(python(part, {"template.yaml": template}).diagnostics) == 1


def test_the_fix_awaits_what_was_awaited() -> None:
    code = "import aioboto3\n\n\nasync def f(table):\n    found = await table.scan(IndexName='x')\n    return [i['a'] for i in found['Items']]\n"
    report = run(UnpaginatedRead(), {"a.py": code}, reported="a.py")
    assert fixed(code, list(report.diagnostics)) == (
        "import aioboto3\n\n\nasync def f(table):\n    found = await table.scan(IndexName='x')\n    page = found\n"
        "    while 'LastEvaluatedKey' in page:\n"
        "        page = await table.scan(IndexName='x', ExclusiveStartKey=page['LastEvaluatedKey'])\n"
        "        found['Items'] += page['Items']\n    return [i['a'] for i in found['Items']]\n"
    )


def test_the_fix_keeps_an_import_that_is_still_needed() -> None:
    code = (
        "export const f = async (doc: DynamoDBDocumentClient) => {\n"
        '  const { Items: found = [] } = await doc.send(new ScanCommand({ TableName: "a" }));\n'
        "  return found;\n};\n"
        'export const g = (doc: DynamoDBDocumentClient) => doc.send(new ScanCommand({ TableName: "b" }));\n'
    )
    report = typescript(code)
    (diagnostic,) = report.diagnostics
    assert fixed(_TYPESCRIPT + code, [diagnostic]) == (
        'import { DynamoDBDocumentClient, QueryCommand, ScanCommand, paginateScan } from "@aws-sdk/lib-dynamodb";\n'
        "export const f = async (doc: DynamoDBDocumentClient) => {\n"
        "  const found: Record<string, any>[] = [];\n"
        '  for await (const page of paginateScan({ client: doc }, { TableName: "a" })) {\n'
        "    found.push(...(page.Items ?? []));\n"
        "  }\n"
        "  return found;\n};\n"
        'export const g = (doc: DynamoDBDocumentClient) => doc.send(new ScanCommand({ TableName: "b" }));\n'
    )


@pytest.mark.parametrize(
    "statement",
    [
        'const { Items, Count } = await doc.send(new ScanCommand({ TableName: "a" })); use(Items, Count);',
        'const r = await doc.send(new ScanCommand({ TableName: "a" })); use(r.Items);',
        'let { Items } = await doc.send(new ScanCommand({ TableName: "a" })); use(Items);',
        'const { Items } = await make().send(new ScanCommand({ TableName: "a" })); use(Items);',
    ],
)
def test_other_shapes_get_a_hint(statement: str) -> None:
    (diagnostic,) = typescript(f"export const f = async (doc) => {{\n  {statement}\n}};\n").diagnostics
    assert diagnostic.fix is not None
    assert diagnostic.fix.edits == ()
