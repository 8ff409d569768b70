import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";

const docClient = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const liveStreams = async () => {
  const { Items } = await docClient.send(
    new ScanCommand({
      TableName: "streams",
      FilterExpression: "#st = :live",
      ExpressionAttributeNames: { "#st": "status" },
      ExpressionAttributeValues: { ":live": "live" },
    }),
  );
  return Items;
};
