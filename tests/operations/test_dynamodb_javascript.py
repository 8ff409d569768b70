from __future__ import annotations

import textwrap

import pytest

from leaktight.context import path_context
from leaktight.languages.javascript import parse_javascript
from leaktight.operations.dynamodb import DynamodbRequest
from leaktight.operations.project import Project
from leaktight.operations.requests import dynamodb_requests
from leaktight.source import Language, Region, Source

_V3 = """
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, ScanCommand, paginateScan } from "@aws-sdk/lib-dynamodb";
const doc = DynamoDBDocumentClient.from(new DynamoDBClient({}));
"""
_V2 = """
const AWS = require("aws-sdk");
const doc = new AWS.DynamoDB.DocumentClient();
"""


def requests(code: str, *, head: str = _V3, language: Language = Language.TYPESCRIPT) -> list[DynamodbRequest]:
    source = Source("src/app.ts", head + textwrap.dedent(code), language)
    return dynamodb_requests(
        [], [parse_javascript(Region.whole(source), source)], Project(), path_context("src/app.ts")
    )


def only(code: str, *, head: str = _V3) -> DynamodbRequest:
    (request,) = requests(code, head=head)
    return request


@pytest.mark.parametrize(
    ("head", "code", "operation", "sdk", "reference"),
    [
        (_V3, "doc.send(new ScanCommand({ TableName: 'streams' }))", "Scan", "js-v3-document", "streams"),
        (_V3, "doc.send(new QueryCommand({ TableName: process.env.T }))", "Query", "js-v3-document", "env:T"),
        (_V3, "paginateScan({ client: doc }, { TableName: process.env['T'] })", "Scan", "js-v3-document", "env:T"),
        (_V3, "DynamoDBDocument.from(x).get({ TableName: process.env.T! })", "Get", "js-v3-document", "env:T"),
        (_V3, "const { T } = process.env; doc.send(new GetCommand({ TableName: T }))", "Get", "js-v3-document", "env:T"),
        (_V3, "doc.send(new GetCommand({ TableName: process.env.T ?? 'x' }))", "Get", "js-v3-document", "env:T"),
        (
            'import { DynamoDB, ScanCommand } from "@aws-sdk/client-dynamodb";\n',
            "new DynamoDB({}).scan({ TableName: 'a' })", "Scan", "js-v3-client", "a",
        ),
        (
            'import * as lib from "@aws-sdk/lib-dynamodb";\n',
            "c.send(new lib.ScanCommand({ TableName: 'a' }))", "Scan", "js-v3-document", "a",
        ),
        (
            'const { ScanCommand } = require("@aws-sdk/client-dynamodb");\n',
            "c.send(new ScanCommand({ TableName: 'a' }))", "Scan", "js-v3-client", "a",
        ),
        (_V2, "doc.put({ TableName: 'a', Item: {} }).promise()", "Put", "js-v2-document", "a"),
        (_V2, "new AWS.DynamoDB().getItem({ TableName: 'a' }, done)", "Get", "js-v2-client", "a"),
        (
            'const AWSXRay = require("aws-xray-sdk");\nconst AWS = require("aws-sdk");\n',
            "AWSXRay.captureAWSClient(new AWS.DynamoDB.DocumentClient()).scan({ TableName: 'a' })",
            "Scan", "js-v2-document", "a",
        ),
        (
            'import { DocumentClient } from "aws-sdk/clients/dynamodb";\n',
            "class R { constructor(private db: DocumentClient) {} all() { return this.db.scan({ TableName: 'a' }).promise() } }",
            "Scan", "js-v2-document", "a",
        ),
        (
            'import { dynamo } from "./dynamo";\n',
            "dynamo.query({ TableName: 'a', KeyConditionExpression: 'id = :i' })", "Query", "js-v2-document", "a",
        ),
    ],
)  # fmt: skip
def test_forms(head: str, code: str, operation: str, sdk: str, reference: str) -> None:
    request = only(code, head=head)
    assert (request.operation, request.sdk, request.reference) == (operation, sdk, reference)


@pytest.mark.parametrize(
    "code",
    [
        'import { ScanCommand } from "dynamodb-toolbox";\nt.build(ScanCommand); new ScanCommand({ TableName: "x" });',
        'import { Thing } from "./dynamo";\nnew Map().get("x"); cache.put({ a: 1 }); db.query("select 1"); list.scan();',
        'import { S3 } from "@aws-sdk/client-s3"; // dynamo\nnew S3({}).get({ Bucket: "b" });',
    ],
)
def test_other_libraries_are_not_ours(code: str) -> None:
    assert requests(code, head="") == []


def test_members_come_together() -> None:
    code = """
    const base = { TableName: "streams", IndexName: "by_status" };
    export const live = async (start) => {
      const params = { ...base, Limit: 5 };
      params.FilterExpression = "#s = :l";
      if (start) params.ExclusiveStartKey = start;
      return doc.send(new ScanCommand(params));
    };
    """
    request = only(code)
    assert request.complete
    assert set(request.parameters) == {"TableName", "IndexName", "Limit", "FilterExpression", "ExclusiveStartKey"}
    assert request.function == "live"
    assert request.reference == "streams"


def test_an_unknown_spread_hides_members() -> None:
    request = only("export const f = (o) => doc.send(new ScanCommand({ TableName: 'a', ...o }));")
    assert not request.complete
    assert request.may_have("FilterExpression")


def test_a_shared_input_takes_no_fix() -> None:
    code = "const p = { TableName: 'a' };\ndoc.send(new ScanCommand(p));\ndoc.send(new QueryCommand(p));\n"
    assert [one.inlet for one in requests(code)] == [None, None]
    assert only("const p = { TableName: 'a' };\ndoc.send(new ScanCommand(p));\n").inlet is not None


@pytest.mark.parametrize(
    ("code", "attributes", "leaves"),
    [
        ("return r.Items.map((i) => i.title);", {"title"}, False),
        ("return (r.Items ?? []).map(({ title, host: { name } }) => title + name);", {"title", "host"}, False),
        ("for (const i of r.Items || []) console.log(i.id, i['at']);", {"id", "at"}, False),
        ("const [first] = r.Items; return first?.id;", {"id"}, False),
        ("return r.Items!.filter((i) => i.live).find((i) => i.id === 1)!.title;", {"live", "id", "title"}, False),
        ("return r.Items.reduce((sum, i) => sum + i.n, 0);", {"n"}, False),
        ("return r.Items;", set(), True),
        ("return r.Items.map((i) => ({ ...i, a: i.b }));", {"b"}, True),
        ("return r.Items.map(toStream);", set(), True),
        ("r.Items.forEach((i) => console.log(i));", set(), True),
        ("const all = []; all.push(...r.Items); return all.map((x) => x.id);", {"id"}, False),
        ("return r.Items.map((i) => unmarshall(i)).map((x) => x.id);", {"id"}, False),
        ("return r.Items.map(unmarshall).map((x) => x.id);", {"id"}, False),
        ("const item = r.Items[0]; item.seen = 1; return item.id;", {"id"}, False),
        ("const { id, ...rest } = r.Items[0]; return rest;", {"id"}, True),
        ("function toId(x) { return x.id } return r.Items.map(toId);", {"id"}, False),
    ],
)
def test_what_becomes_of_items(code: str, attributes: set[str], leaves: bool) -> None:
    request = only(
        f"export const f = async () => {{ const r = await doc.send(new ScanCommand({{ TableName: 'a' }})); {code} }};"
    )
    assert request.response is not None
    assert set(request.response.attributes) == attributes
    assert (request.response.items is not None) == leaves
    assert request.response.whole is None


@pytest.mark.parametrize(
    "code",
    [
        "export const f = () => doc.send(new ScanCommand({ TableName: 'a' }));",
        "export const f = async () => { const r = await doc.send(new ScanCommand({ TableName: 'a' })); return { ...r }; };",
        "export const f = async () => { const { Items, ...rest } = await doc.send(new ScanCommand({ TableName: 'a' })); g(Items); };",
        "export const f = async () => { this.last = await doc.send(new ScanCommand({ TableName: 'a' })); };",
    ],
)
def test_the_whole_response_leaves(code: str) -> None:
    response = only(code).response
    assert response is not None
    assert response.whole is not None


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (_V3, "doc.send(new ScanCommand({ TableName: 'a' })).then(({ Items }) => Items.map((i) => i.id));"),
        (_V3, "const c = new ScanCommand({ TableName: 'a' }); doc.send(c).then((d) => d.Items.map((i) => i.id));"),
        (
            _V3,
            "const [a, b] = await Promise.all([x(), doc.send(new ScanCommand({ TableName: 'a' }))]); b.Items.map((i) => i.id);",
        ),
        (_V2, "doc.scan({ TableName: 'a' }, (err, data) => { data.Items.forEach((i) => use(i.id)); });"),
        (
            _V2,
            "doc.scan({ TableName: 'a' }, onScan); function onScan(err, data) { data.Items.forEach((i) => use(i.id)); }",
        ),
        (_V2, "doc.scan({ TableName: 'a' }).promise().then((d) => d.Items.map((i) => i.id)).catch(log);"),
        (
            _V3,
            "for await (const page of paginateScan({ client: doc }, { TableName: 'a' })) page.Items.map((i) => i.id);",
        ),
        (_V3, "let r; r = await doc.send(new ScanCommand({ TableName: 'a' })); r.Items.map((i) => i.id);"),
    ],
)
def test_a_response_is_followed_to_where_it_is_used(head: str, code: str) -> None:
    response = only(code, head=head).response
    assert response is not None
    assert (set(response.attributes), response.whole, response.items) == ({"id"}, None, None)


@pytest.mark.parametrize(
    ("code", "many"),
    [
        ("return r.Items[0].id;", False),
        ("return r.Items.length > 0;", False),
        ("if (!r.Items?.length) throw new Error();", False),
        ("if (r.Items && r.Items.length) return 1;", False),
        ("return r.Items.shift();", False),
        ("return r.Items.length;", True),
        ("return r.Items[1];", True),
        ("return r.Items.map((i) => i.id);", True),
    ],
)
def test_one_or_many(code: str, many: bool) -> None:
    request = only(
        f"export const f = async () => {{ const r = await doc.send(new ScanCommand({{ TableName: 'a' }})); {code} }};"
    )
    assert request.response is not None
    assert (request.response.many is not None) == many


def test_what_a_put_writes() -> None:
    code = """
    import { v4 as uuid } from "uuid";
    export const add = async (total) => {
      const id = `ORDER#${uuid()}`;
      await doc.send(new PutCommand({ TableName: "a", Item: { id, total, status: "new", at: Date.now() } }));
    };
    """
    item = only(code).item
    assert item is not None
    assert item.complete
    assert (item.fresh, item.clock, item.initial) == ({"id"}, {"at"}, {"status"})


@pytest.mark.parametrize(
    ("code", "back"),
    [
        ("const { Item } = await get(); x.status = 1;", False),
        ("const { Item } = await doc.send(new GetCommand(k)); await doc.send(new PutCommand({ ...t, Item }));", True),
        (
            "const r = await doc.send(new GetCommand(k)); r.Item.n = 1; await doc.send(new PutCommand({ ...t, Item: r.Item }));",
            True,
        ),
        (
            "const { Item: i } = await doc.send(new GetCommand(k)); const n = { ...i, a: 1 }; await doc.send(new PutCommand({ ...t, Item: n }));",
            True,
        ),
        (
            "const { Item: i } = await doc.send(new GetCommand(k)); await doc.send(new PutCommand({ ...t, Item: { id: i.id, old: i } }));",
            False,
        ),
        (
            "const { Item: i } = await doc.send(new GetCommand(k)); await doc.send(new PutCommand({ TableName: 'log', Item: i }));",
            False,
        ),
    ],
)
def test_an_item_is_written_back(code: str, back: bool) -> None:
    whole = f"const t = {{ TableName: 'a' }};\nconst k = {{ TableName: 'a', Key: {{ id: 1 }} }};\nexport const f = async () => {{ {code} }};"
    evidence = [one.kind for request in requests(whole) for one in request.evidence]
    assert evidence == (["read-back"] if back else [])


def test_a_handler_of_a_queue_is_retried() -> None:
    code = """
    export const handler = async (event: SQSEvent) => {
      for (const record of event.Records) {
        await doc.send(new PutCommand({ TableName: "a", Item: JSON.parse(record.body) }));
      }
    };
    """
    assert [one.kind for one in only(code).evidence] == ["retried"]


def test_hostile_input_neither_hangs_nor_fails() -> None:
    scan = "doc.send(new ScanCommand({ TableName: 'a' }))"
    chained = f"const r = await {scan}; const x = r.Items" + ".filter((i) => i.a)" * 150 + ";"
    joined = "const t = " + " ?? ".join(["process.env.A"] * 300) + "; doc.send(new ScanCommand({ TableName: t }));"
    knot = "let p = { ...q }; let q = { ...p }; doc.send(new ScanCommand(p));"
    for code in (chained, joined, knot, f"{scan}.then("):
        assert [one.operation for one in requests(code)] == ["Scan"]
