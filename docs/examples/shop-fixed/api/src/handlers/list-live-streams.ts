import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateQuery } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyResultV2 } from "aws-lambda";

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** The streams of the merchant's channel that are on air, for the start page. */
export const handler = async (event: APIGatewayProxyEventV2WithJWTAuthorizer): Promise<APIGatewayProxyResultV2> => {
  const channelId = event.requestContext.authorizer.jwt.claims.channel_id;
  const pages = paginateQuery(
    { client },
    {
      TableName: process.env.STREAMS_TABLE,
      KeyConditionExpression: "channel_id = :channel",
      FilterExpression: "#status = :live",
      ProjectionExpression: "stream_id, title",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":channel": channelId, ":live": "live" },
    },
  );

  const streams: { id: string; title: string }[] = [];
  for await (const page of pages) {
    for (const item of page.Items ?? []) {
      streams.push({ id: item.stream_id, title: item.title });
    }
  }
  return { statusCode: 200, body: JSON.stringify({ streams }) };
};
