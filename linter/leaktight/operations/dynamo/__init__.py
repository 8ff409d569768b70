"""How each SDK of DynamoDB is read, and what its expressions and responses say."""
