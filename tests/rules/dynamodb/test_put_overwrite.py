from __future__ import annotations

import pytest

from leaktight.report import Report
from leaktight.testing import run
from leaktight_rules.dynamodb.put_overwrite import PutOverwrite

_HEAD = "import boto3, time, uuid\n\ntable = boto3.resource('dynamodb').Table('orders')\n"
_TEMPLATE = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: orders\n      KeySchema: [{AttributeName: id, KeyType: HASH}, {AttributeName: at, KeyType: RANGE}]\n"
_UPDATE = _HEAD + "\n\ndef mark_paid(key):\n    table.update_item(Key=key, UpdateExpression='SET paid = :p')\n"


def check(code: str, files: dict[str, str] | None = None, path: str = "src/app.py") -> Report:
    return run(PutOverwrite(), {**(files or {}), path: _HEAD + code}, reported=path)


@pytest.mark.parametrize(
    "code",
    [
        "def save(o):\n    table.put_item(Item={'id': o})",
        "def create(o):\n    table.put_item(Item={'id': str(uuid.uuid4()), 'o': o})",
        "def create(request_id):\n    table.put_item(Item={'id': request_id, 'o': 1})",
        "def create(o):\n    table.put_item(Item=o)",
        "def create_or_update(o):\n    table.put_item(Item={'id': o, 'n': 1})",
        "def created(o):\n    table.put_item(Item={'id': o, 'n': 1})",
        "def create(o):\n    table.put_item(Item={'id': o}, ReturnValues='ALL_OLD')",
        "def create(o, **k):\n    table.put_item(Item={'id': o}, **k)",
        "def create(o):\n    with table.batch_writer() as b:\n        b.put_item(Item={'id': o})",
        "def create(o):\n    table.put_item(Item={'pk': o, 'sk': int(time.time()), 'n': 1})",
    ],
)
def test_silent(code: str) -> None:
    assert check(code).diagnostics == ()


def test_silent_in_tests_and_migrations() -> None:
    code = "def create(o):\n    table.put_item(Item={'id': o, 'n': 1})"
    assert check(code, path="tests/test_a.py").diagnostics == ()
    assert check(code, path="migrations/a.py").diagnostics == ()
    assert len(check(code).diagnostics) == 1


def test_an_event_log_is_appended_to() -> None:
    code = "def create(o):\n    table.put_item(Item={'id': o, 'at': int(time.time()), 'n': 1})"
    assert check(code, {"template.yaml": _TEMPLATE}).diagnostics == ()


def test_an_item_of_nothing_but_its_key_loses_nothing() -> None:
    code = "def create(a, b):\n    table.put_item(Item={'id': a, 'at': b})"
    assert check(code, {"template.yaml": _TEMPLATE}).diagnostics == ()


def test_updated_elsewhere() -> None:
    code = "def place(o):\n    table.put_item(Item={'id': o, 'paid': False})"
    (diagnostic,) = check(code, {"src/paid.py": _UPDATE}).diagnostics
    assert [one.location.path for one in diagnostic.related] == ["src/paid.py"]
    upsert = "def upsert(o):\n    table.put_item(Item={'id': o, 'paid': False})"
    assert check(upsert, {"src/paid.py": _UPDATE}).diagnostics == ()
    assert check(code).diagnostics == ()


def test_a_retried_record_sets_the_state_back() -> None:
    code = "def handler(event, context):\n    for r in event['Records']:\n        m = load(r['body'])\n        table.put_item(Item={'id': m['id'], 'status': 'new'})\n"
    (diagnostic,) = check(code).diagnostics
    assert diagnostic.message == "a record that is handed over again sets `status` back"
    assert check(code.replace("'status': 'new'", "'total': m['total']")).diagnostics == ()


@pytest.mark.parametrize("name", ["createOrder", "registerOrder", "insertOrder", "signUp"])
def test_names_that_create(name: str) -> None:
    code = (
        'import { PutCommand } from "@aws-sdk/lib-dynamodb";\n'
        f"export const {name} = async (doc, id) => doc.send(new PutCommand({{ TableName: 'a', Item: {{ id, n: 1 }} }}));\n"
    )
    report = run(PutOverwrite(), {"src/a.ts": code}, reported="src/a.ts")
    assert [d.message for d in report.diagnostics] == [
        f"`{name}` replaces an item with the same key instead of failing"
    ]
