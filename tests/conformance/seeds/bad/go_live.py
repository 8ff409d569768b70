"""Put a stream on air, through boto3."""

import boto3

streams = boto3.resource("dynamodb").Table("streams")


def go_live(channel_id, stream_id):
    stream = streams.get_item(Key={"channel_id": channel_id, "stream_id": stream_id})["Item"]
    stream["status"] = "live"
    streams.put_item(Item=stream)
