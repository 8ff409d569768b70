"""DAGs and their tasks."""
