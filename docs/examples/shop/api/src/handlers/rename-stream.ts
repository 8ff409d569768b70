import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyResultV2 } from "aws-lambda";

const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.STREAMS_TABLE;

/** Give a stream a new title. */
export const handler = async (event: APIGatewayProxyEventV2WithJWTAuthorizer): Promise<APIGatewayProxyResultV2> => {
  const channel_id = String(event.requestContext.authorizer.jwt.claims.channel_id);
  const stream_id = event.pathParameters?.stream_id;
  const body = JSON.parse(event.body ?? "{}");

  const { Item } = await documents.send(new GetCommand({ TableName, Key: { channel_id, stream_id } }));
  if (!Item) {
    return { statusCode: 404 };
  }

  await documents.send(
    new PutCommand({
      TableName,
      Item: { ...Item, title: body.title, updated_at: new Date().toISOString() },
    }),
  );
  return { statusCode: 204 };
};
