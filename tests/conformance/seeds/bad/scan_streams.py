"""The streams that are on air, through boto3."""

import boto3
from boto3.dynamodb.conditions import Attr

streams = boto3.resource("dynamodb").Table("streams")


def live_titles():
    response = streams.scan(FilterExpression=Attr("status").eq("live"))
    return [item["title"] for item in response["Items"]]
