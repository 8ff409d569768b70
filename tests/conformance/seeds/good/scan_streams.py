"""The streams of a channel that are on air, through boto3."""

import boto3
from boto3.dynamodb.conditions import Attr, Key

streams = boto3.resource("dynamodb").Table("streams")


def live_titles(channel_id):
    pages = streams.meta.client.get_paginator("query").paginate(
        TableName="streams",
        KeyConditionExpression=Key("channel_id").eq(channel_id),
        FilterExpression=Attr("status").eq("live"),
        ProjectionExpression="title",
    )
    return [item["title"] for page in pages for item in page["Items"]]
