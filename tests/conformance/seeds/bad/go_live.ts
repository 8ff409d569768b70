import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";

const docClient = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const goLive = async (channel_id: string, stream_id: string) => {
  const { Item: stream } = await docClient.send(
    new GetCommand({ TableName: "streams", Key: { channel_id, stream_id } }),
  );
  await docClient.send(
    new PutCommand({
      TableName: "streams",
      Item: { ...stream, status: "live", updated_at: new Date().toISOString() },
    }),
  );
};
