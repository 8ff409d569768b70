import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";

const docClient = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const viewersOf = async (channelId: string, startKey?: Record<string, unknown>) => {
  const { Items, LastEvaluatedKey } = await docClient.send(
    new ScanCommand({
      TableName: "viewers",
      FilterExpression: "channel_id = :cid",
      ExpressionAttributeValues: { ":cid": channelId },
      ExclusiveStartKey: startKey,
    }),
  );
  return { viewers: Items, next: LastEvaluatedKey };
};
