import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { paymentSchema } from "../schemas/events";

const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

const markPaid = async (body: string): Promise<void> => {
  const payment = paymentSchema.parse(JSON.parse(body));
  await documents.send(
    new UpdateCommand({
      TableName: process.env.ORDERS_TABLE,
      Key: { channel_id: payment.channel_id, order_id: payment.order_id },
      UpdateExpression: "SET #status = :paid, paid_at = :paid_at",
      ConditionExpression: "attribute_exists(order_id)",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":paid": "paid", ":paid_at": payment.paid_at },
    }),
  );
};

/** Note on each order that its payment has arrived; hand back the messages that could not be noted. */
export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const batchItemFailures: SQSBatchItemFailure[] = [];
  for (const record of event.Records) {
    try {
      await markPaid(record.body);
    } catch (error) {
      console.error("payment could not be noted", record.messageId, error);
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
};
