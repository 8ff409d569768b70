"""Copy ended live-shopping streams from DynamoDB into the shop database."""

import os

import boto3
import psycopg
from boto3.dynamodb.conditions import Attr

table = boto3.resource("dynamodb").Table(os.environ["STREAMS_TABLE"])

SAVE = """
    insert into ended_streams (channel_id, stream_id, title, ended_at)
    values (%s, %s, %s, %s)
    on conflict (channel_id, stream_id) do update set
        title = excluded.title,
        ended_at = excluded.ended_at
"""


def ended_streams() -> list[tuple[str, str, str, str]]:
    """Give the streams that are over."""
    response = table.scan(FilterExpression=Attr("status").eq("ended"))
    return [(item["channel_id"], item["stream_id"], item["title"], item["ended_at"]) for item in response["Items"]]


def mark_copied(channel_id: str, stream_id: str) -> None:
    """Note on the stream that the shop database has it."""
    item = table.get_item(Key={"channel_id": channel_id, "stream_id": stream_id})["Item"]
    item["copied"] = True
    table.put_item(Item=item)


def main() -> None:
    """Copy every stream that has ended."""
    streams = ended_streams()
    with psycopg.connect(os.environ["SHOP_DSN"]) as connection:
        connection.cursor().executemany(SAVE, streams)
    for channel_id, stream_id, _title, _ended_at in streams:
        mark_copied(channel_id, stream_id)


if __name__ == "__main__":
    main()
