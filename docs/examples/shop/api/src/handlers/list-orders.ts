import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyResultV2 } from "aws-lambda";

const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** The orders of the merchant's channel. */
export const handler = async (event: APIGatewayProxyEventV2WithJWTAuthorizer): Promise<APIGatewayProxyResultV2> => {
  const channelId = event.requestContext.authorizer.jwt.claims.channel_id;

  const result = await documents.send(
    new QueryCommand({
      TableName: process.env.ORDERS_TABLE,
      KeyConditionExpression: "channel_id = :channel",
      ExpressionAttributeValues: { ":channel": channelId },
    }),
  );

  return { statusCode: 200, body: JSON.stringify({ orders: result.Items }) };
};
