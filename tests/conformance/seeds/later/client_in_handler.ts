import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";

export const handler = async (event: { channel_id: string; stream_id: string }) => {
  const docClient = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const { Item } = await docClient.send(
    new GetCommand({
      TableName: "streams",
      Key: { channel_id: event.channel_id, stream_id: event.stream_id },
      ProjectionExpression: "stream_id, title",
    }),
  );
  return Item;
};
