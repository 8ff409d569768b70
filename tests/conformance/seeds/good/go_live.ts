import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";

const docClient = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const goLive = async (channel_id: string, stream_id: string) => {
  await docClient.send(
    new UpdateCommand({
      TableName: "streams",
      Key: { channel_id, stream_id },
      UpdateExpression: "SET #status = :s, updated_at = :ts",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":s": "live", ":ts": new Date().toISOString() },
      ConditionExpression: "attribute_exists(stream_id)",
    }),
  );
};
