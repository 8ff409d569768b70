"""DynamoDB requests."""
