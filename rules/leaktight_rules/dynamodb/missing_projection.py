"""Items fetched with all their attributes, of which the code uses a few."""

from __future__ import annotations

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
    listed,
    option,
)


class MissingProjection(DynamodbRule):
    """All attributes of an item are fetched, and the code uses few of them.

    Without `ProjectionExpression` DynamoDB sends every attribute: the description, the settings, the history that
    somebody added last month. They are transferred, parsed and held in memory for nothing, and personal data comes to
    places that never asked for it. A projection does not lower the read units (these go by what is stored), but the time
    and the memory; an index that holds only those attributes lowers both.

    The rule fires only where it can see every use of the items; it is silent as soon as an item is returned, spread,
    logged or handed to a function. For a single item it wants half as many attributes as `max_used`.
    """

    name = "missing-projection"
    category = Category.DYNAMODB
    severity = Severity.NOTE
    fixable = Applicability.UNSAFE
    examples = (
        Good(
            """
            import boto3

            streams = boto3.resource("dynamodb").Table("streams")


            def stream_of(channel_id, stream_id):
                return streams.get_item(Key={"channel_id": channel_id, "stream_id": stream_id}).get("Item")
            """,
            language="python",
            note="The item is returned whole.",
        ),
        Good(
            """
            import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";

            export const titleOf = async (docClient: DynamoDBDocumentClient, stream_id: string) => {
              const { Item } = await docClient.send(
                new GetCommand({ TableName: "streams", Key: { stream_id }, ProjectionExpression: "title" }),
              );
              return Item?.title;
            };
            """,
            language="typescript",
        ),
        Good(
            """
            import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";

            export const rename = async (docClient: DynamoDBDocumentClient, stream_id: string, title: string) => {
              const { Item } = await docClient.send(new GetCommand({ TableName: "streams", Key: { stream_id } }));
              if (Item?.status !== "live") return;
              await publish({ ...Item, title });
            };
            """,
            language="typescript",
            note="The spread uses every attribute.",
        ),
        Good(
            """
            import boto3

            table = boto3.resource("dynamodb").Table("streams")


            def labels():
                return [f"{s['id']} {s['title']} {s['host']}" for page in pages() for s in page["Items"]]


            def pages():
                return table.meta.client.get_paginator("scan").paginate(TableName="streams")
            """,
            language="python",
            options={"max_used": 2},
            note="`pages` hands on the responses.",
        ),
        Bad(
            """
            import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";

            export const titleOf = async (docClient: DynamoDBDocumentClient, stream_id: string) => {
              const { Item } = await docClient.send(new GetCommand({ TableName: "streams", Key: { stream_id } }));
                                                        ^^^^^^^^^^ every attribute is fetched and only `title` is used
              return Item?.title ?? "";
            };
            """,
            language="typescript",
            fixed="""
            import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";

            export const titleOf = async (docClient: DynamoDBDocumentClient, stream_id: string) => {
              const { Item } = await docClient.send(new GetCommand({ TableName: "streams", Key: { stream_id }, ProjectionExpression: "title" }));
              return Item?.title ?? "";
            };
            """,
        ),
        Bad(
            """
            import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";

            export const labels = async (client: DynamoDBDocumentClient) => {
              const labels: string[] = [];
              const pages = paginateScan(
                            ^^^^^^^^^^^^ only `title` and `status` are used
                { client },
                {
                  TableName: "streams",
                  FilterExpression: "#st <> :ended",
                  ExpressionAttributeNames: { "#st": "status" },
                  ExpressionAttributeValues: { ":ended": "ended" },
                },
              );
              for await (const page of pages) {
                labels.push(...(page.Items ?? []).map(({ title, status }) => `${title} (${status})`));
              }
              return labels;
            };
            """,
            language="typescript",
            fixed="""
            import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";

            export const labels = async (client: DynamoDBDocumentClient) => {
              const labels: string[] = [];
              const pages = paginateScan(
                { client },
                {
                  TableName: "streams",
                  FilterExpression: "#st <> :ended",
                  ExpressionAttributeNames: { "#st": "status" },
                  ExpressionAttributeValues: { ":ended": "ended" },
                  ProjectionExpression: "title, #st",
                },
              );
              for await (const page of pages) {
                labels.push(...(page.Items ?? []).map(({ title, status }) => `${title} (${status})`));
              }
              return labels;
            };
            """,
            note="The placeholder that is there is used again.",
        ),
        Bad(
            """
            import boto3
            from boto3.dynamodb.conditions import Key

            streams = boto3.resource("dynamodb").Table("streams")


            def durations(channel_id):
                response = streams.query(
                                   ^^^^^ only `title` and `duration` are used
                    KeyConditionExpression=Key("channel_id").eq(channel_id),
                )
                return {item["title"]: item.get("duration", 0) for item in response["Items"]}
            """,
            language="python",
            fixed="""
            import boto3
            from boto3.dynamodb.conditions import Key

            streams = boto3.resource("dynamodb").Table("streams")


            def durations(channel_id):
                response = streams.query(
                    KeyConditionExpression=Key("channel_id").eq(channel_id),
                    ProjectionExpression="title, #duration",
                    ExpressionAttributeNames={"#duration": "duration"},
                )
                return {item["title"]: item.get("duration", 0) for item in response["Items"]}
            """,
            note="`duration` is a reserved word.",
        ),
    )

    max_used: int = option(4, "How many attributes the code may use of the items of a `Query` or `Scan` for a finding.")

    def check(self, request: DynamodbRequest) -> Iterator[Finding]:
        """Yield the request when few attributes of what it fetches are used."""
        response = request.response
        if request.operation not in ("Get", "Query", "Scan") or response is None or request.sdk == "pynamodb":
            return
        if request.operation == "Get" and request.path.script:
            return  # one item, for one person
        if (
            request.may_have("ProjectionExpression", "AttributesToGet", "Select")
            or request.path.test
            or request.path.fixture
        ):
            return
        if response.whole is not None or response.items is not None or _is_narrow(request):
            return
        used = list(response.attributes)
        most = max(self.max_used // 2, 1) if request.operation == "Get" else self.max_used
        if not used or len(used) > most:
            return
        known = _known_attributes(request)
        if known is not None and len(known | set(used)) < 2 * len(used):
            return
        verb = "is" if len(used) == 1 else "are"
        first = next(iter(response.attributes.values()))
        related = (Related(first, "the items are used here"),)
        message = f"every attribute is fetched and only {listed(used, len(used))} {verb} used"
        yield Finding(request.name, message, related, _fix(request, used))


def _is_narrow(request: DynamodbRequest) -> bool:
    """Say whether the request reads an index that holds only some attributes."""
    index = request.literal("IndexName")
    return request.table is not None and index is not None and index in request.table.narrow_indexes


def _known_attributes(request: DynamodbRequest) -> set[str] | None:
    """Give the attributes that the project's Puts write to the table; None where not all of them can be read."""
    puts = [
        use.attributes
        for use in request.project.uses_of(request.reference, request.document.source.path)
        if use.operation == "Put"
    ]
    known = [attributes for attributes in (*puts, request.written) if attributes is not None]
    return set().union(*known) if known and None not in puts else None


def _fix(request: DynamodbRequest, used: list[str]) -> Fix:
    edits = request.expression_edits("ProjectionExpression", used)
    if edits:
        return Fix.unsafe("fetch only what is used", *edits)
    return Fix.hint(f"add `ProjectionExpression` with {', '.join(used)}")
