"""A read that stops after the first page."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Applicability, Bad, Category, DynamodbRequest, DynamodbRule, Finding, Fix, Good, Related, Severity

_CURSOR = "LastEvaluatedKey"


class UnpaginatedRead(DynamodbRule):
    """A `Query` or `Scan` whose `LastEvaluatedKey` nobody reads sees the first page and nothing else.

    DynamoDB answers with 1 MB at most, counted before the filter. What is beyond it is not an error: `Items` is simply
    shorter, and may be empty while matches wait on the next page. The code works until the table has grown. Use the
    SDK's paginator (`paginateQuery`, `get_paginator`), loop until `LastEvaluatedKey` is absent, or hand the key to the
    caller.

    The rule is silent where the response as such is returned or handed on, for a `Limit` without a filter, for a `Query`
    without a filter of which only the first item is used, for one that binds the whole primary key, and where members
    may be hidden in a spread that cannot be read.
    """

    name = "unpaginated-read"
    category = Category.DYNAMODB
    severity = Severity.WARNING
    fixable = Applicability.UNSAFE
    examples = (
        Good(
            """
            import boto3
            from boto3.dynamodb.conditions import Key

            streams = boto3.resource("dynamodb").Table("streams")


            def streams_of(channel_id):
                items = []
                query = {"KeyConditionExpression": Key("channel_id").eq(channel_id)}
                while True:
                    page = streams.query(**query)
                    items += page["Items"]
                    if "LastEvaluatedKey" not in page:
                        return items
                    query["ExclusiveStartKey"] = page["LastEvaluatedKey"]
            """,
            language="python",
        ),
        Good(
            """
            import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";

            export const latest = async (docClient: DynamoDBDocumentClient, channelId: string) => {
              const { Items } = await docClient.send(
                new QueryCommand({
                  TableName: "streams",
                  KeyConditionExpression: "channel_id = :channel",
                  ExpressionAttributeValues: { ":channel": channelId },
                  ScanIndexForward: false,
                  Limit: 10,
                }),
              );
              return Items;
            };
            """,
            language="typescript",
            note="Ten are wanted, and no filter takes any away.",
        ),
        Good(
            """
            import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";

            export const byMail = async (docClient: DynamoDBDocumentClient, mail: string) => {
              const found = await docClient.send(
                new QueryCommand({
                  TableName: "users",
                  IndexName: "by_mail",
                  KeyConditionExpression: "mail = :mail",
                  ExpressionAttributeValues: { ":mail": mail },
                }),
              );
              return found.Items?.[0];
            };
            """,
            language="typescript",
            note="Only the first item is used.",
        ),
        Good(
            """
            import boto3

            table = boto3.resource("dynamodb").Table("streams")


            def page(start):
                return table.scan(ExclusiveStartKey=start)
            """,
            language="python",
            note="The caller gets the whole response.",
        ),
        Bad(
            """
            import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";

            export const titles = async (docClient: DynamoDBDocumentClient, channelId: string) => {
              const { Items } = await docClient.send(
                new QueryCommand({
                    ^^^^^^^^^^^^ nobody reads the `LastEvaluatedKey` of this `Query`
                  TableName: "streams",
                  KeyConditionExpression: "channel_id = :channel",
                  ExpressionAttributeValues: { ":channel": channelId },
                }),
              );
              return Items.map((item) => item.title);
            };
            """,
            language="typescript",
            fixed="""
            import { DynamoDBDocumentClient, paginateQuery } from "@aws-sdk/lib-dynamodb";

            export const titles = async (docClient: DynamoDBDocumentClient, channelId: string) => {
              const Items: Record<string, any>[] = [];
              for await (const page of paginateQuery({ client: docClient }, {
                  TableName: "streams",
                  KeyConditionExpression: "channel_id = :channel",
                  ExpressionAttributeValues: { ":channel": channelId },
                })) {
                Items.push(...(page.Items ?? []));
              }
              return Items.map((item) => item.title);
            };
            """,
        ),
        Bad(
            """
            import boto3
            from boto3.dynamodb.conditions import Attr

            streams = boto3.resource("dynamodb").Table("streams")


            def live_titles():
                response = streams.scan(FilterExpression=Attr("status").eq("live"))
                                   ^^^^ only the first page is read
                return [item["title"] for item in response["Items"]]
            """,
            language="python",
            fixed="""
            import boto3
            from boto3.dynamodb.conditions import Attr

            streams = boto3.resource("dynamodb").Table("streams")


            def live_titles():
                response = streams.scan(FilterExpression=Attr("status").eq("live"))
                page = response
                while "LastEvaluatedKey" in page:
                    page = streams.scan(FilterExpression=Attr("status").eq("live"), ExclusiveStartKey=page["LastEvaluatedKey"])
                    response["Items"] += page["Items"]
                return [item["title"] for item in response["Items"]]
            """,
        ),
        Bad(
            """
            const AWS = require("aws-sdk");
            const documents = new AWS.DynamoDB.DocumentClient();

            exports.handler = async () => {
              const found = await documents.scan({ TableName: "streams", FilterExpression: "live" }).promise();
                                            ^^^^ only the first page is read
              return found.Count;
            };
            """,
            language="javascript",
            note="`Count` counts one page.",
        ),
    )

    def check(self, request: DynamodbRequest) -> Iterator[Finding]:
        """Yield the request when it stops after its first page."""
        response = request.response
        if request.operation not in ("Query", "Scan") or request.paginated or response is None or not request.complete:
            return
        if request.path.test or request.path.fixture or response.whole is not None or _CURSOR in response.members:
            return
        used = next((name for name in ("Items", "Count", "ScannedCount") if name in response.members), None)
        filtered = request.may_have("FilterExpression", "ScanFilter", "QueryFilter")
        if used is None or request.key_is_whole or ("Limit" in request.parameters and not filtered):
            return
        if used == "Items" and response.many is None and not filtered:
            return
        message = f"only the first page is read: nobody reads the `{_CURSOR}` of this `{request.operation}`"
        related = (Related(response.members[used], f"`{used}` ends after 1 MB, counted before any filter"),)
        yield Finding(request.name, message, related, _fix(request))


def _fix(request: DynamodbRequest) -> Fix:
    if request.page_edits:
        return Fix.unsafe("fetch all pages", *request.page_edits)
    if request.sdk.startswith("js-v3"):
        return Fix.hint(f"`for await (const page of paginate{request.operation}({{ client }}, params))`")
    if request.sdk == "boto3-client":
        return Fix.hint(f'iterate over `get_paginator("{request.operation.lower()}").paginate(…)`')
    return Fix.hint(f"repeat with `ExclusiveStartKey` until `{_CURSOR}` is absent, or give it to the caller")
