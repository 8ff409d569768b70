"""Changes of the schema as migrations make them: what a statement does, who runs it, and what is true before it."""
