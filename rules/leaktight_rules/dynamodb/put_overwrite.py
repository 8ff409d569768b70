"""A `Put` that replaces an item somebody else may have written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leaktight import (
    Applicability,
    Bad,
    Category,
    DynamodbRequest,
    DynamodbRule,
    Finding,
    Fix,
    Good,
    Related,
    Severity,
)

_CREATES = r"(?i)^(?:create|register|sign_?up|insert)(?![a-z])"
_UPSERTS = (
    r"(?i)upsert|replace|overwrite|or_?update|or_?replace|save|store|sync|cache|session|connect|seed|import|load|restore|"
    r"reset|refresh|write|put|set|migrate|log|track|record"
)
_UNIQUE = r"(?i)uuid|ulid|guid|nanoid|ksuid|unique|random|request_?id|message_?id|event_?id|connection_?id|execution"
_STATES = frozenset(
    {"status", "state", "stage", "step", "version", "count", "counter", "attempts", "retries", "processed"}
)


class PutOverwrite(DynamodbRule):
    """A `Put` without a condition replaces the whole item that has the same key.

    Whatever else wrote to that item is gone, silently: the change that was made between the read and the write, the
    attributes that another function keeps, the account that somebody had registered under that name. Change attributes
    with `Update`, which touches nothing else, and let a creation say that it creates:
    `ConditionExpression: attribute_not_exists(<partition key>)`.

    Most Puts are right, so the rule wants evidence that an item may stand there: the item was read in the same function
    and is written back; another function of the project updates items of the table; the function creates or registers
    and its key is not made anew; a queue or a stream hands the record to the handler again, and the `Put` would set
    its state back. It is silent for conditions, keys made on the spot (`uuid4()`), event logs whose sort key is the
    time, batch writes, and in tests and migrations.
    """

    name = "put-overwrite"
    category = Category.DYNAMODB
    severity = Severity.WARNING
    fixable = Applicability.UNSAFE
    examples = (
        Good(
            """
            import boto3

            users = boto3.resource("dynamodb").Table("users")


            def register(mail, name):
                users.put_item(Item={"mail": mail, "name": name}, ConditionExpression="attribute_not_exists(mail)")
            """,
            language="python",
        ),
        Good(
            """
            import { randomUUID } from "node:crypto";
            import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";

            export const createOrder = async (docClient: DynamoDBDocumentClient, total: number) => {
              const order_id = randomUUID();
              await docClient.send(new PutCommand({ TableName: "orders", Item: { order_id, total } }));
              return order_id;
            };
            """,
            language="typescript",
            note="No item can have this key yet.",
        ),
        Good(
            """
            import boto3

            sessions = boto3.resource("dynamodb").Table("sessions")


            def save(session):
                sessions.put_item(Item={"id": session.id, "data": session.data})
            """,
            language="python",
            note="Nothing shows that this must not replace.",
        ),
        Good(
            """
            import boto3

            orders = boto3.resource("dynamodb").Table("orders")
            archive = boto3.resource("dynamodb").Table("archive")


            def archive_order(order_id):
                order = orders.get_item(Key={"order_id": order_id})["Item"]
                archive.put_item(Item=order)
            """,
            language="python",
            note="It is read from one table and written to another.",
        ),
        Bad(
            """
            import boto3

            streams = boto3.resource("dynamodb").Table("streams")


            def go_live(channel_id, stream_id):
                stream = streams.get_item(Key={"channel_id": channel_id, "stream_id": stream_id})["Item"]
                stream["status"] = "live"
                streams.put_item(Item=stream)
                        ^^^^^^^^ the item that `get_item` read is written back whole
            """,
            language="python",
        ),
        Bad(
            """
            import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";

            export const goLive = async (docClient: DynamoDBDocumentClient, stream_id: string) => {
              const { Item: stream } = await docClient.send(new GetCommand({ TableName: "streams", Key: { stream_id } }));
              await docClient.send(new PutCommand({ TableName: "streams", Item: { ...stream, status: "live" } }));
                                       ^^^^^^^^^^ the item that `GetCommand` read is written back whole
            };
            """,
            language="typescript",
        ),
        Bad(
            """
            import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";

            export const registerUser = async (docClient: DynamoDBDocumentClient, name: string, plan: string) => {
              await docClient.send(new PutCommand({ TableName: "users", Item: { name, plan } }));
                                       ^^^^^^^^^^ `registerUser` replaces an item with the same `name`
            };
            """,
            language="typescript",
            path="src/users.ts",
            files={
                "src/template.yaml": """
Resources:
  Users:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: users
      KeySchema: [{ AttributeName: name, KeyType: HASH }]
"""
            },
            fixed="""
            import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";

            export const registerUser = async (docClient: DynamoDBDocumentClient, name: string, plan: string) => {
              await docClient.send(new PutCommand({ TableName: "users", Item: { name, plan }, ConditionExpression: "attribute_not_exists(#name)", ExpressionAttributeNames: { "#name": "name" } }));
            };
            """,
        ),
        Bad(
            """
            import boto3

            orders = boto3.resource("dynamodb").Table("orders")


            def place_order(order_id, total):
                orders.put_item(Item={"order_id": order_id, "total": total, "status": "new"})
                       ^^^^^^^^ replaces the whole item of `orders`, which `mark_paid` updates
            """,
            language="python",
            files={
                "paid.py": """
import boto3

orders = boto3.resource("dynamodb").Table("orders")


def mark_paid(order_id):
    orders.update_item(
        Key={"order_id": order_id},
        UpdateExpression="SET #status = :paid",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":paid": "paid"},
    )
"""
            },
        ),
    )

    def check(self, request: DynamodbRequest) -> Iterator[Finding]:
        """Yield the request when it is a Put that may replace what somebody else wrote."""
        if request.operation != "Put" or request.item is None or request.path.test or request.path.fixture:
            return
        if request.may_have("ConditionExpression", "Expected", "ReturnValues") or request.path.migration:
            return
        found = _read_back(request)
        if found is None and not _is_new(request):
            found = _creation(request) or _updated_elsewhere(request) or _retried(request)
        if found is not None:
            yield found


def _read_back(request: DynamodbRequest) -> Finding | None:
    evidence = next((one for one in request.evidence if one.kind == "read-back"), None)
    if evidence is None or request.item is None:
        return None
    changed = ", ".join(f"`{name}`" for name in list(request.item.attributes)[:4])
    return Finding(
        request.name,
        f"the item that `{evidence.word}` read is written back whole: what was changed in between is lost",
        (Related(evidence.place, "it is read here"),),
        Fix.hint(f"`Update` with what changes: {changed}" if changed else "`Update` with what changes"),
    )


def _is_new(request: DynamodbRequest) -> bool:
    """Say whether the key is made on the spot, or tells the time, so that no item can have it; or is all there is."""
    item, table = request.item, request.table
    if item is None:
        return False
    keys = {name for name in table.keys if name} if table is not None else set(item.attributes)
    if table is not None and item.complete and item.attributes.keys() <= keys:
        return True
    if item.fresh & keys or (table is not None and table.keys[1] in item.clock):
        return True
    if any(re.search(_UNIQUE, request.document.slice(item.attributes[name])) for name in keys & item.attributes.keys()):
        return True
    return table is None and any(_tells_time(name) for name in item.clock)


def _tells_time(name: str) -> bool:
    folded = name.replace("_", "").lower()
    return folded in {"sk", "sortkey", "timestamp", "ts", "time", "datetime", "date", "eventtime", "range"}


def _key_seen(request: DynamodbRequest) -> bool:
    """Say whether the value of the key can be seen, so that it surely is not made on the spot."""
    item = request.item
    if item is None or not item.attributes:
        return False
    return request.table.keys[0] in item.attributes if request.table is not None else item.complete


def _function(request: DynamodbRequest) -> str:
    return request.function.rsplit(".", 1)[-1]


def _creation(request: DynamodbRequest) -> Finding | None:
    name = _function(request)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    if (
        not re.match(_CREATES, words)
        or re.search(r"or_?(update|replace)|upsert", words, re.IGNORECASE)
        or not _key_seen(request)
    ):
        return None
    table = request.table
    key = f"the same `{table.keys[0]}`" if table is not None else "the same key"
    fix = Fix.hint("add `ConditionExpression` with `attribute_not_exists` of the partition key")
    if table is not None:
        edits = request.expression_edits("ConditionExpression", [table.keys[0]], "attribute_not_exists({})")
        if edits:
            fix = Fix.unsafe(f"refuse when an item with this `{table.keys[0]}` exists", *edits)
    related = (Related(table.location, "the table's key"),) if table is not None and table.location is not None else ()
    return Finding(request.name, f"`{name}` replaces an item with {key} instead of failing", related, fix)


def _updated_elsewhere(request: DynamodbRequest) -> Finding | None:
    if re.search(_UPSERTS, _function(request)) or not _key_seen(request):
        return None
    path = request.document.source.path
    for use in request.project.uses_of(request.reference, path):
        if use.operation != "Update" or (use.location.path == path and use.function == request.function):
            continue
        who = f"`{use.function}`" if use.function else f"`{use.location.path.rsplit('/', 1)[-1]}`"
        label = f" of `{request.table_label}`" if request.table_label else ""
        return Finding(
            request.name,
            f"replaces the whole item{label}, which {who} updates: its changes are lost",
            (Related(use.location, "attributes of the same items are updated here"),),
            Fix.hint("`Update` the attributes, or add `attribute_not_exists` of the partition key"),
        )
    return None


def _retried(request: DynamodbRequest) -> Finding | None:
    evidence = next((one for one in request.evidence if one.kind == "retried"), None)
    if evidence is None or request.item is None or not _key_seen(request):
        return None
    for name in sorted(request.item.initial):
        if name.lower() in _STATES:
            return Finding(
                request.name,
                f"a record that is handed over again sets `{name}` back",
                (Related(evidence.place, "failed records come again"),),
                Fix.hint("add `ConditionExpression` with `attribute_not_exists` of the partition key"),
            )
    return None
