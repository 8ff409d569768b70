"""Changes to tables that are in use."""
