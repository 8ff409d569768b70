import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyResultV2 } from "aws-lambda";

const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** A page of the orders of the merchant's channel. `next` is the order to go on after, if there are more. */
export const handler = async (event: APIGatewayProxyEventV2WithJWTAuthorizer): Promise<APIGatewayProxyResultV2> => {
  const channelId = event.requestContext.authorizer.jwt.claims.channel_id;
  const after = event.queryStringParameters?.after;

  const { Items, LastEvaluatedKey } = await documents.send(
    new QueryCommand({
      TableName: process.env.ORDERS_TABLE,
      KeyConditionExpression: "channel_id = :channel",
      ProjectionExpression: "order_id, #status, #total, paid_at",
      ExpressionAttributeNames: { "#status": "status", "#total": "total" },
      ExpressionAttributeValues: { ":channel": channelId },
      ExclusiveStartKey: after ? { channel_id: channelId, order_id: after } : undefined,
      Limit: 100,
    }),
  );

  return { statusCode: 200, body: JSON.stringify({ orders: Items, next: LastEvaluatedKey?.order_id }) };
};
