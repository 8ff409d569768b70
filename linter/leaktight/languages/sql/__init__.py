"""SQL, parsed by sqlglot: documents, statements, scopes, and the parts of a tree by name."""
