"""Rules about who may see data, who answers for it, and how long it is kept."""
