import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyResultV2 } from "aws-lambda";

const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** The streams that are on air, for the merchant's start page. */
export const handler = async (): Promise<APIGatewayProxyResultV2> => {
  const { Items = [] } = await documents.send(
    new ScanCommand({
      TableName: process.env.STREAMS_TABLE,
      FilterExpression: "#status = :live",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":live": "live" },
    }),
  );

  const streams = Items.map((item) => ({ id: item.stream_id, title: item.title }));
  return { statusCode: 200, body: JSON.stringify({ streams }) };
};
