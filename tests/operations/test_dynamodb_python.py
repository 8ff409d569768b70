from __future__ import annotations

import textwrap

import pytest

from leaktight.context import path_context
from leaktight.languages.python import parse_python
from leaktight.operations.dynamodb import DynamodbRequest
from leaktight.operations.project import Project
from leaktight.operations.requests import dynamodb_requests, table_uses
from leaktight.source import Language, Region, Source

_BOTO3 = """
import os
import boto3
from boto3.dynamodb.conditions import Attr, Key

dynamodb = boto3.resource("dynamodb")
client = boto3.client("dynamodb")
table = dynamodb.Table("streams")
"""


def requests(code: str, *, head: str = _BOTO3, path: str = "src/app.py") -> list[DynamodbRequest]:
    source = Source(path, head + textwrap.dedent(code), Language.PYTHON)
    return dynamodb_requests([parse_python(Region.whole(source), source)], [], Project(), path_context(path))


def only(code: str, *, head: str = _BOTO3) -> DynamodbRequest:
    (request,) = requests(code, head=head)
    return request


def word(request: DynamodbRequest, span: tuple[int, int] | None) -> str:
    return "" if span is None else request.document.text[span[0] : span[1]]


@pytest.mark.parametrize(
    ("code", "operation", "sdk", "reference"),
    [
        ("table.scan()", "Scan", "boto3-resource", "streams"),
        ("client.scan(TableName='orders')", "Scan", "boto3-client", "orders"),
        ("dynamodb.Table(os.environ['T_ORDERS']).query(Limit=1)", "Query", "boto3-resource", "env:T_ORDERS"),
        ("boto3.resource('dynamodb').Table(os.getenv('X', 'd')).get_item(Key={})", "Get", "boto3-resource", "env:X"),
        ("client.get_paginator('query').paginate(TableName='orders')", "Query", "boto3-client", "orders"),
        ("table.meta.client.get_paginator('scan').paginate(TableName='s')", "Scan", "boto3-client", "s"),
        ("dynamodb.batch_get_item(RequestItems={})", "BatchGet", "boto3-resource", ""),
        (
            "boto3.session.Session().client('dynamodb').delete_item(TableName='a', Key={})",
            "Delete",
            "boto3-client",
            "a",
        ),
        ("NAME = 'orders'\ndynamodb.Table(NAME).update_item(Key={})", "Update", "boto3-resource", "orders"),
    ],
)
def test_forms(code: str, operation: str, sdk: str, reference: str) -> None:
    request = only(code)
    assert (request.operation, request.sdk, request.reference) == (operation, sdk, reference)


@pytest.mark.parametrize(
    "code",
    [
        "class Repo:\n    def __init__(self):\n        self.table = dynamodb.Table('streams')\n    def all(self):\n        return self.table.scan()",
        "def get_table():\n    return dynamodb.Table('streams')\ndef all():\n    return get_table().scan()",
        "def all():\n    streams = dynamodb.Table('streams')\n    return streams.scan()",
        "_t = None\ndef all():\n    global _t\n    _t = dynamodb.Table('streams')\n    return _t.scan()",
    ],
)
def test_receivers_are_found_where_they_are_made(code: str) -> None:
    assert [(one.operation, one.reference) for one in requests(code)] == [("Scan", "streams")]


def test_aioboto3() -> None:
    code = """
    import aioboto3

    async def live():
        async with aioboto3.Session().resource("dynamodb") as ddb:
            streams = await ddb.Table("streams")
            return (await streams.scan())["Items"]
    """
    request = only(code, head="")
    assert (request.reference, request.function) == ("streams", "live")
    assert request.response is not None
    assert request.response.items is not None


def test_a_parameter_needs_evidence() -> None:
    assert requests("def f(reader):\n    return reader.scan()\ndef g(reader):\n    return reader.query('x')") == []
    assert only("def f(store):\n    return store.scan(FilterExpression=Attr('a').eq(1))").reference == ""
    assert only("def f(orders_table):\n    return orders_table.scan()").operation == "Scan"
    assert only("def f(store):\n    store.put_item(Item={'id': 1})", head="").operation == "Put"
    annotated = "from mypy_boto3_dynamodb.service_resource import Table\ndef f(t: Table):\n    return t.scan()\n"
    assert only(annotated, head="").operation == "Scan"


def test_other_libraries_are_not_ours() -> None:
    head = "import boto3\nimport sqlalchemy as sa\n"
    code = "s3 = boto3.client('s3')\ns3.scan(Bucket='b')\nsa.Table('a', sa.MetaData()).scan()\nscanner.scan()\nsession.query(User)\n"
    assert requests(code + "# dynamo", head=head) == []


def test_a_batch_writer_is_a_batch() -> None:
    code = "with table.batch_writer() as batch:\n    for i in items:\n        batch.put_item(Item=i)\n"
    assert only(code).operation == "BatchWrite"


def test_members_from_a_dict_that_is_built() -> None:
    code = """
    def f(start, wide):
        query = {"KeyConditionExpression": Key("channel_id").eq(1) & Key("stream_id").eq(2)}
        query["Limit"] = 10
        query.update(ScanIndexForward=False)
        if start:
            query["ExclusiveStartKey"] = start
        return table.query(**query, **({"IndexName": "x"} if wide else {}))
    """
    request = only(code)
    assert request.complete
    assert set(request.parameters) == {
        "KeyConditionExpression",
        "Limit",
        "ScanIndexForward",
        "ExclusiveStartKey",
        "IndexName",
    }
    maybe = {name for name, one in request.parameters.items() if one.maybe}
    assert maybe == {"ExclusiveStartKey", "IndexName"}
    assert request.bound("KeyConditionExpression") == {"channel_id", "stream_id"}


@pytest.mark.parametrize(
    "code",
    [
        "def f(**kwargs):\n    return table.scan(**kwargs)",
        "def f():\n    q = {}\n    decorate(q)\n    return table.scan(**q)",
        "def f():\n    q = base()\n    return table.scan(**q)",
        "def f(name):\n    q = {}\n    q[name] = 1\n    return table.scan(**q)",
    ],
)
def test_hidden_members_are_admitted(code: str) -> None:
    request = only(code)
    assert not request.complete
    assert request.may_have("FilterExpression")


def test_conditions() -> None:
    request = only("table.scan(FilterExpression=Attr('a.b').eq(1) & ~Attr('c').exists() | Attr('d').lt(2))")
    assert request.named("FilterExpression") == {"a", "c", "d"}
    assert request.bound("FilterExpression") == frozenset()
    assert only("def f(c):\n    table.scan(FilterExpression=c)").named("FilterExpression") is None
    named = only("table.scan(FilterExpression='#s = :x', ExpressionAttributeNames={'#s': 'status'})")
    assert named.named("FilterExpression") == {"status"}


@pytest.mark.parametrize(
    "code",
    [
        "table.scan(FilterExpression=Attr('tenant_id').eq(t))",
        "table.scan(FilterExpression=Attr('tenantId').eq(t))",
        "table.scan(FilterExpression='#t = :t', ExpressionAttributeNames={'#t': 'tenant_id'})",
        "table.scan(FilterExpression='begins_with(pk, :p)', ExpressionAttributeValues={':p': f'TENANT#{x}'})",
        "condition = Attr('org_id').eq(o)\ntable.scan(FilterExpression=condition)",
    ],
)
def test_the_tenant_is_seen(code: str) -> None:
    assert only(code).tenant_key is not None


def test_no_tenant() -> None:
    assert only("table.scan(FilterExpression=Attr('status').eq('accounting'))").tenant_key is None


@pytest.mark.parametrize(
    ("code", "members", "attributes", "leaves"),
    [
        ("return [i['title'] for i in r['Items']]", {"Items"}, {"title"}, False),
        ("for i in r.get('Items', []):\n        use(i['a'], i.get('b'))", {"Items"}, {"a", "b"}, False),
        (
            "items = r['Items']\n    items.sort(key=lambda x: x['at'])\n    return items[0]['id']",
            {"Items"},
            {"at", "id"},
            False,
        ),
        ("return r['Items']", {"Items"}, set(), True),
        ("return {i['id']: i for i in r['Items']}", {"Items"}, {"id"}, True),
        ("out = []\n    out.extend(r['Items'])\n    return [o['t'] for o in out]", {"Items"}, {"t"}, False),
        ("for n, i in enumerate(r['Items']):\n        print(n, i['t'])", {"Items"}, {"t"}, False),
        ("for i in r['Items']:\n        print(i)", {"Items"}, set(), True),
        ("for i in r['Items']:\n        i['seen'] = True", {"Items"}, set(), False),
        ("return sorted(r['Items'], key=lambda i: i['n'])", {"Items"}, {"n"}, True),
        ("return sum('x' in i for i in r['Items'])", {"Items"}, {"x"}, False),
        ("first = next(iter(r['Items']), None)\n    return first and first['t']", {"Items"}, {"t"}, False),
        ("return [i for i in r['Items'] if i['live']]", {"Items"}, {"live"}, True),
        ("if (found := r.get('Items')):\n        return found[0]['t']", {"Items"}, {"t"}, False),
    ],
)
def test_what_becomes_of_items(code: str, members: set[str], attributes: set[str], leaves: bool) -> None:
    response = only(f"def f():\n    r = table.scan()\n    {code}\n").response
    assert response is not None
    assert (set(response.members), set(response.attributes)) == (members, attributes)
    assert (response.items is not None) == leaves
    assert response.whole is None


@pytest.mark.parametrize("code", ["return r", "g(r)", "yield r", "self.r = r", "return r['Items'], r"])
def test_the_whole_response_leaves(code: str) -> None:
    response = only(f"def f(self):\n    r = table.scan()\n    {code}\n").response
    assert response is not None
    assert response.whole is not None


@pytest.mark.parametrize("code", ["print(r)", "logger.info(f'got {r}')", "logging.debug('%s', r)"])
def test_logging_a_response_hands_no_page_on(code: str) -> None:
    response = only(f"def f():\n    r = table.scan()\n    {code}\n    return r['Items'][0]['t']\n").response
    assert response is not None
    assert response.whole is None
    assert response.items is not None


@pytest.mark.parametrize(
    ("code", "many"),
    [
        ("return r['Items'][0]['t']", False),
        ("return bool(r['Items'])", False),
        ("return len(r['Items']) > 0", False),
        ("if not r['Items']:\n        raise KeyError", False),
        ("return len(r['Items'])", True),
        ("return r['Items'][1]['t']", True),
        ("return r['Items'][:3]", True),
        ("for i in r['Items']:\n        i['t']", True),
    ],
)
def test_one_or_many(code: str, many: bool) -> None:
    response = only(f"def f():\n    r = table.scan()\n    {code}\n").response
    assert response is not None
    assert (response.many is not None) == many


def test_pages_of_a_paginator() -> None:
    code = """
    def titles():
        pages = client.get_paginator("scan").paginate(TableName="streams")
        return [item["title"]["S"] for page in pages for item in page["Items"]]
    """
    request = only(code)
    assert request.paginated
    assert request.response is not None
    assert set(request.response.attributes) == {"title"}


def test_a_loop_over_pages() -> None:
    code = """
    def all():
        items, args = [], {}
        while True:
            page = table.scan(**args)
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                return items
            args["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    """
    assert only(code).paginated


def test_what_a_put_writes() -> None:
    code = """
    import uuid, time

    def add(total):
        key = str(uuid.uuid4())
        item = {"id": key, "status": "new", "at": int(time.time()), "total": total}
        table.put_item(Item=item)
    """
    item = only(code).item
    assert item is not None
    assert item.complete
    assert (set(item.attributes), item.fresh, item.clock, item.initial) == (
        {"id", "status", "at", "total"}, {"id"}, {"at"}, {"status"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [
        "item = table.get_item(Key=k)['Item']\n    item['n'] = 1\n    table.put_item(Item=item)",
        "item = table.get_item(Key=k).get('Item') or {}\n    table.put_item(Item={**item, 'n': 1})",
        "r = table.get_item(Key=k)\n    new = dict(r['Item'], n=1)\n    table.put_item(Item=new)",
        "for item in table.query(Limit=9)['Items']:\n        table.put_item(Item=item)",
    ],
)
def test_an_item_is_written_back(code: str) -> None:
    put = requests(f"def f(k):\n    {code}\n")[-1]
    assert [(one.kind, word(put, one.place)) for one in put.evidence] == [("read-back", put.evidence[0].word)]


@pytest.mark.parametrize(
    "code",
    [
        "item = table.get_item(Key=k)['Item']\n    dynamodb.Table('archive').put_item(Item=item)",
        "item = table.get_item(Key=k)['Item']\n    table.put_item(Item={'id': 1, 'before': item})",
        "item = table.get_item(Key=k)['Item']\n    table.put_item(Item={'id': item['id']})",
        "item = load(k)\n    table.put_item(Item=item)",
    ],
)
def test_an_item_is_not_written_back(code: str) -> None:
    assert requests(f"def f(k):\n    {code}\n")[-1].evidence == ()


def test_a_handler_of_a_queue_is_retried() -> None:
    code = """
    def save(message):
        table.put_item(Item={"id": message["id"]})

    def handler(event, context):
        for record in event["Records"]:
            save(record["body"])
    """
    assert [one.kind for one in only(code).evidence] == ["retried"]
    assert only(code.replace('"body"', '"s3"')).evidence == ()


def test_edits_that_fetch_all_pages_need_the_exact_shape() -> None:
    assert only("def f():\n    r = table.scan()\n    return [i['t'] for i in r['Items']]").page_edits
    assert not only("def f():\n    r = table.scan()\n    return r['Count']").page_edits
    assert not only("def f():\n    return table.scan()['Items']").page_edits
    assert not only("def f(c):\n    r = table.scan() if c else None\n    return r['Items']").page_edits


def test_pynamodb() -> None:
    head = """
from pynamodb.models import Model
from pynamodb.attributes import UnicodeAttribute

class Stream(Model):
    class Meta:
        table_name = "streams"
    channel_id = UnicodeAttribute(hash_key=True)
"""
    found = requests(
        "Stream.scan()\nStream.query('c', filter_condition=Stream.channel_id == 1)\nStream(channel_id='c').save()\n",
        head=head,
    )
    assert [(one.operation, one.reference, one.paginated) for one in found] == [
        ("Scan", "streams", True), ("Query", "streams", True), ("Put", "streams", True),
    ]  # fmt: skip
    assert found[1].tenant_key == "channel_id"


def test_uses() -> None:
    code = "table.put_item(Item={'id': 1, 'n': 2})\ntable.scan(FilterExpression=Attr('tenant_id').eq(1))\nclient.scan(TableName=x)\n"
    uses = list(table_uses(requests(code)))
    assert [(use.table, use.operation, use.names) for use in uses] == [
        ("streams", "Put", {"id", "n"}), ("streams", "Scan", {"tenant_id"}),
    ]  # fmt: skip
    assert uses[0].attributes == {"id", "n"}


def test_hostile_input_neither_hangs_nor_fails() -> None:
    deep = "r = table.scan()\nx = r" + "['Items'][0]" * 90 + "\n"
    wide = "r = table.scan()\n" + "y = r['Items'] + r['Items']\n" * 800
    many = "name = " + " + ".join(["'a'"] * 900) + "\ndynamodb.Table(name).scan()\n"
    knot = "a = {**a, **b}\nb = {**b, **a}\ntable.scan(**a)\n"
    for code in (deep, wide, many, knot):
        assert [one.operation for one in requests(code)] == ["Scan"]
