"""A `Scan` that reads every tenant's items."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    DynamodbRequest,
    DynamodbRule,
    Finding,
    Fix,
    Good,
    Location,
    Related,
    Severity,
)

_EVERYTHING = r"(?i)all_?tenants|every|sweep|clean|purge|truncate|wipe|empty|export|back_?up|back_?fill|migrat|re_?index|rebuild|(delete|clear)_?all"
_SMALL = r"(?i)config|setting|parameter|lookup|flag|mapping"


class ScanWithoutTenant(DynamodbRule):
    """A `Scan` whose filter does not name a tenant key, or that has no filter, reads every tenant's items.

    A `Scan` reads the whole table, 1 MB a page, and is billed for all of it; a filter is applied after the reading and
    saves nothing. In a table that several tenants share it is worse than slow: nothing but the code behind it keeps one
    tenant's items from another's screen, and the day that code is wrong, they are mixed. `Query` by a key that begins
    with the tenant, or by an index that has one.

    Tenant keys are `dynamodb.tenant_keys` of the configuration (`channel_id`, `tenant_id`, `org_id`, `account_id`). A
    `Scan` with a filter is reported only where something shows that the table is shared by tenants: a key or an index of
    it, another request to it that names a tenant key, or tenant keys in the configuration. A `Scan` without a filter
    reads the whole table in any project, and is reported as just that where nothing speaks of tenants.

    The rule is silent for tables in `dynamodb.shared_tables`, for parallel scans (`Segment`), `Select: COUNT`, in scripts,
    migrations and tests, and in functions that go over everything by their name (`export_orders`, `sweep`). A table
    whose only key is the tenant is a list of tenants, and tables of settings are small: neither is taken as shared.
    """

    name = "scan-without-tenant"
    category = Category.DYNAMODB
    severity = Severity.WARNING
    tags = ("security", "external/cwe/cwe-668")
    examples = (
        Good(
            """
            import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";

            export const viewersOf = (docClient: DynamoDBDocumentClient, channelId: string) =>
              docClient.send(
                new ScanCommand({
                  TableName: "viewers",
                  FilterExpression: "channel_id = :channel",
                  ExpressionAttributeValues: { ":channel": channelId },
                }),
              );
            """,
            language="typescript",
            settings={"tenant_keys": ("channel_id",)},
            note="The filter names the tenant.",
        ),
        Good(
            """
            import boto3

            countries = boto3.resource("dynamodb").Table("countries")


            def all_countries():
                return countries.scan()
            """,
            language="python",
            settings={"shared_tables": ("countries",)},
            note="The configuration says that the table is everybody's.",
        ),
        Good(
            """
            import { ScanCommand } from "dynamodb-toolbox/table/actions/scan";
            import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

            export const all = () => StreamsTable.build(ScanCommand).send();
            """,
            language="typescript",
            note="Another library's `ScanCommand`.",
        ),
        Good(
            """
            import boto3
            from boto3.dynamodb.conditions import Attr

            jobs = boto3.resource("dynamodb").Table("jobs")


            def waiting():
                return jobs.scan(FilterExpression=Attr("state").eq("waiting"))
            """,
            language="python",
            note="Nothing shows that tenants share this table.",
        ),
        Good(
            """
            import boto3

            table = boto3.resource("dynamodb").Table("streams")
            print(len(table.scan()["Items"]))
            """,
            language="python",
            path="scripts/count_streams.py",
            settings={"tenant_keys": ("channel_id",)},
            note="A script.",
        ),
        Bad(
            """
            import boto3
            from boto3.dynamodb.conditions import Attr

            streams = boto3.resource("dynamodb").Table("streams")


            def live():
                return streams.scan(FilterExpression=Attr("status").eq("live"))
                               ^^^^ the filter of this `Scan` does not name `channel_id`
            """,
            language="python",
            settings={"tenant_keys": ("channel_id",)},
        ),
        Bad(
            """
            import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";

            export const liveStreams = (docClient: DynamoDBDocumentClient) =>
              docClient.send(
                new ScanCommand({
                    ^^^^^^^^^^^ does not name `tenant_id`: it reads the items of all tenants
                  TableName: process.env.STREAMS_TABLE,
                  FilterExpression: "#status = :live",
                  ExpressionAttributeNames: { "#status": "status" },
                  ExpressionAttributeValues: { ":live": "live" },
                }),
              );
            """,
            language="typescript",
            path="src/live.ts",
            files={
                "template.yaml": """
Resources:
  StreamsTable:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema:
        - { AttributeName: tenant_id, KeyType: HASH }
        - { AttributeName: stream_id, KeyType: RANGE }
  Live:
    Type: AWS::Serverless::Function
    Properties:
      Environment: { Variables: { STREAMS_TABLE: !Ref StreamsTable } }
"""
            },
            note="The template says that `tenant_id` is the partition key.",
        ),
        Bad(
            """
            import boto3

            products = boto3.resource("dynamodb").Table("products")


            def list_products():
                return products.scan()
                                ^^^^ `Scan` of `products` without a filter reads the whole table
            """,
            language="python",
        ),
    )

    def check(self, request: DynamodbRequest) -> Iterator[Finding]:
        """Yield the request when it is a scan of all tenants' items."""
        path = request.path
        if request.operation != "Scan" or path.script or path.migration or path.test or path.fixture:
            return
        if re.search(_EVERYTHING, request.function.rsplit(".", 1)[-1]):
            return
        if _is_shared(request) or request.literal("Select") == "COUNT" or "Segment" in request.parameters:
            return
        filtered = "FilterExpression" in request.parameters or "ScanFilter" in request.parameters
        if request.tenant_key is not None or (not filtered and not request.complete):
            return
        key, place, reason = _tenancy(request)
        label = f" of `{request.table_label}`" if request.table_label else ""
        related = (Related(place, reason),) if place is not None else ()
        if not filtered and key is not None:
            message = f"`Scan`{label} without a filter reads the items of all tenants: nothing names `{key}`"
            yield Finding(request.name, message, related, _advice(request, key), Severity.ERROR)
        elif not filtered and "Limit" not in request.parameters and not re.search(_SMALL, request.table_text):
            # Who fetches page after page wants the whole table.
            severity = Severity.NOTE if request.paginated else None
            message = f"`Scan`{label} without a filter reads the whole table"
            yield Finding(request.name, message, fix=_advice(request, None), severity=severity)
        elif filtered and key is not None and _known_filter(request):
            message = f"the filter of this `Scan` does not name `{key}`: it reads the items of all tenants"
            yield Finding(request.name, message, related, _advice(request, key))


def _is_shared(request: DynamodbRequest) -> bool:
    shared = {name.lower() for name in request.project.shared_tables}
    names = {request.reference, request.reference.removeprefix("env:"), request.table_text.strip("\"'`")}
    if request.table is not None:
        names |= {request.table.logical, request.table.name or ""}
    return any(name.lower() in shared for name in names)


def _known_filter(request: DynamodbRequest) -> bool:
    """Say whether the filter can be read, so that it surely does not name the tenant."""
    return "ScanFilter" in request.parameters or request.named("FilterExpression") is not None


def _tenancy(request: DynamodbRequest) -> tuple[str | None, Location | None, str]:
    """Give the tenant key of the table with what shows it: where, and in which words."""
    keys = {_folded(key): key for key in request.project.tenant_keys}
    table = request.table
    if table is not None and table.keys[1] is None and _folded(table.keys[0]) in keys:
        return None, None, ""
    for name in sorted(table.key_attributes) if table is not None else ():
        if _folded(name) in keys and table is not None:
            return name, table.location, f"`{name}` is a key of `{request.table_label or table.logical}`"
    for use in request.project.uses_of(request.reference, request.document.source.path):
        for name in sorted(use.names):
            if _folded(name) in keys:
                return name, use.location, f"this {use.operation} names `{name}`"
    if request.project.tenants_configured:
        return request.project.tenant_keys[0], None, ""
    return None, None, ""


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def _advice(request: DynamodbRequest, key: str | None) -> Fix:
    table = request.table
    if key is None:
        return Fix.hint("`Query` by the partition key or an index where not all items are needed")
    if table is not None and table.keys[0] == key:
        return Fix.hint(f"`Query` with `KeyConditionExpression: {key} = :{key}`")
    for index, keys in table.indexes.items() if table is not None else ():
        if keys[0] == key:
            return Fix.hint(f"`Query` the index `{index}` with `KeyConditionExpression: {key} = :{key}`")
    return Fix.hint(f"`Query` by a key or an index that begins with `{key}`")
