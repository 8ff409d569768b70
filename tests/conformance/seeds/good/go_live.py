"""Put a stream on air, through boto3."""

import boto3

streams = boto3.resource("dynamodb").Table("streams")


def go_live(channel_id, stream_id):
    streams.update_item(
        Key={"channel_id": channel_id, "stream_id": stream_id},
        UpdateExpression="SET #status = :s",
        ConditionExpression="attribute_exists(stream_id)",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":s": "live"},
    )
