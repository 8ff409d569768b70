"""Copy a channel's ended live-shopping streams from DynamoDB into the shop database."""

import os
import sys
from datetime import datetime

import boto3
import psycopg
from boto3.dynamodb.conditions import Attr, Key
from pydantic import AwareDatetime, BaseModel

TABLE = os.environ["STREAMS_TABLE"]
table = boto3.resource("dynamodb").Table(TABLE)
pages = table.meta.client.get_paginator("query")

SAVE = """
    insert into ended_streams (channel_id, stream_id, title, ended_at)
    values (%s, %s, %s, %s)
    on conflict (channel_id, stream_id) do update set
        title = excluded.title,
        ended_at = excluded.ended_at
"""


class Stream(BaseModel):
    """What we keep of a stream."""

    channel_id: str
    stream_id: str
    title: str
    ended_at: AwareDatetime

    def row(self) -> tuple[str, str, str, datetime]:
        """Give the stream as a row of `ended_streams`."""
        return (self.channel_id, self.stream_id, self.title, self.ended_at)


def ended_streams(channel_id: str) -> list[Stream]:
    """Give the streams of a channel that are over."""
    found = pages.paginate(
        TableName=TABLE,
        KeyConditionExpression=Key("channel_id").eq(channel_id),
        FilterExpression=Attr("status").eq("ended"),
        ProjectionExpression="channel_id, stream_id, title, ended_at",
    )
    return [Stream.model_validate(item) for page in found for item in page["Items"]]


def mark_copied(stream: Stream) -> None:
    """Note on the stream that the shop database has it."""
    table.update_item(
        Key={"channel_id": stream.channel_id, "stream_id": stream.stream_id},
        UpdateExpression="SET copied = :yes",
        ConditionExpression=Attr("stream_id").exists(),
        ExpressionAttributeValues={":yes": True},
    )


def main(channel_id: str) -> None:
    """Copy every stream of the channel that has ended."""
    streams = ended_streams(channel_id)
    with psycopg.connect(os.environ["SHOP_DSN"]) as connection:
        connection.cursor().executemany(SAVE, [stream.row() for stream in streams])
    for stream in streams:
        mark_copied(stream)


if __name__ == "__main__":
    main(sys.argv[1])
