import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { SQSEvent } from "aws-lambda";

const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.ORDERS_TABLE;

/** Note on each order that its payment has arrived. */
export const handler = async (event: SQSEvent): Promise<void> => {
  for (const record of event.Records) {
    const { channel_id, order_id, paid_at } = JSON.parse(record.body);
    const { Item: order } = await documents.send(new GetCommand({ TableName, Key: { channel_id, order_id } }));
    await documents.send(new PutCommand({ TableName, Item: { ...order, status: "paid", paid_at } }));
  }
};
