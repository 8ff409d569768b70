import { readFile } from "node:fs/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";

const docClient = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const saveThumbnail = async (channel_id: string, stream_id: string, path: string) => {
  const thumbnail = await readFile(path);
  await docClient.send(
    new UpdateCommand({
      TableName: "streams",
      Key: { channel_id, stream_id },
      UpdateExpression: "SET thumbnail = :image",
      ExpressionAttributeValues: { ":image": thumbnail },
      ConditionExpression: "attribute_exists(stream_id)",
    }),
  );
};
