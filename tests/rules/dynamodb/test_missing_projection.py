from __future__ import annotations

import pytest

from leaktight.report import Report
from leaktight.testing import fixed, run
from leaktight_rules.dynamodb.missing_projection import MissingProjection

_HEAD = (
    "import boto3\nfrom boto3.dynamodb.conditions import Attr\n\ntable = boto3.resource('dynamodb').Table('streams')\n"
)


def check(code: str, files: dict[str, str] | None = None, *, max_used: int = 4) -> Report:
    return run(
        MissingProjection(max_used=max_used), {**(files or {}), "src/app.py": _HEAD + code}, reported="src/app.py"
    )


def scan(uses: str) -> str:
    return f"def f():\n    r = table.scan()\n    return [{uses} for i in r['Items']]\n"


@pytest.mark.parametrize(
    "code",
    [
        scan("i"),
        scan("g(i)"),
        scan("1"),
        scan("(i['a'], i['b'], i['c'], i['d'], i['e'])"),
        "def f():\n    return table.scan(Select='COUNT')['Items'][0]['a']",
        "def f():\n    return table.scan(AttributesToGet=['a'])['Items'][0]['a']",
        "def f(**k):\n    return table.scan(**k)['Items'][0]['a']",
        "def f():\n    r = table.scan()\n    log.info(r)\n    return r['Items'][0]['a']",
        "def f():\n    i = table.get_item(Key={})['Item']\n    return i['a'], i['b'], i['c']",
    ],
)
def test_silent(code: str) -> None:
    assert check(code).diagnostics == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"#d": ("day")}', "{\"#d\": (\"day\"), '#name': 'name'}"),
        ('{"#d": (("day") ) , }', "{\"#d\": ((\"day\") ), '#name': 'name' , }"),
        ('{"#d": ("day"  # of (week)\n)}', "{\"#d\": (\"day\"  # of (week)\n), '#name': 'name'}"),
        ('{"#d": "day"  # of (week)\n}', "{\"#d\": \"day\", '#name': 'name'  # of (week)\n}"),
        ('{"#d": "day"}', "{\"#d\": \"day\", '#name': 'name'}"),
    ],
)
def test_the_fix_writes_behind_brackets(before: str, after: str) -> None:
    code = 'def f(day):\n    r = table.scan(FilterExpression="#d = :d", ExpressionAttributeNames={}, Limit=(5))\n'
    code = code.replace("{}", "{names}") + "    return [i['name'] for i in r['Items']]\n"
    report = check(code.replace("{names}", before))
    whole = fixed(_HEAD + code.replace("{names}", before), list(report.diagnostics))
    assert whole == _HEAD + code.replace("{names}", after).replace("(5)", "(5), ProjectionExpression='#name'")


def test_the_option_counts() -> None:
    code = scan("(i['a'], i['b'])")
    assert len(check(code, max_used=2).diagnostics) == 1
    assert check(code, max_used=1).diagnostics == ()


def test_what_the_puts_write_is_known() -> None:
    few = "\n\ndef put(a, b):\n    table.put_item(Item={'a': a, 'b': b})\n"
    many = "\n\ndef put(a, b):\n    table.put_item(Item={'a': a, 'b': b, 'c': 1, 'd': 2, 'e': 3})\n"
    assert check(scan("(i['a'], i['b'])") + few).diagnostics == ()
    assert check(scan("(i['a'], i['b'])"), {"src/put.py": _HEAD + few}).diagnostics == ()
    assert len(check(scan("(i['a'], i['b'])"), {"src/put.py": _HEAD + many}).diagnostics) == 1


def test_a_narrow_index_is_a_projection() -> None:
    template = (
        "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: streams\n"
        "      KeySchema: [{AttributeName: id, KeyType: HASH}]\n"
        "      GlobalSecondaryIndexes:\n        - IndexName: x\n          Projection: {ProjectionType: KEYS_ONLY}\n"
        "          KeySchema: [{AttributeName: a, KeyType: HASH}]\n"
    )
    code = "def f():\n    return table.scan(IndexName='x')['Items'][0]['a']"
    assert check(code, {"template.yaml": template}).diagnostics == ()
    assert len(check(code).diagnostics) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", "ProjectionExpression='title, #status', ExpressionAttributeNames={'#status': 'status'}"),
        (
            "ExpressionAttributeNames={'#s': 'status'}",
            "ExpressionAttributeNames={'#s': 'status'}, ProjectionExpression='title, #s'",
        ),
        (
            "ExpressionAttributeNames={'#x': 'x'}",
            "ExpressionAttributeNames={'#x': 'x', '#status': 'status'}, ProjectionExpression='title, #status'",
        ),
        (
            "ExpressionAttributeNames={'#status': 'other'}",
            "ExpressionAttributeNames={'#status': 'other', '#status_': 'status'}, ProjectionExpression='title, #status_'",
        ),
    ],
)
def test_placeholders(arguments: str, expected: str) -> None:
    code = f"def f():\n    return [(i['title'], i['status']) for i in table.scan({arguments})['Items']]\n"
    report = check(code)
    assert fixed(_HEAD + code, list(report.diagnostics)) == _HEAD + code.replace(
        f"scan({arguments})", f"scan({expected})"
    )


def test_names_that_are_not_known_get_a_hint() -> None:
    code = "def f(names):\n    return [i['title'] for i in table.scan(ExpressionAttributeNames=names)['Items']]\n"
    (diagnostic,) = check(code).diagnostics
    assert diagnostic.fix is not None
    assert diagnostic.fix.edits == ()


@pytest.mark.parametrize(("path", "count"), [("jobs/load.py", 1), ("scripts/show.py", 0)])
def test_one_item_for_one_person(path: str, count: int) -> None:
    code = """
import boto3
table = boto3.resource("dynamodb").Table("orders")
def show(id):
    item = table.get_item(Key={"id": id})["Item"]
    return item["total"]
"""
    assert len(run(MissingProjection(), {path: code}, reported=path).diagnostics) == count
