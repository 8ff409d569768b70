import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";

const docClient = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async (event: { body: string }) => {
  const body = JSON.parse(event.body);
  await docClient.send(
    new UpdateCommand({
      TableName: "streams",
      Key: { channel_id: body.channel_id, stream_id: body.stream_id },
      UpdateExpression: "SET title = :t",
      ExpressionAttributeValues: { ":t": body.title },
      ConditionExpression: "attribute_exists(stream_id)",
    }),
  );
  return { statusCode: 204 };
};
