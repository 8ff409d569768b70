import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";

const docClient = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const titleOf = async (channel_id: string, stream_id: string): Promise<string> => {
  const { Item } = await docClient.send(
    new GetCommand({
      TableName: "streams",
      Key: { channel_id, stream_id },
      ProjectionExpression: "title",
    }),
  );
  return Item?.title ?? "";
};
