"""How each SDK spells the operations of DynamoDB."""

from __future__ import annotations

READS = frozenset({"Get", "Query", "Scan"})
"""Operations whose response holds items that a projection narrows."""

PAGED = frozenset({"Query", "Scan"})
"""Operations that answer with one page."""

PYTHON_METHODS = {
    "get_item": "Get", "put_item": "Put", "update_item": "Update", "delete_item": "Delete", "query": "Query",
    "scan": "Scan", "batch_get_item": "BatchGet", "batch_write_item": "BatchWrite",
    "transact_write_items": "TransactWrite", "transact_get_items": "TransactGet",
}  # fmt: skip

COMMANDS = {
    "@aws-sdk/lib-dynamodb": {
        "GetCommand": "Get", "PutCommand": "Put", "UpdateCommand": "Update", "DeleteCommand": "Delete",
        "QueryCommand": "Query", "ScanCommand": "Scan", "BatchGetCommand": "BatchGet",
        "BatchWriteCommand": "BatchWrite", "TransactGetCommand": "TransactGet", "TransactWriteCommand": "TransactWrite",
    },
    "@aws-sdk/client-dynamodb": {
        "GetItemCommand": "Get", "PutItemCommand": "Put", "UpdateItemCommand": "Update", "DeleteItemCommand": "Delete",
        "QueryCommand": "Query", "ScanCommand": "Scan", "BatchGetItemCommand": "BatchGet",
        "BatchWriteItemCommand": "BatchWrite", "TransactGetItemsCommand": "TransactGet",
        "TransactWriteItemsCommand": "TransactWrite",
    },
}  # fmt: skip
PAGINATORS = {"paginateScan": "Scan", "paginateQuery": "Query"}

DOCUMENT_METHODS = {
    "get": "Get", "put": "Put", "update": "Update", "delete": "Delete", "query": "Query", "scan": "Scan",
    "batchGet": "BatchGet", "batchWrite": "BatchWrite", "transactGet": "TransactGet", "transactWrite": "TransactWrite",
}  # fmt: skip
CLIENT_METHODS = {
    "getItem": "Get", "putItem": "Put", "updateItem": "Update", "deleteItem": "Delete", "query": "Query",
    "scan": "Scan", "batchGetItem": "BatchGet", "batchWriteItem": "BatchWrite", "transactGetItems": "TransactGet",
    "transactWriteItems": "TransactWrite",
}  # fmt: skip

TELLING_MEMBERS = frozenset(
    {
        "TableName", "IndexName", "KeyConditionExpression", "FilterExpression", "ProjectionExpression",
        "ExpressionAttributeValues", "ExpressionAttributeNames", "ExclusiveStartKey", "ConditionExpression",
        "UpdateExpression", "ConsistentRead", "Item", "Key", "RequestItems", "TransactItems", "ReturnConsumedCapacity",
    }
)  # fmt: skip
"""Members that no other library's call has, so that a receiver of unknown type is one of DynamoDB."""

UNIQUE_MAKERS = frozenset(
    {
        "uuid1", "uuid4", "uuid6", "uuid7", "uuid", "uuidv4", "uuidv7", "v1", "v4", "v6", "v7", "ulid", "nanoid",
        "randomUUID", "random_uuid", "cuid", "createId", "ksuid", "token_hex", "token_urlsafe", "objectid", "ObjectId",
        "monotonicFactory", "new_id", "generate_id", "generateId", "generateUUID", "randomBytes", "getrandbits",
        "awsRequestId", "aws_request_id", "monotonic_id", "shortid", "generate", "randomInt", "randint", "random",
    }
)  # fmt: skip
"""Last names of calls and attributes that give a value no other item has."""

CLOCKS = frozenset(
    {
        "now", "utcnow", "today", "time", "time_ns", "Date", "toISOString", "getTime", "isoformat", "strftime",
        "timestamp",
    }
)  # fmt: skip
"""Last names of calls that tell the time of the run."""

MESSAGE_PARTS = frozenset({"body", "kinesis", "dynamodb", "messageId", "NewImage"})
"""Members of the records that a queue or a stream hands over, and hands over again when the function fails."""
