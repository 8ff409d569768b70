import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";

const docClient = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const streamsOf = async (channelId: string) => {
  const { Items } = await docClient.send(
    new QueryCommand({
      TableName: "streams",
      KeyConditionExpression: "channel_id = :cid",
      ExpressionAttributeValues: { ":cid": channelId },
      ProjectionExpression: "stream_id, #st, title, created_at",
      ExpressionAttributeNames: { "#st": "status" },
    }),
  );
  return Items;
};
