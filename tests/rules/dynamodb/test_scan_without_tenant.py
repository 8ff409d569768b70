from __future__ import annotations

import pytest

from leaktight.diagnostics import Severity
from leaktight.report import Report
from leaktight.testing import run
from leaktight_rules.dynamodb.scan_without_tenant import ScanWithoutTenant

_HEAD = "import os\nimport boto3\nfrom boto3.dynamodb.conditions import Attr\n\ntable = boto3.resource('dynamodb').Table('streams')\n"


def check(code: str, *, path: str = "src/app.py", files: dict[str, str] | None = None, **settings: object) -> Report:
    return run(ScanWithoutTenant(), {**(files or {}), path: _HEAD + code}, reported=path, **settings)


def messages(report: Report) -> list[str]:
    assert not report.internal_errors
    return [diagnostic.message for diagnostic in report.diagnostics]


@pytest.mark.parametrize("path", ["scripts/a.py", "migrations/a.py", "tests/test_a.py", "tools/x.py", "fixtures/a.py"])
def test_silent_by_path(path: str) -> None:
    assert messages(check("table.scan()\n", path=path, tenant_keys=("channel_id",))) == []


@pytest.mark.parametrize(
    "code",
    [
        "table.scan(Segment=0, TotalSegments=4)",
        "table.scan(Select='COUNT')",
        "table.scan(Limit=1)",
        "def export_streams():\n    return table.scan()",
        "def f(**kw):\n    return table.scan(**kw)",
        "def f(c):\n    return table.scan(FilterExpression=c)",
        "boto3.resource('dynamodb').Table('app-config').scan()",
        "table.query(Limit=1)",
    ],
)
def test_silent_without_evidence(code: str) -> None:
    assert messages(check(code)) == []


def test_another_request_is_evidence() -> None:
    other = _HEAD + "\n\ndef of(channel_id):\n    return table.get_item(Key={'channel_id': channel_id, 'id': 1})\n"
    report = check(
        "def live():\n    return table.scan(FilterExpression=Attr('status').eq('live'))\n", files={"src/of.py": other}
    )
    (diagnostic,) = report.diagnostics
    assert diagnostic.related[0].location.path == "src/of.py"
    assert diagnostic.related[0].message == "this Get names `channel_id`"


def test_a_scan_of_all_tenants_without_a_filter_is_an_error() -> None:
    (diagnostic,) = check("table.scan()", tenant_keys=("channel_id",)).diagnostics
    assert diagnostic.severity is Severity.ERROR
    (diagnostic,) = check("table.scan()").diagnostics
    assert diagnostic.severity is Severity.WARNING


def test_a_list_of_tenants_is_no_shared_table() -> None:
    template = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: streams\n      KeySchema: [{AttributeName: tenant_id, KeyType: HASH}]\n"
    report = check("table.scan()", files={"template.yaml": template})
    assert messages(report) == ["`Scan` of `streams` without a filter reads the whole table"]


@pytest.mark.parametrize("shared", ["streams", "STREAMS", "T"])
def test_shared_tables_by_any_name(shared: str) -> None:
    template = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: streams\n      KeySchema: [{AttributeName: id, KeyType: HASH}]\n"
    report = check(
        "table.scan()", files={"template.yaml": template}, shared_tables=(shared,), tenant_keys=("channel_id",)
    )
    assert messages(report) == []


def test_an_index_is_offered() -> None:
    template = (
        "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: streams\n"
        "      KeySchema: [{AttributeName: id, KeyType: HASH}]\n"
        "      GlobalSecondaryIndexes:\n        - IndexName: by_org\n          KeySchema: [{AttributeName: org_id, KeyType: HASH}]\n"
    )
    (diagnostic,) = check("table.scan()", files={"infra/template.yaml": template}).diagnostics
    assert diagnostic.fix is not None
    assert "`by_org`" in diagnostic.fix.title


@pytest.mark.parametrize(
    ("loop", "severity"),
    [
        (
            "    while 'LastEvaluatedKey' in page:\n        page = table.scan(ExclusiveStartKey=page['LastEvaluatedKey'])\n",
            "note",
        ),
        ("    print(page['Items'])\n", "warning"),
    ],
)
def test_who_turns_each_page_wants_the_whole_table(loop: str, severity: str) -> None:
    code = (
        "import boto3\ntable = boto3.resource('dynamodb').Table('orders')\n\ndef handler():\n    page = table.scan()\n"
    )
    report = run(ScanWithoutTenant(), {"app/a.py": code + loop}, reported="app/a.py")
    assert report.diagnostics[0].severity == severity
