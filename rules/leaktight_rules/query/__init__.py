"""What a query costs."""
