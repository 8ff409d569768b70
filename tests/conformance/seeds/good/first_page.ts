import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, QueryCommand, type QueryCommandOutput } from "@aws-sdk/lib-dynamodb";

const docClient = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const streamsOf = async (channelId: string) => {
  const streams: Record<string, unknown>[] = [];
  let startKey: Record<string, unknown> | undefined;
  do {
    const page: QueryCommandOutput = await docClient.send(
      new QueryCommand({
        TableName: "streams",
        KeyConditionExpression: "channel_id = :cid",
        ExpressionAttributeValues: { ":cid": channelId },
        ProjectionExpression: "stream_id, #st, title, created_at",
        ExpressionAttributeNames: { "#st": "status" },
        ExclusiveStartKey: startKey,
      }),
    );
    streams.push(...(page.Items ?? []));
    startKey = page.LastEvaluatedKey;
  } while (startKey);
  return streams;
};
