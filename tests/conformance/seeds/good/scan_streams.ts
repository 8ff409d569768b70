import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";

const docClient = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const liveStreams = async (channelId: string, startKey?: Record<string, unknown>) => {
  const { Items, LastEvaluatedKey } = await docClient.send(
    new QueryCommand({
      TableName: "streams",
      KeyConditionExpression: "channel_id = :cid",
      FilterExpression: "#st = :live",
      ProjectionExpression: "stream_id, #st, title, created_at",
      ExpressionAttributeNames: { "#st": "status" },
      ExpressionAttributeValues: { ":cid": channelId, ":live": "live" },
      ExclusiveStartKey: startKey,
    }),
  );
  return { streams: Items, next: LastEvaluatedKey };
};
