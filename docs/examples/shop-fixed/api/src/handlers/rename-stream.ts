import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyResultV2 } from "aws-lambda";
import { renameSchema } from "../schemas/events";

const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** Give a stream a new title. */
export const handler = async (event: APIGatewayProxyEventV2WithJWTAuthorizer): Promise<APIGatewayProxyResultV2> => {
  const channelId = String(event.requestContext.authorizer.jwt.claims.channel_id);
  const body = renameSchema.safeParse(JSON.parse(event.body ?? "{}"));
  if (!body.success) {
    return { statusCode: 400, body: JSON.stringify({ error: body.error.issues }) };
  }

  try {
    await documents.send(
      new UpdateCommand({
        TableName: process.env.STREAMS_TABLE,
        Key: { channel_id: channelId, stream_id: event.pathParameters?.stream_id },
        UpdateExpression: "SET title = :title, updated_at = :now",
        ConditionExpression: "attribute_exists(stream_id)",
        ExpressionAttributeValues: { ":title": body.data.title, ":now": new Date().toISOString() },
      }),
    );
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return { statusCode: 404 };
    }
    throw error;
  }
  return { statusCode: 204 };
};
